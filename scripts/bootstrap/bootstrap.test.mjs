import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Checklist } from "./checklist.mjs";
import { countsLine, junitCounts, readCounts, vitestCounts } from "./counts.mjs";
import { holds } from "./dependencies.mjs";
import { intoPlace } from "./into-place.mjs";
import { readRequirement } from "./libtpu.mjs";
import { ensureNode } from "./node.mjs";
import { atLeast, findPython } from "./python.mjs";
import { uvSettings } from "./python-environment.mjs";
import { officialArchive, unpackOfficial } from "./temporal.mjs";
import { downloadWheel, sha256 } from "./wheel.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "retemper-bootstrap-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("what is put into place", () => {
  it("is there whole, or not at all when it was interrupted, and comes the next time", async () => {
    const target = join(folder, "tool");
    const interrupted = intoPlace(target, async (scratch) => {
      await writeFile(join(scratch, "half"), "");
      throw new Error("interrupted");
    });
    await expect(interrupted).rejects.toThrow("interrupted");
    expect(await readdir(folder)).toEqual([]);

    await intoPlace(target, async (scratch) => {
      await writeFile(join(scratch, "whole"), "");
      return scratch;
    });
    expect(await readdir(target)).toEqual(["whole"]);
    expect(await readdir(folder)).toEqual(["tool"]);
  });
});

describe("installed packages", () => {
  const locked = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/a-darwin": { version: "1.0.0", integrity: "sha512-d", optional: true },
    },
  };
  it("hold without other platforms' optional ones", () => {
    expect(holds(locked, { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } })).toBe(true);
  });
  it.each([
    ["one is missing", {}],
    ["one has another version", { "node_modules/a": { version: "0.9.0", integrity: "sha512-0" } }],
    ["one has another content", { "node_modules/a": { version: "1.0.0", integrity: "sha512-b" } }],
  ])("do not hold when %s", (_what, packages) => {
    expect(holds(locked, { packages })).toBe(false);
  });
});

describe("Node", () => {
  it("is the one that runs when that is new enough", async () => {
    expect(await ensureNode(() => {}, "24.0.0")).toBe(process.execPath);
  });
});

