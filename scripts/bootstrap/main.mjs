/**
 * What works before anything is installed: `node scripts/bootstrap/main.mjs COMMAND …` brings what the command needs,
 * then runs it on a current Node. Plain JavaScript without dependencies, for any Node from 20 on.
 */
import { rm } from "node:fs/promises";
import nodeModule from "node:module";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Checklist } from "./checklist.mjs";
import { commands } from "./commands.mjs";
import { countsLine, readCounts } from "./counts.mjs";
import { ensureNode } from "./node.mjs";
import { CACHE, ROOT, VENV } from "./paths.mjs";
import { foreground } from "./run.mjs";
import { setUp } from "./set-up.mjs";
import { SetupError } from "./setup-error.mjs";

async function main([name = "", ...args]) {
  const command = commands[name];
  if (!command)
    throw new SetupError(
      "UNKNOWN_COMMAND",
      `There is no command ${JSON.stringify(name)}.`,
      `Known: ${Object.keys(commands).join(", ")}.`,
    );

  const list = new Checklist();
  const node = await list.run("Node", (working) => ensureNode(working));
  const path = [dirname(node), join(ROOT, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
  if (node !== process.execPath) {
    return foreground(node, [fileURLToPath(import.meta.url), name, ...args], { env: { ...process.env, PATH: path } });
  }

  const found = await setUp(typeof command.needs === "function" ? command.needs(args) : command.needs, list);
  const env = {
    ...process.env,
    PATH: path,
    RETEMPER_CACHE: CACHE,
    RETEMPER_PYTHON: join(VENV, "bin/python"),
    ...(found.temporal && { TEMPORAL_BIN: found.temporal }),
    ...(found.libtpu && { TPU_LIBRARY_PATH: found.libtpu }),
    ...(found.model && { RETEMPER_SEED_MODEL: found.model }),
  };
  return command.program ? runHere(command.program, args, env) : runAll(command.steps(args), env);
}

/** In this process: a second one would cost more than what most commands do. Compiled sources are kept. */
async function runHere(program, args, env) {
  nodeModule.enableCompileCache(join(CACHE, "compiled"));
  Object.assign(process.env, env);
  process.argv.splice(1, Number.POSITIVE_INFINITY, program, ...args);
  await import(pathToFileURL(program).href);
  return process.exitCode;
}

/** Each step even after one that failed, so that one run tells everything; the first failure is the exit status. */
async function runAll(steps, env) {
  const reports = steps.flatMap(({ report }) => report ?? []);
  await Promise.all(reports.map((report) => rm(report, { force: true })));
  let status = 0;
  for (const { title, program, args, cwd = ROOT } of steps) {
    if (title && steps.length > 1) console.error(`\n▸ ${title}`);
    const code = await foreground(program, args, { cwd, env });
    if (code > 128) return code;
    if (code !== 0 && title && steps.length > 1) console.error(`✗ ${title}: exit ${code}`);
    status ||= code;
  }
  if (reports.length > 0) console.log(`\n${countsLine(await readCounts(reports))}`);
  return status;
}

function explain(error) {
  const problems = error instanceof AggregateError ? error.errors : [error];
  for (const problem of problems) {
    console.error(`\n✗ ${problem instanceof SetupError ? problem.message : (problem?.stack ?? problem)}`);
    if (problem?.remedy) console.error(`  → ${problem.remedy}`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
