import { join } from "node:path";
import { findImage, type LocalImage } from "../../images.ts";
import { VertexError } from "../wire/errors.ts";
import type { Mount } from "./mount.ts";
import { type ManagedProcess, startProcess } from "./process.ts";

export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs containers as processes: the image says which folders come first on the PATH. */
export class Containers {
  readonly mount: Mount;
  readonly #images: readonly LocalImage[];

  constructor(images: readonly LocalImage[], mount: Mount) {
    this.#images = images;
    this.mount = mount;
  }

  /** Throws NOT_FOUND for an unknown image, INVALID_ARGUMENT when nothing says what to run. */
  start(spec: ContainerSpec, directory: string): ManagedProcess {
    const image = findImage(this.#images, spec.image);
    if (image === undefined) {
      const known = this.#images.map(({ name }) => name).join(", ");
      throw new VertexError(
        "NOT_FOUND",
        `Image ${spec.image} is not found. Known to local/images.json: ${known || "none"}.`,
      );
    }
    const argv = [...spec.command, ...spec.args];
    if (argv.length === 0) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `Image ${spec.image}: a local image has no entrypoint, so a command is needed.`,
      );
    }
    const workingDirectory = join(directory, "work");
    const rewritten = Object.fromEntries(
      Object.entries(spec.environment).map(([name, value]) => [name, this.mount.rewrite(value)]),
    );
    return startProcess({
      directory,
      argv: argv.map((text) => this.mount.rewrite(text)),
      workingDirectory,
      environment: {
        PATH: [...image.path, ...systemPath].join(":"),
        HOME: workingDirectory,
        LANG: "C.UTF-8",
        ...this.mount.environment,
        ...image.environment,
        ...rewritten,
      },
    });
  }
}

const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
