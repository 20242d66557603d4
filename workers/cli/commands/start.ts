import { defineCommand } from "citty";
import colours from "picocolors";
import { type Configuration, readConfiguration } from "../../config/read-configuration.ts";
import { firstRun } from "../first-run.ts";
import { guard } from "../guard.ts";
import { AlreadyRunning, claimInstance } from "../supervisor/instance.ts";
import { LocalServicesRunner } from "../supervisor/local-services.ts";
import { CommandError } from "../user-error.ts";
import { rows, type Terminal, terminal } from "../view/terminal.ts";

export const demoRecipe = "debian-sections";

export const start = defineCommand({
  meta: { name: "start", description: "Start every local service and the worker, retrain, and stay up." },
  args: {
    once: { type: "boolean", description: "Exit after the run" },
    recipe: { type: "string", description: "Recipe of the first run", default: demoRecipe },
  },
  run: ({ args }) => guard(async () => supervise(await readConfiguration(), args.recipe, args.once ?? false)),
});

async function supervise(configuration: Configuration, recipe: string, once: boolean): Promise<number> {
  const out = terminal();
  const stop = stopSignal();
  let runner: LocalServicesRunner | undefined;
  try {
    await using _instance = await claimInstance(configuration.state, () => ({
      pid: process.pid,
      state: configuration.state,
      services: runner?.services ?? {},
    }));
    await using services = new LocalServicesRunner(configuration, (name, reason) => {
      const logs = `${configuration.state}/logs`;
      out.write(`${colours.yellow("!")} ${name} ended (${reason}) and is started again; see ${logs}\n`);
    });
    runner = services;
    await untilStopped(stop, startAll(services, out));
    const status = await firstRun(configuration, recipe, out, stop);
    if (once) return status;
    out.write(`\n${colours.dim("Ctrl-C stops everything; what was done is kept.")}\n`);
    return await untilStopped(stop, new Promise<number>(() => undefined));
  } catch (error) {
    if (stop.aborted) return stop.reason === "SIGINT" ? 130 : 143;
    if (!(error instanceof AlreadyRunning)) throw error;
    throw new CommandError(error.code, `${error.message}\n${rows(Object.entries(error.report.services))}`);
  }
}

async function startAll(services: LocalServicesRunner, out: Terminal): Promise<void> {
  const begin = performance.now();
  await services.startServers();
  await services.startWorker();
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  out.write(
    `${colours.bold("Retemper")} is up ${colours.dim(`(${seconds} s)`)}\n${rows(Object.entries(services.services))}\n`,
  );
}

/** Aborted by the first signal that asks us to end; later ones find it ended already. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort(signal));
  return controller.signal;
}

/** The work's result; throws as soon as we are asked to end. */
function untilStopped<Result>(stop: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((done, fail) => {
    stop.addEventListener("abort", () => fail(stop.reason), { once: true });
    if (stop.aborted) fail(stop.reason);
    work.then(done, fail);
  });
}
