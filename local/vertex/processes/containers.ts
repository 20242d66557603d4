import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { findImage, type LocalImage } from "../../images.ts";
import { VertexError } from "../wire/errors.ts";
import { killArguments, type PresentEngine, runArguments } from "./engine.ts";
import type { Mount } from "./mount.ts";
import { type ManagedProcess, type ProcessSpec, startProcess } from "./process.ts";
import { runtimeVariable, startDirectly } from "./python/component.ts";
import type { PythonEnvironments } from "./python/environments.ts";
import { type PythonProgram, readInstalls } from "./python/installs.ts";
import { type PythonVersion, pythonVersionOf } from "./python/interpreters.ts";
import { capture } from "./python/uv.ts";
import { WarmPythons, type WarmStart } from "./python/warm.ts";
import { pathOf, systemImageOf, systemImages } from "./system-images.ts";

export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes and CPUs; 0 sets no limit. */
  readonly limits?: { readonly cpus: number; readonly memory: number };
  /** Of this machine, made if they aren't there, which the container sees at the same paths, too. */
  readonly folders?: readonly string[];
}

export interface ContainersOptions {
  readonly images: readonly LocalImage[];
  readonly mount: Mount;
  readonly python: PythonEnvironments;
  /** Runs whatever image is not one of `images`; null where none is there. */
  readonly engine: PresentEngine | null;
}

interface Launch extends Omit<ProcessSpec, "directory" | "workingDirectory"> {
  /** The same by a Python that is loaded already. */
  readonly warm?: WarmStart;
}

/** Variables of all processes of an image, and of one of them. */
interface Variables {
  readonly shared: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
}

/** Runs containers as processes of this machine, or by a container engine. */
export class Containers {
  readonly mount: Mount;
  readonly #images: readonly LocalImage[];
  readonly #python: PythonEnvironments;
  readonly #engine: PresentEngine | null;
  readonly #warm = new WarmPythons();
  readonly #versions = new Map<string, Promise<PythonVersion | undefined>>();

  constructor({ images, mount, python, engine }: ContainersOptions) {
    this.#images = images;
    this.mount = mount;
    this.#python = python;
    this.#engine = engine;
  }

  /** The same as {@link prepare}, and the start. */
  async start(spec: ContainerSpec, directory: string): Promise<ManagedProcess> {
    const start = await this.prepare(spec, directory);
    return start();
  }

