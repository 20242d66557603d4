import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, type PipelineSpec, validateSpec } from "../../specs/index.ts";
import type { PipelineNode } from "../../specs/nodes/index.ts";
import { pipelines } from "./control-flow.ts";
import { unfolded } from "./unfolded.ts";

/** Loops, branches, exit handlers and pipelines, in each other, in both languages: the real kfp compiles the same. */

const python = fileURLToPath(new URL("../../.retemper/kfp/bin/python", import.meta.url));
const program = fileURLToPath(new URL("./control_flow.py", import.meta.url));

describe.runIf(existsSync(python))("beside the real kfp", () => {
  let judged: Readonly<Record<string, PipelineSpec>> = {};

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(python, ["-W", "ignore", program], { maxBuffer: 2 ** 26 });
    judged = JSON.parse(stdout);
  });

  test("each pipeline is there in both languages", () => {
    expect(Object.keys(judged)).toEqual(pipelines.map(({ node }) => node.name));
  });

  test.each(pipelines.map((each) => [each.node.name, each] as const))("%s", (name, each) => {
    const spec: PipelineSpec = JSON.parse(compile(each).json);
    const theirs = judged[name] ?? {};
    expect(validateSpec(spec)).toEqual([]);
    expect({ ...unfolded(spec), sdkVersion: "" }).toEqual({ ...unfolded(theirs), sdkVersion: "" });
    if (!mergesNames(each.node)) expect({ ...spec, sdkVersion: "" }).toEqual({ ...theirs, sdkVersion: "" });
  });
});

/** Whether pipelines come together in it that may have components of the same name. */
function mergesNames({ steps }: PipelineNode): boolean {
  return steps.some((step) => step.kind === "task" && step.component.kind === "pipeline");
}
