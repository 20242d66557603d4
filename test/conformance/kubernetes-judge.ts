import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type ComparableValue,
  compile,
  container,
  list,
  type ParameterValue,
  pipeline,
  string,
  struct,
} from "../../specs/index.ts";
import { validatePlatform } from "../../specs/ir/index.ts";
import type { PipelineConfigNode } from "../../specs/kubernetes/index.ts";

/** The real kfp-kubernetes as the judge of the same pipeline in both languages. */

const python = fileURLToPath(new URL("../../.retemper/kfp/bin/python", import.meta.url));
const program = fileURLToPath(new URL("./kubernetes_options.py", import.meta.url));
export const isThere = existsSync(python);

export const make = container("make", {
  image: "make",
  outputs: { name: string(), labels: struct(), several: list() },
});
export const use = container("use", { image: "use" });
const take = container("take", { image: "take", inputs: { name: string(), labels: struct(), several: list() } });

/** The inputs of the pipeline, which has a task that takes all of them. */
export interface Given {
  readonly name: ComparableValue<"string", string>;
  readonly labels: ParameterValue<"struct", Record<string, never>>;
  readonly several: ParameterValue<"list", readonly never[]>;
}

/** What kfp made of a case: its documents, or what it said. */
export interface Judgement {
  readonly documents?: readonly unknown[];
  readonly error?: string;
}

export interface Parts {
  readonly spec: unknown;
  readonly platform: unknown;
}

/** `body` is the lines of a pipeline's function, `config` an expression for its PipelineConfig. */
export function judge(cases: readonly { readonly body: string; readonly config: string }[]) {
  return new Promise<readonly Judgement[]>((resolve, reject) => {
    const options = { maxBuffer: 2 ** 28 };
    const child = execFile(python, ["-W", "ignore", program], options, (failure, output, errors) => {
      if (failure) reject(new Error(`The judge failed: ${errors}`, { cause: failure }));
      else resolve(JSON.parse(output));
    });
    child.stdin?.end(JSON.stringify(cases));
  });
}

/** The same pipeline's documents in TypeScript. */
export function compiled(body: (given: Given) => void, kubernetes?: PipelineConfigNode): Parts {
  const inputs = { name: string(), labels: struct<Record<string, never>>(), several: list<never>() };
  const { spec, platform } = compile(
    pipeline("options", { inputs, ...(kubernetes !== undefined && { kubernetes }) }, (given) => {
      take(given);
      body(given);
    }),
  );
  const problems = platform === undefined ? [] : validatePlatform(platform, spec);
  if (problems.length > 0) throw new Error(`The platform document is invalid: ${JSON.stringify(problems)}`);
  return parts([spec, platform]);
}

/** Two documents without the version of what made them. */
export function parts([spec, platform]: readonly unknown[]): Parts {
  return { spec: { ...(spec as object), sdkVersion: "" }, platform };
}
