/**
 * The local cloud as a process: `node local/main.ts --state DIR`. Prints one line of JSON when every server answers,
 * logs to standard error, and runs until SIGTERM, SIGINT, or the end of the process that `--parent` names.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { DrivenClock } from "./clock.ts";
import { type LocalCloudOptions, type ServiceName, serviceNames, startLocalCloud } from "./server.ts";

const usage = `usage: node local/main.ts --state DIR [options]
  --ports FILE           JSON: {"storage": 8001, "hub": …, "registry": …, "vertex": …}; free ones where left out
  --storage-port N       and --hub-port, --registry-port, --vertex-port, --vertex-ui-port: the same, one by one
  --bucket NAME          a bucket that is there from the start, may be repeated (default: retemper)
  --seed                 put the first model and data set into the Hub
  --cache DIR            folder of large downloads (default: RETEMPER_CACHE, or ~/.cache/retemper)
  --images FILE          which image is which program (default: local/images.json)
  --hub-upstream URL     a Hub to read through to, such as https://huggingface.co
  --container-engine E   docker or podman: runs images that are no program of this machine
  --storage-upstream URL a Cloud Storage that gs:// imports come from, such as https://storage.googleapis.com
  --vertex-admin-port N  the admin API: Vertex's clock and faults (docs/local-vertex.md); 0 takes a free one
  --driven-clock         time stands still until the admin API moves it
  --parent PID           end when that process does
`;

interface CommandLine {
  readonly options: LocalCloudOptions;
  readonly parent: number | null;
}

const portFlags = {
  vertex: "vertex-port",
  vertexUi: "vertex-ui-port",
  storage: "storage-port",
  hub: "hub-port",
  registry: "registry-port",
} as const satisfies Record<ServiceName, string>;

async function readCommandLine(args: readonly string[]): Promise<CommandLine> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      state: text,
      ports: text,
      bucket: { type: "string", multiple: true },
      seed: { type: "boolean" },
      cache: text,
      images: text,
      "hub-upstream": text,
      "container-engine": text,
      "storage-upstream": text,
      "vertex-admin-port": text,
      "driven-clock": { type: "boolean" },
      parent: text,
      ...(Object.fromEntries(Object.values(portFlags).map((flag) => [flag, text])) as Record<
        (typeof portFlags)[ServiceName],
        typeof text
      >),
    },
  });
  if (values.state === undefined) throw new TypeError("--state is missing");
  const ports: Partial<Record<ServiceName, number>> = values.ports === undefined ? {} : await readPorts(values.ports);
  for (const name of serviceNames) {
    const value = values[portFlags[name]];
    if (value !== undefined) ports[name] = readNumber(`--${portFlags[name]}`, value);
  }
  const wanted = values["container-engine"];
  const engine = (["docker", "podman"] as const).find((known) => known === wanted);
  if (engine !== wanted)
    throw new TypeError(`--container-engine should be docker or podman, not ${JSON.stringify(wanted)}`);
  const vertexSettings = {
    ...(engine !== undefined && { containerEngine: engine }),
    ...(values["storage-upstream"] !== undefined && { storageUpstream: values["storage-upstream"] }),
  };
  const cache = values.cache ?? process.env["RETEMPER_CACHE"];
  return {
    parent: values.parent === undefined ? null : readNumber("--parent", values.parent),
    options: {
      state: values.state,
      ports,
      seed: values.seed ?? false,
      ...(values["driven-clock"] && { clock: new DrivenClock(Date.now()) }),
      ...(values["vertex-admin-port"] !== undefined && {
        vertexAdminPort: readNumber("--vertex-admin-port", values["vertex-admin-port"]),
      }),
      vertexSettings,
      ...(values.bucket !== undefined && { buckets: values.bucket }),
      ...(cache !== undefined && { cache }),
      ...(values.images !== undefined && { images: values.images }),
      ...(values["hub-upstream"] !== undefined && { hubUpstream: values["hub-upstream"] }),
    },
  };
}

/** Names that are none of ours are passed over: one file serves the whole of `npm start`. */
async function readPorts(file: string): Promise<Partial<Record<ServiceName, number>>> {
  const ports = JSON.parse(await readFile(file, "utf8")) as Readonly<Record<string, unknown>>;
  const ours = serviceNames.filter((name) => ports[name] !== undefined);
  return Object.fromEntries(ours.map((name) => [name, readNumber(`${name} in ${file}`, String(ports[name]))]));
}

function readNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new TypeError(`${name} should be a number, not ${JSON.stringify(value)}`);
  return Number(value);
}

/** Resolves with the reason to end. */
function whenAskedToEnd(parent: number | null): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => resolve(signal));
    if (parent === null) return;
    const watch = setInterval(() => {
      if (isAlive(parent)) return;
      clearInterval(watch);
      resolve(`process ${parent} has ended`);
    }, 500);
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function main(): Promise<number> {
  let commandLine: CommandLine;
  try {
    commandLine = await readCommandLine(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const asked = whenAskedToEnd(commandLine.parent);
  const cloud = await startLocalCloud(commandLine.options);
  process.stdout.write(`${JSON.stringify({ event: "ready", services: cloud.services })}\n`);
  process.stderr.write(`local cloud: ending, ${await asked}\n`);
  await cloud.close();
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  // What a person can mend has a code and says how; anything else is a bug, with its stack.
  const hasCode = error instanceof Error && typeof (error as { code?: unknown }).code === "string";
  process.stderr.write(
    `local cloud: ${hasCode ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
process.exit();
