import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { realMount } from "./mount.ts";
import { type BucketsNamespace, openBucketsNamespace } from "./namespace.ts";
import { findProcess, startProcess } from "./process.ts";

/** What this machine lets its users do decides which of these run; what can't be had is skipped in sight. */
const isRoot = process.getuid?.() === 0;
const can = async (isSystemUser: boolean) => {
  const folder = mkdtempSync(join(tmpdir(), "buckets-"));
  try {
    (await openBucketsNamespace(folder, isSystemUser)).close();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const kinds = [
  ["the system's user", true, isRoot && (await can(true))],
  ["any other user", false, await can(false)],
] as const;

let folder: string;
let namespace: BucketsNamespace | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "buckets-"));
  mkdirSync(join(folder, "storage/bucket"), { recursive: true });
  writeFileSync(join(folder, "storage/bucket/object"), "content");
});
afterEach(() => {
  namespace?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (enter: readonly string[], script: string) => {
  const [program = "", ...args] = [...enter, "/bin/sh", "-c", script];
  const { stdout, stderr, status } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : `${status}: ${stderr}`;
};

for (const [whose, isSystemUser, possible] of kinds) {
  test.runIf(possible)(`as ${whose}: /gcs is the buckets, and all else is as outside`, async () => {
    const outside = readdirSync("/");
    namespace = await openBucketsNamespace(join(folder, "storage"), isSystemUser);
    expect(run(namespace.enter, "cat /gcs/bucket/object")).toBe("content");
    expect(run(namespace.enter, "mkdir /gcs/new && echo here > /gcs/new/file && cat /gcs/new/file")).toBe("here");
    expect(readFileSync(join(folder, "storage/new/file"), "utf8")).toBe("here\n");
    expect(run(namespace.enter, "id -u")).toBe(String(process.getuid?.()));
    expect(run(namespace.enter, `cat ${folder}/storage/bucket/object`)).toBe("content");
    const inside = run(namespace.enter, "ls -A /").split("\n");
    expect([...inside].sort()).toEqual([...new Set([...outside, "gcs"])].sort());
    expect(readdirSync("/")).toEqual(outside);
  });

  test.runIf(possible)(
    `as ${whose}: a process in it is found by its folder, and stopped with all that it started`,
    async () => {
      namespace = await openBucketsNamespace(join(folder, "storage"), isSystemUser);
      const { enter, environment } = realMount(join(folder, "storage"), namespace);
      const directory = join(folder, "process");
      const spec = {
        directory,
        workingDirectory: join(directory, "work"),
        environment: { PATH: "/usr/bin:/bin", ...environment },
      };
      const argv = ["/bin/sh", "-c", "pwd > where; sleep 60 & echo ready > /gcs/bucket/ready; wait"];
      const started = startProcess({ ...spec, argv, enter });
      while (!existsSync(join(folder, "storage/bucket/ready"))) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(readFileSync(join(directory, "work/where"), "utf8").trim()).toBe(join(directory, "work"));
      // What a server does that finds it after another's end, when its own namespace is gone.
      namespace.close();
      const found = await findProcess(directory);
      if (found.kind !== "running") throw new Error(`it is ${found.kind}`);
      expect(found.process.group).toBe(started.group);
      await found.process.stop(5_000);
      expect(await started.exited).toBe(143);
      const left = run([], "ps -A -o pgid=,stat=")
        .split("\n")
        .map((line) => line.trim().split(/\s+/));
      expect(left.filter(([group, state]) => group === String(started.group) && !state?.startsWith("Z"))).toEqual([]);
    },
  );
}

test("where there is no such thing, it is said why", async () => {
  const path = process.env["PATH"];
  process.env["PATH"] = folder;
  try {
    await expect(openBucketsNamespace(join(folder, "storage"))).rejects.toMatchObject({
      code: "NO_NAMESPACE",
      message: expect.stringContaining("unshare"),
    });
  } finally {
    process.env["PATH"] = path;
  }
});
