import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { PipelineSpec } from "../../specs/index.ts";

const python = fileURLToPath(new URL("../../.retemper/kfp/bin/python", import.meta.url));
const program = fileURLToPath(new URL("./judge.py", import.meta.url));

/** Whether the Python SDK is installed: `npm run test:conformance` does it. */
export const kfpIsThere = existsSync(python);

export type Answer<Name extends string> =
  | { readonly specs: Readonly<Record<Name, PipelineSpec>> }
  | { readonly error: string };

/** The real Python SDK in a process of its own, which takes half a second to start. */
export class Judge implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const child = spawn(python, ["-W", "ignore", program], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The specs of pipelines in a Python source, by the variables that hold them. */
  compile<Name extends string>(source: string, names: readonly Name[], file = "pipeline.py"): Promise<Answer<Name>> {
    const answer = this.#last.then(async () => {
      this.#child.stdin?.write(`${JSON.stringify({ source, file, names })}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("The Python SDK's process has ended.");
      return JSON.parse(value) as Answer<Name>;
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    await ended;
  }
}
