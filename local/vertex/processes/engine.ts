import { capture } from "./python/uv.ts";

/** A program that runs real containers. */
export type ContainerEngine = "docker" | "podman";

/** One that is there and answers. */
export interface PresentEngine {
  readonly program: ContainerEngine;
  /** Of the machine that its containers run on. Docker refuses a limit above. */
  readonly cpus: number;
}

export interface EngineContainer {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** 0 sets no limit. */
  readonly limits: { readonly cpus: number; readonly memory: number };
  /** Of this machine, which it sees at the same paths. */
  readonly folders?: readonly string[];
}

/** Null where the program isn't there, or doesn't answer. */
export async function findEngine(program: ContainerEngine): Promise<PresentEngine | null> {
  const format = program === "docker" ? "{{.NCPU}}" : "{{.Host.CPUs}}";
  const { status, output } = await capture(program, ["info", "--format", format]);
  if (status !== 0) return null;
  const cpus = Number(output.trim());
  return { program, cpus: cpus > 0 ? cpus : Number.POSITIVE_INFINITY };
}

/**
 * The command line that runs a container until it ends, with its status
 * (https://docs.docker.com/reference/cli/docker/container/run, https://docs.podman.io/en/latest/markdown/podman-run.1.html).
 * The buckets are mounted as on Vertex, without SELinux's labels, and the host's network is its own, because the local
 * services listen on loopback. What it writes belongs to the user of the server: with a rootless podman that one is root
 * inside.
 */
export function runArguments(
  { program, cpus }: PresentEngine,
  name: string,
  { image, command: [entrypoint, ...command], args, environment, limits, folders = [] }: EngineContainer,
  storageRoot: string,
): string[] {
  const user = program === "docker" ? [process.getuid?.() ?? 0, process.getgid?.() ?? 0] : [0, 0];
  return [
    ...[program, "run", "--rm", "--name", name, "--network", "host", "--security-opt", "label=disable"],
    ...["--volume", `${storageRoot}:/gcs`],
    ...folders.flatMap((folder) => ["--volume", `${folder}:${folder}`]),
    ...["--user", user.join(":"), ...(user[0] === 0 ? [] : ["--env", "HOME=/tmp"])],
    ...(limits.memory > 0 ? ["--memory", String(Math.ceil(limits.memory))] : []),
    ...(limits.cpus > 0 ? ["--cpus", String(Math.min(limits.cpus, cpus))] : []),
    ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    image,
    ...command,
    ...args,
  ];
}

/** Ends a container whose client has ended before it, and forgets one that was only created. */
export function killArguments({ program }: PresentEngine, name: string): string[] {
  return [program, "rm", "--force", ...(program === "podman" ? ["--time", "0"] : []), name];
}
