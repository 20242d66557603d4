import { spawn } from "node:child_process";
import { defineCommand } from "citty";
import { checkout } from "../../config/program.ts";
import { readConfiguration } from "../../config/read-configuration.ts";
import { guard } from "../guard.ts";
import { localCloudCommand } from "../supervisor/local-services.ts";

export const local = defineCommand({
  meta: { name: "local", description: "Only the local Google Cloud and Hub, in the foreground." },
  run: () =>
    guard(async () => {
      const args = localCloudCommand(await readConfiguration(), []);
      const child = spawn(process.execPath, args, { cwd: checkout, stdio: "inherit" });
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
      return new Promise((done) => child.on("exit", (code) => done(code ?? 1)));
    }),
});