  /**
   * Brings what the container needs; what it gives starts the process. Throws NOT_FOUND for an unknown image,
   * INVALID_ARGUMENT when nothing says what to run, FAILED_PRECONDITION when what it needs can't be installed, and the
   * signal's reason.
   */
  async prepare(spec: ContainerSpec, directory: string, signal?: AbortSignal): Promise<() => Promise<ManagedProcess>> {
    const workingDirectory = join(directory, "work");
    mkdirSync(workingDirectory, { recursive: true });
    for (const folder of spec.folders ?? []) mkdirSync(folder, { recursive: true });
    const launch = await unlessAborted(this.#launch(spec, workingDirectory, directory), signal);
    return async () => {
      if (launch.warm !== undefined && WarmPythons.can(launch.warm)) {
        const process = await this.#warm.start(launch.warm, directory, workingDirectory).catch(() => undefined);
        if (process !== undefined) return process;
      }
      return startProcess({ ...launch, directory, workingDirectory });
    };
  }

  async #launch(spec: ContainerSpec, workingDirectory: string, directory: string): Promise<Launch> {
    const image = findImage(this.#images, spec.image);
    if (image === undefined && this.#engine !== null) return this.#container(this.#engine, spec);
    const command = spec.command.length > 0 ? spec.command : (image?.entrypoint ?? []);
    const argv = [...command, ...spec.args];
    if (argv.length === 0) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `Image ${spec.image}: a local image without an entrypoint needs a command.`,
      );
    }
    const base = { LANG: "C.UTF-8", ...this.mount.environment };
    const given = Object.fromEntries(
      Object.entries(spec.environment).map(([name, value]) => [name, this.mount.rewrite(value)]),
    );
    const own = { HOME: workingDirectory, ...given };
    const program = readInstalls(argv);
    if (image !== undefined) {
      const lent = program === undefined ? {} : await this.#lend(image, program);
      const shared = { ...base, ...image.environment, ...lent };
      // An image may have a home of its own.
      const home = image.environment["HOME"] === undefined ? {} : { HOME: image.environment["HOME"] };
      const variables = { shared, own: { ...own, ...home, ...given } };
      return this.#process(program?.argv ?? argv, variables, image.path.join(":"), workingDirectory);
    }
    const version = pythonVersionOf(spec.image);
    if (program !== undefined || version !== undefined) {
      const { bin } = await this.#python.get(version, program?.installs);
      if (version === undefined) note(directory, spec.image, bin);
      // What a task installs by itself stays its own.
      const packages = join(workingDirectory, ".packages");
      const variables = { shared: base, own: { PIP_TARGET: packages, PYTHONPATH: packages, ...own } };
      return this.#process(program?.argv ?? argv, variables, bin, workingDirectory);
    }
    const system = systemImageOf(spec.image);
    if (system !== undefined) {
      const path = pathOf(system, this.#python.cache);
      return this.#process(argv, { shared: base, own }, path, workingDirectory);
    }
    const known = [...this.#images.map(({ name }) => name), ...Object.keys(systemImages), "python"].join(", ");
    throw new VertexError(
      "NOT_FOUND",
      `Image ${spec.image} is not found. Known to local/images.json: ${known}. Add it there, or configure docker or podman.`,
    );
  }

  #process(argv: readonly string[], { shared, own }: Variables, path: string, workingDirectory: string): Launch {
    const PATH = [path, ...systemPath].filter((folder) => folder !== "").join(":");
    const rewritten = argv.map((text) => this.mount.rewrite(text));
    const direct = startDirectly(rewritten, workingDirectory);
    const { enter } = this.mount;
    if (direct === undefined) return { argv: rewritten, environment: { PATH, ...shared, ...own }, enter };
    const all = { PATH, ...runtimeVariable, ...shared };
    const warm = { shared: all, own, arguments: direct.arguments, enter };
    return { argv: direct.argv, environment: { ...all, ...own }, enter, warm };
  }

  /** The packages that a component wants beside those of an image's own Python. */
  async #lend(image: LocalImage, { installs }: PythonProgram): Promise<Record<string, string>> {
    let version = this.#versions.get(image.name);
    if (version === undefined) {
      version = pythonOf(image);
      this.#versions.set(image.name, version);
    }
    const { packages } = await this.#python.get(await version, installs);
    return { PYTHONPATH: [image.environment["PYTHONPATH"] ?? "", packages].filter((path) => path !== "").join(":") };
  }

  #container(engine: PresentEngine, spec: ContainerSpec): Launch {
    const name = `retemper-${randomUUID()}`;
    const limits = spec.limits ?? { cpus: 0, memory: 0 };
    return {
      argv: runArguments(engine, name, { ...spec, limits }, this.mount.root),
      // The engine's own client, with the settings of the server's user.
      environment: Object.fromEntries(
        Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
      ),
      kill: killArguments(engine, name),
    };
  }
}

/** Of the Python that an image brings; undefined where it has none. */
async function pythonOf(image: LocalImage): Promise<PythonVersion | undefined> {
  const PATH = [...image.path, ...systemPath].join(":");
  const asked = await capture("/bin/sh", ["-c", "exec python3 --version"], { ...image.environment, PATH });
  const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(asked.output) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

/** Stops waiting when the signal is aborted; the work goes on for others. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function note(directory: string, image: string, bin: string): void {
  appendFileSync(
    join(directory, "stderr.log"),
    `${image} is not on this machine; the component runs in ${bin}, with only the packages that it installs.\n`,
  );
}

const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
