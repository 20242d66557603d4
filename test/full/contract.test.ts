import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");
const { FORCE_COLOR: _, ...withoutColours } = process.env;

/** `retemper contract`, as a person runs it in the checkout. */
function contract(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [join(checkout, "bin/retemper.mjs"), "contract", ...args],
      { cwd: checkout, env: { ...withoutColours, NO_COLOR: "1", INIT_CWD: checkout } },
      (_error, out, errors) => done({ code: child.exitCode ?? -1, out, errors }),
    );
  });
}

const nothing = [process.execPath, "-e", ""];
const ours = [join(checkout, ".retemper/venv/bin/python"), "-m", "trainer", "train"];

test("a command that keeps nothing: every clause with what was found and what to do, and status 1", async () => {
  const { code, out } = await contract("--", ...nothing);
  expect(code).toBe(1);
  expect(out).not.toContain("✓");
  for (const part of ["✗ it trains", "✗ it goes on after sigterm", "found: ", "do: ", "7 of 7 clauses"]) {
    expect(out).toContain(part);
  }
}, 120_000);

test("for programs: one value, with the command and each clause", async () => {
  const { code, out } = await contract("--json", "--deterministic", "--task", "causal-lm", "--", ...nothing);
  expect(code).toBe(1);
  const { command, kept, clauses } = JSON.parse(out) as {
    command: string[];
    kept: boolean;
    clauses: { check: string; clause: string; remedy: string; broken: string | null }[];
  };
  expect({ command, kept }).toEqual({ command: nothing, kept: false });
  expect(clauses.map(({ check }) => check)).toContain("the_same_arguments_give_the_same_model");
  for (const clause of clauses) {
    expect(clause).toEqual({
      check: expect.stringMatching(/^\w+$/),
      clause: expect.stringMatching(/./),
      remedy: expect.stringMatching(/./),
      broken: expect.toSatisfy((found: unknown) => found === null || typeof found === "string"),
    });
  }
}, 120_000);

test("our own trainer keeps every clause, and the status is 0", async () => {
  const { code, out } = await contract("--", ...ours);
  expect(out).not.toContain("✗");
  expect(out).toContain("The contract is kept: 7 clauses.");
  expect(code).toBe(0);
}, 300_000);

test("no command, or one that is not there", async () => {
  const without = await contract();
  expect(without).toMatchObject({ code: expect.toSatisfy((code: number) => code !== 0), out: "" });
  expect(without.errors).toContain("retemper contract -- COMMAND");
  const missing = await contract("--json", "--", "/no/such/program");
  expect(missing.code).toBe(1);
  expect(missing.out).toContain("No such file");
}, 120_000);
