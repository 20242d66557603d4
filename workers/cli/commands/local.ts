import { resolve } from "node:path";
import { type ArgsDef, defineCommand, type ParsedArgs } from "citty";
import colours from "picocolors";
import { type Configuration, readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { AlreadyRunning, claimInstance } from "../supervisor/instance.ts";
import { LocalServicesRunner } from "../supervisor/local-services.ts";
import { PortTaken } from "../supervisor/ports.ts";
import { CommandError } from "../user-error.ts";
import { addresses, snippets } from "../view/local-snippets.ts";
import { rows, terminal } from "../view/terminal.ts";

const args = {
  state: { type: "string", description: "Folder of what is kept: jobs, models, buckets", valueHint: "FOLDER" },
  port: { type: "string", description: "Of Vertex AI, gRPC and REST; the last one, or a free one", valueHint: "N" },
  "page-port": { type: "string", description: "Of its web page", valueHint: "N" },
  "storage-port": { type: "string", description: "Of Cloud Storage", valueHint: "N" },
  images: {
    type: "string",
    description: "Which container image is which program: local/images.json",
    valueHint: "FILE",
  },
  "container-engine": { type: "string", description: "docker or podman: runs all other images", valueHint: "ENGINE" },
} as const satisfies ArgsDef;

export const local = defineCommand({
  meta: {
    name: "local",
    description: "Vertex AI, Cloud Storage and a Hub on this machine, for any client of Google's. Ctrl-C stops it.",
  },
  args,
  run: ({ args: given }) =>
    guard(async () => serve(configured(await readConfiguration(), given), cloudArguments(given))),
});

/** With what the command line says in the place of what the configuration does. */
function configured(configuration: Configuration, given: ParsedArgs<typeof args>): Configuration {
  const { file, state } = configuration;
  const ports = {
    ...file.ports,
    ...port("vertex", "--port", given.port),
    ...port("vertexUi", "--page-port", given["page-port"]),
    ...port("storage", "--storage-port", given["storage-port"]),
  };
  return { ...configuration, file: { ...file, ports }, state: given.state === undefined ? state : here(given.state) };
}

function port(name: "vertex" | "vertexUi" | "storage", flag: string, text: string | undefined) {
  if (text === undefined) return {};
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return { [name]: number };
  throw new CommandError("INVALID_PORT", `${flag} wants a port from 1 to 65535, not ${JSON.stringify(text)}.`);
}

/** What only the local cloud itself reads. */
function cloudArguments({ images, "container-engine": engine }: ParsedArgs<typeof args>): readonly string[] {
  if (engine !== undefined && engine !== "docker" && engine !== "podman") {
    throw new CommandError("INVALID_ENGINE", `--container-engine is docker or podman, not ${JSON.stringify(engine)}.`);
  }
  return [
    ...(images === undefined ? [] : ["--images", here(images)]),
    ...(engine === undefined ? [] : ["--container-engine", engine]),
  ];
}

/** As a person means it, who is where `npx` was started. */
function here(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? ".", path);
}

async function serve(configuration: Configuration, more: readonly string[]): Promise<number> {
  const { state, file } = configuration;
  const out = terminal();
  const stopped = new Promise<NodeJS.Signals>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => done(signal));
  });
  let runner: LocalServicesRunner | undefined;
  try {
    await using _instance = await claimInstance(state, () => ({
      pid: process.pid,
      state,
      services: runner?.services ?? {},
    }));
    await using services = new LocalServicesRunner(
      configuration,
      (name, reason) =>
        out.write(`${colours.yellow("!")} ${name} ended (${reason}) and is started again; see ${state}/logs\n`),
      { wanted: "cloud", cloudArguments: more },
    );
    runner = services;
    const begin = performance.now();
    const first = await Promise.race([services.startServers(), stopped]);
    if (first === undefined) {
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      out.write(`${colours.bold("Local Vertex AI")} is up ${colours.dim(`(${seconds} s)`)}\n`);
      out.write(`${rows([...addresses(services.services), ["state", state]])}\n`);
      const place = {
        project: file.project ?? "retemper",
        location: file.location ?? "us-central1",
        bucket: file.bucket ?? "retemper",
      };
      for (const { title, text } of snippets(services.services, place)) {
        out.write(`${colours.bold(title)}\n${text}\n\n`);
      }
      out.write(`${colours.dim("Ctrl-C stops it; what was done is kept.")}\n`);
      await stopped;
    }
    // After the ^C that the terminal shows.
    out.write(`${out.live ? "\n" : ""}Stopping …\n`);
    return 0;
  } catch (error) {
    if (error instanceof PortTaken) {
      const ways = "--port, --page-port, --storage-port, or ports in retemper.yaml";
      throw new CommandError(
        error.code,
        `Port ${error.port} is taken by another program. Choose another one: ${ways}.`,
      );
    }
    if (!(error instanceof AlreadyRunning)) throw error;
    const { pid, services } = error.report;
    throw new CommandError(
      error.code,
      `${error.message} Use it, end it (kill ${pid}), or give another folder: --state FOLDER.\n${rows(Object.entries(services))}`,
    );
  }
}
