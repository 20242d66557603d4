import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** `npm start`, as a user runs it: the real model, the real data, on an empty state. */

const checkout = resolve(import.meta.dirname, "../..");
let state: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "retemper-start-"));
});
afterAll(async () => {
  for (const child of running) child.kill("SIGTERM");
  await Promise.all([...running].map((child) => new Promise((done) => child.once("exit", done))));
  await rm(state, { recursive: true, force: true });
});

interface Started {
  readonly exit: Promise<number | null>;
  output(): string;
  /** Resolves when the output has this text. */
  says(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

function retemper(...args: string[]): Started {
  const child = spawn(process.execPath, [join(checkout, "bin/retemper.mjs"), ...args], {
    cwd: checkout,
    env: { ...process.env, RETEMPER_STATE: state },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exit = new Promise<number | null>((done) => {
    child.once("close", (code) => {
      running.delete(child);
      done(code);
    });
  });
  return {
    exit,
    output: () => text,
    signal: (signal) => void child.kill(signal),
    says: (wanted) =>
      new Promise((done, fail) => {
        const look = () => text.includes(wanted) && done();
        listeners.add(look);
        look();
        void exit.then((code) => fail(new Error(`ended with ${code} before it said "${wanted}":\n${text}`)));
      }),
  };
}

describe("npm start", () => {
  it("on an empty state makes the first champion, which answers, and leaves nothing running", {
    timeout: 600_000,
  }, async () => {
    const start = retemper("start", "--once");
    expect(await start.exit, start.output()).toBe(0);
    expect(start.output()).toMatch(/Decision: promoted/);
    expect(start.output()).toMatch(/The endpoint debian-sections answers/);
    expect(existsSync(join(state, "services.json"))).toBe(false);
  });

  it("again has nothing to do, and names the decision", { timeout: 120_000 }, async () => {
    const start = retemper("start", "--once");
    expect(await start.exit, start.output()).toBe(0);
    expect(start.output()).toMatch(/Nothing to do: promoted already, by retrain-debian-sections-/);
  });

  it("stays up; a second one says so; Ctrl-C ends every child", { timeout: 120_000 }, async () => {
    const start = retemper("start");
    await start.says("Ctrl-C stops everything");
    const second = retemper("start");
    expect(await second.exit).toBe(1);
    expect(second.output()).toMatch(/running already/);
    const addresses = [...start.output().matchAll(/127\.0\.0\.1:(\d+)\n/g)].map(([, port]) => Number(port));
    expect(addresses.length).toBeGreaterThanOrEqual(6);
    expect(await Promise.all(addresses.map(answers))).not.toContain(false);

    const status = retemper("status");
    expect(await status.exit, status.output()).toBe(0);
    expect(status.output()).toMatch(/retrain-debian-sections-\S+ {2}promoted/);

    start.signal("SIGINT");
    expect(await start.exit).toBe(130);
    expect(await Promise.all(addresses.map(answers))).not.toContain(true);
  });
});

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}
