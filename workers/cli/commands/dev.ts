import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import colours from "picocolors";
import { describeGrpc, isGrpcError } from "../../../activities/vertex/status.ts";
import type { JsonValue } from "../../../specs/nodes/index.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { Compiler } from "../dev/compiler.ts";
import { DevView } from "../dev/dev-view.ts";
import { localVertex } from "../dev/local-vertex.ts";
import { PipelineRunner } from "../dev/pipeline-run.ts";
import { type RoundTools, round } from "../dev/round.ts";
import { typeChecker } from "../dev/type-check.ts";
import { FileWatch } from "../dev/watch-files.ts";
import { guard } from "../guard.ts";
import { readParameters } from "../specs/parameters.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";

export const dev = defineCommand({
  meta: { name: "dev", description: "Check, compile and run a pipeline on this machine, each time it is saved." },
  args: {
    module: { type: "positional", description: "TypeScript module, or module#export", required: true },
    parameter: { type: "string", description: "Value of an input: epochs=3, the value as YAML (may be repeated)" },
    run: { type: "boolean", default: true, description: "Run it on a local Vertex (--no-run: only check and compile)" },
    once: { type: "boolean", description: "One round; exit status 0 if it passed" },
    images: { type: "string", description: "Which container image is which program, as local/images.json has it" },
  },
  run: ({ args, rawArgs }) =>
    guard(async () =>
      watchAndRun({
        reference: args.module,
        parameters: await readParameters(rawArgs),
        run: args.run,
        once: args.once ?? false,
        images: args.images,
      }),
    ),
});

interface DevOptions {
  readonly reference: string;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly run: boolean;
  readonly once: boolean;
  readonly images: string | undefined;
}

async function watchAndRun({ reference, parameters, run, once, images }: DevOptions): Promise<number> {
  const here = process.env["INIT_CWD"] ?? ".";
  const file = resolve(here, reference.split("#", 1)[0] ?? "");
  if (!existsSync(file)) throw new CommandError("NOT_FOUND", `There is no file ${file}.`);
  const out = terminal();
  const stop = stopSignal();
  await using owned = new AsyncDisposableStack();
  const compiler = owned.use(new Compiler(reference));
  const runner = run ? startRunner(owned, images === undefined ? undefined : resolve(here, images)) : null;
  // It is waited for where it is needed, and reported there.
  runner?.catch(() => undefined);
  const types = await typeChecker(file);
  if (types === null) out.write(colours.dim("There is no TypeScript beside the module: types are not checked.\n"));

  const changes = new Changes();
  const watch = owned.use(new FileWatch((changed) => changes.add(changed)));
  watch.watch([file]);
  const tools: Omit<RoundTools, "view"> = {
    ...{ reference, compiler, types, runner, parameters, terminal: out },
    onFiles: (files) => watch.watch([file, ...files]),
  };

  try {
    for (let cause: string | null = null; ; ) {
      const { passed, next } = await oneRound(tools, cause, changes, stop);
      if (once) return passed ? 0 : 1;
      tools.compiler.warmUp();
      if (!stop.aborted) cause = next ?? (await waiting(out, changes, stop));
      if (stop.aborted) return stop.reason === "SIGINT" ? 130 : 143;
    }
  } finally {
    // What starts must have started before it can be ended.
    await runner?.catch(() => undefined);
  }
}

/** A round, which ends early with the next change. */
async function oneRound(
  tools: Omit<RoundTools, "view">,
  cause: string | null,
  changes: Changes,
  stop: AbortSignal,
): Promise<{ readonly passed: boolean; readonly next: string | null }> {
  using view = new DevView(tools.terminal);
  view.begin(cause);
  const superseded = new AbortController();
  const over = new AbortController();
  let next: string | null = null;
  changes.next(over.signal).then(
    (file) => {
      next = file;
      superseded.abort();
    },
    () => undefined,
  );
  const signal = AbortSignal.any([superseded.signal, stop]);
  try {
    return { passed: await round({ ...tools, view }, signal), next };
  } catch (error) {
    if (!signal.aborted) tools.terminal.write(`${colours.red("✗")} ${sentenceOf(error)}\n`);
    return { passed: false, next };
  } finally {
    over.abort();
  }
}

/** What a person can mend has a code, of ours or of gRPC. Throws what is a bug. */
function sentenceOf(error: unknown): string {
  if (isGrpcError(error)) return `The local Vertex refuses it: ${describeGrpc(error)}`;
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.message;
  throw error;
}

async function waiting(out: ReturnType<typeof terminal>, changes: Changes, stop: AbortSignal): Promise<string | null> {
  out.write(`${colours.dim("Save to run it again; Ctrl-C ends.")}\n`);
  try {
    return await changes.next(stop);
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  }
}

async function startRunner(owned: AsyncDisposableStack, images: string | undefined): Promise<PipelineRunner> {
  const vertex = owned.use(await localVertex(await readConfiguration(), { images }));
  const runner = owned.use(new PipelineRunner(vertex));
  await runner.warmUp();
  return runner;
}

/** Files that have changed, until somebody takes them. */
class Changes {
  #waiting: ((file: string) => void) | undefined;
  #missed: string | null = null;

  add(file: string): void {
    if (this.#waiting === undefined) this.#missed = file;
    else this.#waiting(file);
    this.#waiting = undefined;
  }

  /** Throws the signal's reason. */
  next(signal: AbortSignal): Promise<string> {
    if (this.#missed !== null) {
      const file = this.#missed;
      this.#missed = null;
      return Promise.resolve(file);
    }
    return new Promise((done, fail) => {
      this.#waiting = done;
      signal.addEventListener(
        "abort",
        () => {
          if (this.#waiting === done) this.#waiting = undefined;
          fail(signal.reason);
        },
        { once: true },
      );
      if (signal.aborted) fail(signal.reason);
    });
  }
}

/** Aborted by the first signal that asks us to end; its reason is the signal's name. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort(signal));
  return controller.signal;
}
