import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetemperCommand } from "../support/retemper-command.ts";

/** `npm start`, as a user runs it: the real model, the real data, on an empty state. */

let command: RetemperCommand;

beforeAll(async () => {
  command = await RetemperCommand.create();
});
afterAll(() => command?.[Symbol.asyncDispose]());

describe("npm start", () => {
  it("on an empty state makes the first champion, which answers, and leaves nothing running", {
    timeout: 600_000,
  }, async () => {
    const start = command.run("start", "--once");
    expect(await start.exit, start.output()).toBe(0);
    expect(start.output()).toMatch(/Decision: promoted/);
    expect(start.output()).toMatch(/The endpoint debian-sections answers/);
    expect(existsSync(join(command.state, "services.json"))).toBe(false);
  });

  it("again has nothing to do, and names the decision", { timeout: 120_000 }, async () => {
    const start = command.run("start", "--once");
    expect(await start.exit, start.output()).toBe(0);
    expect(start.output()).toMatch(/Nothing to do: promoted already, by retrain-debian-sections-/);
  });

  it("stays up; a second one says so; Ctrl-C ends every child", { timeout: 120_000 }, async () => {
    const start = command.run("start");
    await start.says("Ctrl-C stops everything");
    const second = command.run("start");
    expect(await second.exit).toBe(1);
    expect(second.output()).toMatch(/running already/);
    const addresses = [...start.output().matchAll(/127\.0\.0\.1:(\d+)\n/g)].map(([, port]) => Number(port));
    expect(addresses.length).toBeGreaterThanOrEqual(6);
    expect(await Promise.all(addresses.map(answers))).not.toContain(false);

    const status = command.run("status");
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
