import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { credentials } from "@grpc/grpc-js";
import { type ClientOptions, googleAuthLibrary } from "google-gax";
import { type Clock, realClock } from "../../clock.ts";
import type { LocalImage } from "../../images.ts";
import { type Settings, startVertex, type Vertex } from "../index.ts";
import { nodeImage } from "./image.ts";

export { nodeImage } from "./image.ts";

export const parent = "projects/test-project/locations/us-central1";

export interface TestVertex {
  readonly vertex: Vertex;
  readonly folder: string;
  /** Options for any of Google's clients. */
  readonly client: ClientOptions;
  /** A bucket's folder. */
  bucket(name: string): string;
  /** Closes the server and opens another on the same state. */
  restart(): Promise<TestVertex>;
  close(): Promise<void>;
}

export async function testVertex(
  settings: Partial<Settings> = {},
  clock: Clock = realClock,
  folder = mkdtempSync(join(tmpdir(), "vertex-")),
  pagePort = 0,
  images: readonly LocalImage[] = [],
): Promise<TestVertex> {
  const storageRoot = join(folder, "storage");
  const vertex = await startVertex({
    state: join(folder, "vertex"),
    storageRoot,
    images: [nodeImage, ...images],
    clock,
    log: (line) => process.stderr.write(`${line}\n`),
    settings: { killGrace: 2_000, ...settings },
    pagePort,
  });
  return {
    vertex,
    folder,
    client: clientOptions(vertex.address),
    bucket(name) {
      const path = join(storageRoot, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    async restart() {
      await vertex.close();
      return testVertex(settings, clock, folder, pagePort, images);
    },
    async close() {
      await vertex.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Options with which any of Google's clients connects. */
export function clientOptions(address: string): ClientOptions {
  const [host = "", port = ""] = address.split(":");
  return {
    apiEndpoint: host,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    projectId: "test-project",
    // Without it the client looks for credentials.
    authClient: new googleAuthLibrary.PassThroughClient(),
  };
}

/** Asks until the answer is there; throws when the time is over, saying what it last was. */
export async function until<T>(ask: () => Promise<T> | T, is: (answer: T) => boolean, seconds = 10): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (is(answer)) return answer;
    if (Date.now() > end) throw new Error(`It never came: ${JSON.stringify(answer, null, 1)}`);
    await wait(20);
  }
}

/** Every file below a folder, by path, with its text. */
export function filesOf(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      files[join(entry.parentPath, entry.name).slice(folder.length + 1)] = readFileSync(
        join(entry.parentPath, entry.name),
        "utf8",
      );
  }
  return files;
}

/** Whether a process still runs; one that has ended and was not yet collected doesn't. */
export function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

/** The code and text that a call is refused with; code 0 when it isn't. */
export async function refusal(call: Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    await call;
    return { code: 0, message: "" };
  } catch (error) {
    const { code = -1, details, message } = error as { code?: number; details?: string; message: string };
    return { code, message: details ?? message };
  }
}

/** The process that started another. */
export function parentOf(pid: number): number {
  return Number(spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" }).stdout);
}
