import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RetemperCommand, type Started } from "../support/retemper-command.ts";

/** `retemper local`, as somebody meets it who has nothing but a client of Google's. */

let command: RetemperCommand;
let running: Started;
let state: string;

beforeAll(async () => {
  command = await RetemperCommand.create();
  state = join(command.state, "elsewhere");
  running = command.run("local", "--state", state);
  await running.says("Ctrl-C stops it");
});
afterAll(() => command?.[Symbol.asyncDispose]());

const addressOf = (name: string) => new RegExp(`^ +${name} +(\\S+)`, "m").exec(running.output())?.[1] ?? "";

it("says every address, and what of it is pasted answers", async () => {
  const services = JSON.parse(await readFile(join(state, "services.json"), "utf8")) as Record<string, string>;
  for (const [name, address] of Object.entries(services)) expect(addressOf(name)).toBe(address);
  expect((await stat(addressOf("certificateAuthority"))).isFile()).toBe(true);
  expect(addressOf("state")).toBe(state);
  expect((await fetch(`${addressOf("vertexUi")}/pipelineJobs`)).status).toBe(200);

  const [, curl = ""] = /^curl (\S+)$/m.exec(running.output()) ?? [];
  expect(await (await fetch(curl)).json()).toEqual({});
  // Python that is pasted into a prompt must not be indented.
  expect(running.output()).toMatch(/^import os$/m);
  const port = addressOf("vertex").split(":")[1];
  expect(running.output()).toContain(`api_endpoint="http://localhost:${port}", api_transport="rest"`);
  expect(running.output()).toContain(`GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=${addressOf("certificateAuthority")}`);
});

it("tells a second one on the same state what there is, and what to do", async () => {
  const second = command.run("local", "--state", state);
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain("--state FOLDER");
  expect(second.output()).toContain(addressOf("vertex"));
  expect(second.output()).toMatch(/kill \d+/);
});

it("refuses a port that is taken, one that is none, and an engine that is none", async () => {
  const other = createServer();
  const port = await new Promise<number>((done) =>
    other.listen(0, "127.0.0.1", () => done((other.address() as { port: number }).port)),
  );
  const free = join(command.state, "free");
  const taken = command.run("local", "--state", free, "--port", String(port));
  expect(await taken.exit).toBe(1);
  expect(taken.output()).toContain(`Port ${port} is taken`);
  other.close();
  const none = command.run("local", "--state", free, "--page-port", "many");
  expect(await none.exit).toBe(1);
  expect(none.output()).toContain('--page-port wants a port from 1 to 65535, not "many"');
  const engine = command.run("local", "--state", free, "--container-engine", "dokcer");
  expect(await engine.exit).toBe(1);
  expect(engine.output()).toContain("docker or podman");
});

it("ends with Ctrl-C, frees its ports, and has the same ones the next time", async () => {
  const page = addressOf("vertexUi");
  running.signal("SIGINT");
  expect(await running.exit).toBe(0);
  await expect(fetch(page)).rejects.toThrow();
  expect(existsSync(join(state, "services.json"))).toBe(false);
  running = command.run("local", "--state", state);
  await running.says("Ctrl-C stops it");
  expect(addressOf("vertexUi")).toBe(page);
  running.signal("SIGTERM");
  expect(await running.exit).toBe(0);
});
