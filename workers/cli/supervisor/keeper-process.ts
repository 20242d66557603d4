import { spawn } from "node:child_process";
import { program } from "../../config/program.ts";

/** Starts the keeper, which ends every process group that it was told of when we are gone, however we went. */
export function startKeeper(): { tell(change: "+" | "-", group: number): void } {
  const keeper = spawn(process.execPath, [program("workers/cli/supervisor/keeper")], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Neither it nor its pipe must keep us from ending.
  keeper.unref();
  if ("unref" in keeper.stdin && typeof keeper.stdin.unref === "function") keeper.stdin.unref();
  return { tell: (change, group) => void keeper.stdin.write(`${change}${group}\n`) };
}
