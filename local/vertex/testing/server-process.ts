import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ClientOptions } from "google-gax";
import { clientOptions } from "./harness.ts";

/** A server in a process of its own, to be killed. */
export interface ServerProcess {
  /** `host:port`. */
  readonly address: string;
  readonly adminUrl: string;
  /** Options for any of Google's clients. */
  readonly client: ClientOptions;
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a server on the state in a folder, and waits until it answers. */
export async function startServerProcess(folder: string): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, "serve.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { stdout } = child;
  if (stdout === null) throw new Error("the server has no output");
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(stdout).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const { address, adminUrl } = JSON.parse(line) as { address: string; adminUrl: string };
  return {
    address,
    adminUrl,
    client: clientOptions(address),
    pid: child.pid ?? 0,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
