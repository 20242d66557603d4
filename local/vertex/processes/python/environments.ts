import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { VertexError } from "../../wire/errors.ts";
import { defaultVersion, type Interpreter, nearest, type PythonVersion } from "./interpreters.ts";
import { capture, findUv, indexSettings, listInterpreters } from "./uv.ts";

export interface PythonEnvironment {
  /** Of its programs, `python3` among them. */
  readonly bin: string;
  /** Of its packages. */
  readonly packages: string;
}

interface Machine {
  readonly uv: string;
  readonly interpreters: readonly Interpreter[];
}

/**
 * Environments of Python tasks, one for each set of packages and shared by all tasks that want the same: made once, with
 * uv, and kept between servers. Nothing in them is ever changed.
 */
export class PythonEnvironments {
  /** Folder of large downloads, and of what is kept between servers. */
  readonly cache: string;
  readonly #folder: string;
  readonly #environments = new Map<string, Promise<PythonEnvironment>>();
  #machine: Promise<Machine> | undefined;

  constructor(cache: string) {
    this.cache = cache;
    this.#folder = join(cache, "python");
  }

  /**
   * An environment with these packages, given as the arguments of one `pip install` after another. Throws
   * FAILED_PRECONDITION, naming the packages that can't be installed.
   */
  async get(
    version: PythonVersion = defaultVersion,
    installs: readonly (readonly string[])[] = [],
  ): Promise<PythonEnvironment> {
    const key = JSON.stringify([version, installs]);
    let environment = this.#environments.get(key);
    if (environment === undefined) {
      environment = this.#find(version, installs);
      this.#environments.set(key, environment);
      // What failed is tried again by the next task.
      environment.catch(() => this.#environments.delete(key));
    }
    return environment;
  }

  async #find(version: PythonVersion, installs: readonly (readonly string[])[]): Promise<PythonEnvironment> {
    const { uv, interpreters } = await this.#look();
    const interpreter = nearest(version, interpreters);
    if (interpreter === undefined) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `There is no Python on this machine; the task wants ${version.major}.${version.minor}.`,
      );
    }
    const { program, major, minor, patch } = interpreter;
    const hash = createHash("sha256")
      .update(JSON.stringify([layout, program, patch, installs]))
      .digest("hex");
    const folder = join(this.#folder, `${major}.${minor}-${hash.slice(0, 24)}`);
    if (!existsSync(folder)) await this.#make(folder, uv, program, installs);
    return { bin: join(folder, "bin"), packages: await packagesOf(folder) };
  }

  /** Whole or not at all: it is made beside its place and moved there. */
  async #make(folder: string, uv: string, python: string, installs: readonly (readonly string[])[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const scratch = await mkdtemp(join(this.#folder, "making-"));
    try {
      const settings = await indexSettings(python);
      await this.#makeEmpty(scratch, uv, python, settings);
      for (const install of installs) {
        const args = ["pip", "install", "--quiet", "--compile-bytecode", "--python", join(scratch, "bin/python")];
        const ended = await capture(uv, [...args, ...install.map(uvOption)], settings);
        if (ended.status !== 0) throw cannotInstall(install, ended.errors);
      }
      await redirectArtifacts(scratch);
      await rename(scratch, folder);
    } catch (error) {
      await rm(scratch, { recursive: true, force: true });
      // Another server made it meanwhile.
      if (existsSync(folder)) return;
      throw error;
    }
  }

  /** With pip in it, for tasks that install more by themselves, where pip can be had. */
  async #makeEmpty(folder: string, uv: string, python: string, settings: NodeJS.ProcessEnv): Promise<void> {
    const make = ["venv", "--quiet", "--allow-existing", "--relocatable", "--python", python, folder];
    if ((await capture(uv, [...make, "--seed"], settings)).status === 0) return;
    const ended = await capture(uv, make, settings);
    if (ended.status === 0) return;
    throw new VertexError("FAILED_PRECONDITION", `No environment of ${python} could be made:\n${ended.errors}`);
  }

  #look(): Promise<Machine> {
    if (this.#machine === undefined) {
      this.#machine = findUv(this.cache).then(async (uv) => ({ uv, interpreters: await listInterpreters(uv) }));
      this.#machine.catch(() => {
        this.#machine = undefined;
      });
    }
    return this.#machine;
  }
}

async function packagesOf(environment: string): Promise<string> {
  const [version = ""] = await readdir(join(environment, "lib"));
  return join(environment, "lib", version, "site-packages");
}

/** Both where it is an environment of its own, and where its packages are lent to another Python. */
async function redirectArtifacts(environment: string): Promise<void> {
  const packages = await packagesOf(environment);
  await copyFile(join(import.meta.dirname, "gcs_paths.py"), join(packages, "retemper_gcs_paths.py"));
  await writeFile(join(packages, "retemper_gcs_paths.pth"), "import retemper_gcs_paths\n");
  await writeFile(join(packages, "sitecustomize.py"), "import retemper_gcs_paths\n");
}

/** Raised when environments are made otherwise than before. */
const layout = 1;

/** uv's word for an option of pip. */
function uvOption(option: string): string {
  return option === "--trusted-host" ? "--allow-insecure-host" : option === "--pre" ? "--prerelease=allow" : option;
}

function cannotInstall(install: readonly string[], errors: string): VertexError {
  const packages = install.filter((word) => !word.startsWith("-")).join(", ");
  return new VertexError(
    "FAILED_PRECONDITION",
    `The task's packages (${packages}) can't be installed:\n${errors.trim()}`,
  );
}
