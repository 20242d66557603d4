import { spawn } from "node:child_process";
import { join } from "node:path";
import { defineCommand } from "citty";
import { checkout, readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";

export const local = defineCommand({
  meta: { name: "local", description: "Only the local Google Cloud and Hub, in the foreground." },
  run: () =>
    guard(async () => {
      const { state } = await readConfiguration();
      const args = [join(checkout, "local/main.ts"), "--state", state, "--seed"];
      const child = spawn(process.execPath, args, { cwd: checkout, stdio: "inherit" });
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
      return new Promise((done) => child.on("exit", (code) => done(code ?? 1)));
    }),
});
