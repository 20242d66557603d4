import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { readExecutorInput, readInputs, readOutputs } from "./executor-input.ts";
import { writeOutputs } from "./executor-output.ts";
import { fail } from "./failure.ts";
import type { FunctionInterface } from "./interface.ts";

// Also for what fails while the function's module is loaded.
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

type Body = (io: {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}) => unknown;

/** Runs the function as the task's whole program: reads what Vertex hands it, and leaves what Vertex looks for. */
export async function run(face: FunctionInterface, body: Body): Promise<never> {
  const cancelled = new AbortController();
  let listens = false;
  process.on("SIGTERM", () => {
    if (!listens) process.exit(terminated);
    cancelled.abort(new DOMException("The task was told to end.", "AbortError"));
  });
  try {
    const given = readExecutorInput(process.argv);
    const outputs = readOutputs(face, given);
    for (const { path } of Object.values(outputs)) {
      if (path.startsWith("/")) await mkdir(dirname(path), { recursive: true });
    }
    const returned = await body({
      inputs: readInputs(face, given),
      outputs,
      get signal() {
        listens = true;
        return cancelled.signal;
      },
    });
    if (cancelled.signal.aborted) process.exit(terminated);
    await writeOutputs(face, given, returned, outputs);
  } catch (error) {
    if (cancelled.signal.aborted) process.exit(terminated);
    fail(error);
  }
  // Whatever it left open must not keep a task alive that has ended.
  process.exit(0);
}

/** 128 + SIGTERM, as a shell has it. */
const terminated = 143;
