/**
 * Outlives the supervisor by a moment, to end what it started even when it was killed itself.
 * Reads `+GROUP` and `-GROUP` (process groups) from standard input; when that closes, ends every group that is left.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { groupLives, signalGroup } from "./process-group.ts";

const graceMilliseconds = 10_000;
const groups = new Set<number>();

// A Ctrl-C in the terminal reaches this process too; it goes when the supervisor does.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

let rest = "";
for await (const chunk of process.stdin.setEncoding("utf8")) {
  const lines = (rest + String(chunk)).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (line.startsWith("+")) groups.add(Number(line.slice(1)));
    else groups.delete(Number(line.slice(1)));
  }
}

for (const group of groups) signalGroup(group, "SIGTERM");
const deadline = Date.now() + graceMilliseconds;
while ([...groups].some(groupLives) && Date.now() < deadline) await sleep(100);
for (const group of groups) signalGroup(group, "SIGKILL");