describe("Python", () => {
  it("is found by its version, in the order of the names", async () => {
    await Promise.all([fakePython("old", "3.9.2"), fakePython("new", "3.12.1")]);
    const found = await findPython([join(folder, "absent"), join(folder, "old"), join(folder, "new")]);
    expect(found).toEqual({ program: join(folder, "new"), version: "3.12.1" });
  });

  it("that is too old is named, with a remedy", async () => {
    await fakePython("old", "3.10.14");
    await expect(findPython([join(folder, "old")])).rejects.toMatchObject({
      code: "PYTHON_MISSING",
      message: expect.stringContaining("3.10.14"),
      remedy: expect.stringContaining("python3"),
    });
  });

  it.each([
    ["3.11.0", true],
    ["3.9.18", false],
    ["4.0", true],
  ])("%s is new enough: %s", (version, enough) => {
    expect(atLeast(version, [3, 11])).toBe(enough);
  });

  async function fakePython(name, version) {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\necho "${file}"\necho "${version}"\n`);
    await chmod(file, 0o755);
  }
});

describe("a wheel", () => {
  it("whose content is not what was pinned is refused", async () => {
    const pip = await fakePip("not what was pinned");
    const wheel = { requirement: "thing==1.0", hashes: { any: createHash("sha256").update("pinned").digest("hex") } };
    await expect(downloadWheel(pip, wheel, folder)).rejects.toMatchObject({ code: "WRONG_HASH" });
  });

  it("with the pinned content is taken", async () => {
    const pip = await fakePip("pinned");
    const wheel = { requirement: "thing==1.0", hashes: { any: createHash("sha256").update("pinned").digest("hex") } };
    const file = await downloadWheel(pip, wheel, folder);
    expect(await sha256(file)).toBe(wheel.hashes.any);
  });

  /** A pip that downloads this text, whatever it is asked for. */
  async function fakePip(text) {
    const script = join(folder, "pip.mjs");
    const code = `import { writeFileSync } from "node:fs"; const to = process.argv.at(-1); writeFileSync(to + "/thing-1.0-py3-none-any.whl", ${JSON.stringify(text)});`;
    await writeFile(script, code);
    return [process.execPath, script];
  }
});

describe("pip's configuration", () => {
  const printed = "global.index-url='https://mirror.example/simple'\n:env:.cert='/etc/ours.pem'\nglobal.timeout='60'\n";
  it("is handed to uv, which reads none of it", () => {
    expect(uvSettings(printed, {})).toEqual({
      UV_DEFAULT_INDEX: "https://mirror.example/simple",
      SSL_CERT_FILE: "/etc/ours.pem",
    });
  });
  it("gives way to uv's own settings", () => {
    expect(uvSettings(printed, { UV_DEFAULT_INDEX: "https://other.example", SSL_CERT_FILE: "/mine.pem" })).toEqual({});
  });
});

describe("Temporal's official download", () => {
  it("is given up where the network refuses it, or does not answer in time", async () => {
    expect(await officialArchive("http://127.0.0.1:1")).toBeUndefined();
    const silent = createServer(() => {});
    const address = await listen(silent);
    expect(await officialArchive(address, 50)).toBeUndefined();
    silent.closeAllConnections();
    silent.close();
  });

  it("is unpacked to a program", async () => {
    await mkdir(join(folder, "made"));
    await writeFile(join(folder, "made/temporal"), "#!/bin/sh\necho temporal\n");
    spawnSync("tar", ["-czf", join(folder, "a.tgz"), "-C", join(folder, "made"), "temporal"]);
    const archive = await readFile(join(folder, "a.tgz"));
    const server = createServer((request, response) => {
      if (!request.url?.startsWith("/cli/")) return response.end(archive);
      response.end(JSON.stringify({ archiveUrl: `http://${request.headers.host}/archive`, fileToExtract: "temporal" }));
    });
    const answer = await officialArchive(await listen(server));
    const made = await unpackOfficial(answer, folder);
    server.close();
    expect(spawnSync(join(made, "temporal")).stdout.toString()).toBe("temporal\n");
  });

  function listen(server) {
    return new Promise((done) =>
      server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`)),
    );
  }
});

describe("the count at the end", () => {
  it("adds runners up, and counts a file that could not be loaded", async () => {
    const vitest = {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [{ status: "failed", assertionResults: [] }],
    };
    const junit = `<testsuites><testsuite name="pytest" errors="1" failures="0" skipped="2" tests="10" time="1"></testsuite></testsuites>`;
    expect(vitestCounts(JSON.stringify(vitest))).toEqual({ passed: 5, failed: 2, skipped: 0 });
    expect(junitCounts(junit)).toEqual({ passed: 7, failed: 1, skipped: 2 });
    await Promise.all([
      writeFile(join(folder, "a.json"), JSON.stringify(vitest)),
      writeFile(join(folder, "b.xml"), junit),
    ]);
    const counts = await readCounts([join(folder, "a.json"), join(folder, "b.xml"), join(folder, "absent.json")]);
    expect(countsLine(counts)).toBe("12 passed, 3 failed, 2 skipped");
  });
});

describe("the checklist", () => {
  it("is plain lines outside a terminal, and says nothing of a step that had nothing to do", async () => {
    const lines = [];
    const list = new Checklist({ isTTY: false, write: (text) => lines.push(text) });
    await list.run("Node", async () => "found");
    expect(lines).toEqual([]);
    await expect(
      list.run("uv", async (working) => {
        working("uv from PyPI");
        throw new Error("no network");
      }),
    ).rejects.toThrow("no network");
    expect(lines.join("")).toMatch(/uv: uv from PyPI\n.*uv: failed/);
  });
});

describe("the compiler of TPUs", () => {
  it("is the one of the trainer's lock, with all its hashes", async () => {
    const lock = await readFile(new URL("../../trainer/uv.lock", import.meta.url), "utf8");
    const { name, text } = readRequirement(lock);
    const [first, ...hashes] = text.trim().split(" \\\n  ");
    expect(`${first}`).toBe(name.replace("-", "=="));
    expect(hashes.length).toBeGreaterThan(0);
    for (const hash of hashes) expect(hash).toMatch(/^--hash=sha256:[0-9a-f]{64}$/);
    expect(() => readRequirement("")).toThrow("names no libtpu");
  });
});
