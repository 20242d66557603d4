import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Child } from "./child.ts";
import { askInstance, claimInstance } from "./instance.ts";
import { choosePorts } from "./ports.ts";
import { groupLives, signalGroup } from "./process-group.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-supervisor-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("one instance a state folder", () => {
  it("refuses a second one and says where the first is, until the first ends", async () => {
    const report = () => ({ pid: process.pid, state: folder, services: { temporal: "127.0.0.1:7233" } });
    {
      await using _first = await claimInstance(folder, report);
      await expect(claimInstance(folder, report)).rejects.toMatchObject({ code: "ALREADY_RUNNING", report: report() });
    }
    expect(await askInstance(folder)).toBeUndefined();
    await using _again = await claimInstance(folder, report);
    expect(await askInstance(folder)).toEqual(report());
  });

  it("is not held by one that was killed", async () => {
    const code = `
      import { claimInstance } from ${JSON.stringify(join(import.meta.dirname, "instance.ts"))};
      await claimInstance(${JSON.stringify(folder)}, () => ({ pid: process.pid, state: "", services: {} }));
      console.log("claimed");
    `;
    const other = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((done) => other.stdout.once("data", done));
    expect(await askInstance(folder)).toMatchObject({ pid: other.pid });
    other.kill("SIGKILL");
    await exitOf(other);
    await using _ours = await claimInstance(folder, () => ({ pid: process.pid, state: folder, services: {} }));
    expect(await askInstance(folder)).toMatchObject({ pid: process.pid });
  });
});

describe("ports", () => {
  it("are the same at the next start, unless taken meanwhile", async () => {
    const file = join(folder, "ports.json");
    const first = await choosePorts({}, file);
    expect(new Set(Object.values(first)).size).toBe(7);
    await writeFile(file, JSON.stringify(first));
    expect(await choosePorts({}, file)).toEqual(first);

    const server = createServer().listen(first.hub, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    try {
      const second = await choosePorts({}, file);
      expect(second.hub).not.toBe(first.hub);
      expect(second.vertex).toBe(first.vertex);
      await expect(choosePorts({ hub: first.hub }, file)).rejects.toMatchObject({ code: "PORT_TAKEN" });
    } finally {
      server.close();
    }
  });
});

describe("a child", () => {
  const announce = `console.log(JSON.stringify({ event: "ready", pid: process.pid }));`;
  const forever = "setInterval(() => {}, 1000);";
  let child: Child | undefined;
  afterEach(() => child?.stop());

  function childOf(code: string, onRestart: (reason: string) => void = () => undefined) {
    const announced: number[] = [];
    const groups = new Set<number>();
    child = new Child({
      name: "child",
      command: process.execPath,
      args: ["--input-type=module", "-e", code],
      cwd: folder,
      env: process.env,
      log: join(folder, "logs/child.log"),
      ready: async (ready) => void announced.push(Number((await ready)["pid"])),
      onGroup: (change, group) => void (change === "+" ? groups.add(group) : groups.delete(group)),
      onRestart: (_name, reason) => onRestart(reason),
    });
    return { child, announced, groups };
  }

  it("is started again when it dies, and ends with everything that it started", async () => {
    const code = `
      import { spawn } from "node:child_process";
      spawn(process.execPath, ["-e", ${JSON.stringify(forever)}], { stdio: "ignore" });
      ${announce} ${forever}
    `;
    const reasons: string[] = [];
    const { child, announced, groups } = childOf(code, (reason) => reasons.push(reason));
    await child.start();
    const [first = 0] = announced;
    signalGroup(first, "SIGKILL");
    await vi.waitFor(() => expect(announced).toHaveLength(2), 15_000);
    expect(reasons).toEqual(["ended by SIGKILL"]);
    // Killed already; the system may take a moment to bury what has no parent any more.
    await vi.waitFor(() => expect(groupLives(first)).toBe(false), 10_000);
    const [, second = 0] = announced;
    expect([...groups]).toEqual([second]);
    await child.stop();
    await vi.waitFor(() => expect(groupLives(second)).toBe(false), 10_000);
  });

  it("that does not come up fails the start, with the end of its log", async () => {
    const { child } = childOf(`console.error("no such disk"); process.exit(3);`);
    await expect(child.start()).rejects.toMatchObject({
      code: "CHILD_FAILED",
      message: expect.stringMatching(/exit status 3[\s\S]*no such disk/),
    });
    expect(await readFile(join(folder, "logs/child.log"), "utf8")).toContain("no such disk");
  });

  it("dies with a supervisor that is killed", async () => {
    const code = `
      import { startKeeper } from ${JSON.stringify(join(import.meta.dirname, "keeper-process.ts"))};
      import { spawn } from "node:child_process";
      const keeper = startKeeper();
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(forever)}], { detached: true, stdio: "ignore" });
      keeper.tell("+", child.pid);
      console.log(child.pid);
      ${forever}
    `;
    const supervisor = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const group = Number(await new Promise((done) => supervisor.stdout.once("data", done)));
    expect(groupLives(group)).toBe(true);
    supervisor.kill("SIGKILL");
    await vi.waitFor(() => expect(groupLives(group)).toBe(false), 10_000);
  });
});

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((done) => child.once("exit", () => done()));
}
