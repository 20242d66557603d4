import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, type PipelineSpec, validateSpec } from "../../specs/index.ts";
import type { ComponentNode } from "../../specs/nodes/index.ts";
import { unfolded } from "./unfolded.ts";

const python = fileURLToPath(new URL("../../.retemper/kfp/bin/python", import.meta.url));

/**
 * Makes a test of each pipeline and component that is written in both languages: what the real kfp compiles is the
 * same. `program` is the Python program beside this module, which writes its specs by name, in the same order.
 */
export function compareWithKfp(program: string, written: readonly { readonly node: ComponentNode }[]): void {
  describe.runIf(existsSync(python))("beside the real kfp", () => {
    const ours = written.map(({ node }) => {
      const spec: PipelineSpec = JSON.parse(compile({ node }).json);
      return { node, spec, name: spec.pipelineInfo?.name ?? "" };
    });
    let judged: Readonly<Record<string, PipelineSpec>> = {};

    beforeAll(async () => {
      const file = fileURLToPath(new URL(program, import.meta.url));
      const { stdout } = await promisify(execFile)(python, ["-W", "ignore", file], { maxBuffer: 2 ** 26 });
      judged = JSON.parse(stdout);
    });

    test("each is there in both languages", () => {
      expect(Object.keys(judged)).toEqual(ours.map(({ name }) => name));
    });

    test.each(ours.map((each) => [each.name, each] as const))("%s", (name, { node, spec }) => {
      const theirs = judged[name] ?? {};
      expect(validateSpec(spec)).toEqual([]);
      expect({ ...unfolded(spec), sdkVersion: "" }).toEqual({ ...unfolded(theirs), sdkVersion: "" });
      if (!mergesNames(node)) expect({ ...spec, sdkVersion: "" }).toEqual({ ...theirs, sdkVersion: "" });
    });
  });
}

/** Whether pipelines come together in it that may have components of the same name. */
function mergesNames(node: ComponentNode): boolean {
  return (
    node.kind === "pipeline" && node.steps.some((step) => step.kind === "task" && step.component.kind === "pipeline")
  );
}
