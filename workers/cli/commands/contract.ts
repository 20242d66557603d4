import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { defineCommand } from "citty";
import colours from "picocolors";
import { checkout } from "../../config/program.ts";
import { guard } from "../guard.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";
import { wrapped } from "../view/wrap.ts";

/** A line of `trainer/testing/conformance.py --json`. */
interface Clause {
  readonly check: string;
  readonly clause: string;
  readonly remedy: string;
  /** What was found; null where the clause is kept. */
  readonly broken: string | null;
}

export const contract = defineCommand({
  meta: {
    name: "contract",
    description: "Whether a trainer of your own keeps the contract: retemper contract -- COMMAND …",
  },
  args: {
    task: { type: "string", description: "text-classification or causal-lm", default: "text-classification" },
    deterministic: { type: "boolean", description: "It promises the same model for the same arguments" },
    json: { type: "boolean", description: "For programs" },
  },
  run: ({ args, rawArgs }) =>
    guard(async () => {
      const dashes = rawArgs.indexOf("--");
      const command = dashes < 0 ? [] : rawArgs.slice(dashes + 1);
      if (command.length === 0) {
        throw new CommandError("NO_COMMAND", "Which command? retemper contract -- COMMAND …, as in train.command.");
      }
      const clauses: Clause[] = [];
      const out = terminal();
      const options = ["--json", "--task", args.task, ...(args.deterministic ? ["--deterministic"] : [])];
      for await (const clause of ask([...options, "--", ...command])) {
        clauses.push(clause);
        if (!args.json) out.write(clauseText(clause, out.columns));
      }
      const broken = clauses.filter((clause) => clause.broken !== null);
      if (args.json) out.write(`${JSON.stringify({ command, kept: broken.length === 0, clauses }, null, 2)}\n`);
      else out.write(`\n${summary(clauses.length, broken.length)}\n`);
      return broken.length === 0 ? 0 : 1;
    }),
});

/** Runs where the user is, whose command is relative to it; a PYTHONPATH would be their command's, too. */
const program =
  "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('trainer.testing.conformance', run_name='__main__', alter_sys=True)";

/** Clauses as they are found out. */
async function* ask(options: readonly string[]): AsyncGenerator<Clause> {
  const child = spawn(
    process.env["RETEMPER_PYTHON"] ?? join(checkout, ".retemper/venv/bin/python"),
    ["-c", program, checkout, ...options],
    { cwd: process.env["INIT_CWD"] ?? process.cwd(), stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = new Promise<number | null>((done, failed) => child.on("error", failed).on("close", done));
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-5_000);
  });
  let told = 0;
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('{"check"')) continue;
    told++;
    yield JSON.parse(line) as Clause;
  }
  const status = await ended;
  if (told === 0 || (status !== 0 && status !== 1)) {
    throw new CommandError("CONTRACT_FAILED", `The conformance test itself ended with ${status}:\n${errors.trim()}`);
  }
}

function clauseText({ check, clause, remedy, broken }: Clause, columns: number): string {
  const name = check.replaceAll("_", " ");
  if (broken === null) return `${colours.green("✓")} ${name.padEnd(40)}  ${colours.dim(clause)}\n`;
  const indented = (text: string) => wrapped(text, columns, "    ").map((line) => `${line}\n`);
  return [
    `${colours.red("✗")} ${colours.bold(name)}\n`,
    ...indented(clause),
    ...indented(`found: ${broken}`),
    ...indented(`do: ${remedy}`),
  ].join("");
}

function summary(all: number, broken: number): string {
  return broken === 0
    ? `${colours.green("✓")} The contract is kept: ${all} clauses.`
    : `${colours.red("✗")} ${broken} of ${all} clauses are broken; docs/trainer-contract.md has them in words.`;
}
