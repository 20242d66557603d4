import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What a running supervisor tells whoever asks. */
export interface InstanceReport {
  readonly pid: number;
  readonly state: string;
  readonly services: Readonly<Record<string, string>>;
}

/** A supervisor runs already on this state folder. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
  readonly code = "ALREADY_RUNNING";
  readonly report: InstanceReport;

  constructor(report: InstanceReport) {
    super(`Retemper is running already on ${report.state} (process ${report.pid}).`);
    this.report = report;
  }
}

/**
 * Makes this process the only supervisor of a state folder, until it ends, however it ends: what is held is a socket,
 * which the system closes. Throws {@link AlreadyRunning}.
 */
export async function claimInstance(state: string, report: () => InstanceReport): Promise<AsyncDisposable> {
  const path = socketPath(state);
  const other = await askInstance(state);
  if (other) throw new AlreadyRunning(other);
  await rm(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end(JSON.stringify(report()));
  });
  await listen(server, path);
  return {
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** What the supervisor of this state folder says; undefined when there is none. */
export function askInstance(state: string): Promise<InstanceReport | undefined> {
  return new Promise((done) => {
    const socket = connect(socketPath(state));
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", () => done(undefined));
    socket.on("end", () => done(JSON.parse(text) as InstanceReport));
  });
}

/** Not in the state folder itself: a socket's path may have about 100 bytes at most. */
function socketPath(state: string): string {
  const name = createHash("sha256").update(resolve(state)).digest("hex").slice(0, 16);
  return join(tmpdir(), `retemper-${name}.sock`);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(path, () => done());
  });
}
