import { capture } from "./python/uv.ts";

/** A program that runs real containers. */
export type ContainerEngine = "docker" | "podman";

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

/** Whether the program is there and answers. */
export async function isPresent(engine: ContainerEngine): Promise<boolean> {
  return (await capture(engine, ["version"])).status === 0;
}

/**
 * The command line that runs a container until it ends. The buckets are mounted as on Vertex, and the host's network is
 * its own, because the local services listen on loopback. Files that it writes belong to the user of the server.
 */
export function runArguments(
  engine: ContainerEngine,
  name: string,
  { image, command: [entrypoint, ...command], args, environment, limits, folders = [] }: EngineContainer,
  storageRoot: string,
): string[] {
  const user = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  return [
    ...[engine, "run", "--rm", "--name", name, "--network", "host", "--volume", `${storageRoot}:/gcs`],
    ...folders.flatMap((folder) => ["--volume", `${folder}:${folder}`]),
    ...(engine === "docker" && user[0] !== 0 ? ["--user", user.join(":"), "--env", "HOME=/tmp"] : []),
    ...(limits.memory > 0 ? ["--memory", String(Math.ceil(limits.memory))] : []),
    ...(limits.cpus > 0 ? ["--cpus", String(limits.cpus)] : []),
    ...Object.entries(environment).flatMap(([variable, value]) => ["--env", `${variable}=${value}`]),
    ...(entrypoint === undefined ? [] : ["--entrypoint", entrypoint]),
    image,
    ...command,
    ...args,
  ];
}

/** Ends a container whose client was killed. */
export function killArguments(engine: ContainerEngine, name: string): string[] {
  return [engine, "kill", name];
}
