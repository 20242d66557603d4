/**
 * From saving a change to the result of the local run: `npm run bench -- dev [--json]`.
 * `retemper dev` of the installed package watches a pipeline of three tasks; a change to its data makes all three run
 * again, a broken evaluation makes the last one fail, a wrong wiring fails the check.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InstalledPackage } from "../test/package/installed-package.ts";
import { steps, training } from "../test/support/three-tasks.ts";
import { below, machine, print, result } from "./report/report.ts";

const aimSeconds = 2;
const rounds = 9;

interface Change {
  readonly what: string;
  readonly file: string;
  readonly ends: "passed" | "failed";
  /** Each time another text. */
  text(round: number): string;
}

const changes: readonly Change[] = [
  {
    what: "save to passed, all three tasks run",
    file: "steps.ts",
    ends: "passed",
    text: (round) => steps.replace("rows + 1", `rows + ${round + 2}`),
  },
  {
    what: "save to failed, the last task fails",
    file: "training.ts",
    ends: "failed",
    text: (round) => `${training({ evaluate: "fail" })}// ${round}\n`,
  },
  {
    what: "save to failed, a type error",
    file: "training.ts",
    ends: "failed",
    text: (round) => `${training({ wiring: "model: rows" })}// ${round}\n`,
  },
];

async function main(): Promise<void> {
  await using installed = await InstalledPackage.create();
  await installed.write("steps.ts", steps);
  await installed.write("training.ts", training());
  const begin = performance.now();
  const child = spawn(process.execPath, [join(installed.folder, "bin/retemper.mjs"), "dev", "training.ts"], {
    cwd: installed.project,
    env: { ...process.env, NO_COLOR: "1", RETEMPER_STATE: join(installed.project, ".retemper/state") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const verdicts = new Verdicts(child.stdout);
    if ((await verdicts.next()) !== "passed") throw new Error(`The pipeline does not pass:\n${verdicts.text}`);
    const first = (performance.now() - begin) / 1000;
    const samples = new Map<Change, number[]>(changes.map((change) => [change, []]));
    for (let round = 0; round < rounds; round++) {
      for (const change of changes) {
        const verdict = verdicts.next();
        const saved = performance.now();
        await writeFile(join(installed.project, change.file), change.text(round));
        if ((await verdict) !== change.ends) throw new Error(`${change.what} did not:\n${verdicts.text}`);
        samples.get(change)?.push((performance.now() - saved) / 1000);
        const passed = verdicts.next();
        await installed.write("training.ts", `${training()}// ${change.what} ${round}\n`);
        await passed;
      }
    }
    const results = [...samples].map(([{ what }, seconds]) => result(what, "s", seconds));
    print({
      name: "dev",
      conditions: machine(),
      results: [...results, result("start to the first result", "s", [first])],
      aims: results.map((each) => below(each, aimSeconds)),
    });
  } finally {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGINT");
    await ended;
  }
}

/** The results that `retemper dev` tells, one after the other. */
class Verdicts {
  text = "";
  #seen = 0;
  #look: () => void = () => undefined;

  constructor(output: NodeJS.ReadableStream) {
    output.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
      this.#look();
    });
  }

  next(): Promise<string> {
    const index = this.#seen++;
    return new Promise((done) => {
      this.#look = () => {
        // Only then does it wait for the next change.
        const [, word] = [...this.text.matchAll(/^[✓✗] (passed|failed) in .*\nSave to run/gm)][index] ?? [];
        if (word !== undefined) done(word);
      };
      this.#look();
    });
  }
}

await main();
