import { defineCommand } from "citty";
import colours from "picocolors";
import { type Configuration, readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { AlreadyRunning, claimInstance } from "../supervisor/instance.ts";
import { LocalServicesRunner } from "../supervisor/local-services.ts";
import { CommandError } from "../user-error.ts";
import { snippets } from "../view/local-snippets.ts";
import { rows, terminal } from "../view/terminal.ts";

export const local = defineCommand({
  meta: { name: "local", description: "Only the local Google Cloud: Vertex AI for any client, with storage and Hub." },
  run: () => guard(async () => serve(await readConfiguration())),
});

async function serve(configuration: Configuration): Promise<number> {
  const { state, file } = configuration;
  const out = terminal();
  const stopped = new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => done());
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
      "cloud",
    );
    runner = services;
    const begin = performance.now();
    const started = services.startServers();
    await Promise.race([started, stopped.then(() => Promise.reject(new CommandError("STOPPED", "Stopped.")))]);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    out.write(`${colours.bold("Local Vertex AI")} is up ${colours.dim(`(${seconds} s)`)}\n\n`);
    out.write(`${rows(Object.entries(services.services))}\n`);
    const place = {
      project: file.project ?? "retemper",
      location: file.location ?? "us-central1",
      bucket: file.bucket ?? "retemper",
    };
    for (const { title, text } of snippets(services.services, place)) out.write(`${colours.bold(title)}\n${text}\n\n`);
    out.write(`${colours.dim("Ctrl-C stops it; what was done is kept.")}\n`);
    await stopped;
    return 0;
  } catch (error) {
    if (!(error instanceof AlreadyRunning)) throw error;
    throw new CommandError(error.code, `${error.message}\n${rows(Object.entries(error.report.services))}`);
  }
}
