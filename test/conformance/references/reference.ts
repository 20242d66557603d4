import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { CompiledSpec, Inputs, Outputs } from "../../../specs/index.ts";
import {
  componentFromSpec,
  type LoadedComponent,
  parseSpecDocuments,
  type SpecDocuments,
} from "../../../specs/load/index.ts";

/**
 * Reference specs of the Kubeflow Pipelines project, which stand beside the checkout, not in it. A pipeline that is
 * written again in this language has to compile to the very same spec, but for what names the compiler.
 */
const folder = new URL("../../../../shared/kfp/", import.meta.url);

export interface Entry {
  readonly name: string;
  readonly features: readonly string[];
  readonly tier: string;
  readonly regenerated: boolean;
}

/** Null where the references are not on this machine. */
export function manifest(): readonly Entry[] | null {
  const file = new URL("manifest.json", folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as readonly Entry[]) : null;
}

/** The reference that the current Python SDK compiles, or the one that the project keeps where that could not be done. */
export function reference(name: string): SpecDocuments {
  const file = ["regenerated", "golden"].map((version) => new URL(`${version}/${name}`, folder)).find(existsSync);
  if (file === undefined) throw new Error(`There is no reference ${name}.`);
  return parseSpecDocuments(readFileSync(file, "utf8"), name);
}

/**
 * A component of a reference, for what cannot be written in TypeScript: its Python source. `task` names the executor,
 * such as `print-text` of `exec-print-text`; what was told to the task is not part of it. What it takes and gives is
 * said again, for the compiler.
 */
export function componentOf<
  const In extends Inputs = Record<never, never>,
  const Out extends Outputs = Record<never, never>,
>(name: string, task: string, _types: { readonly inputs?: In; readonly outputs?: Out } = {}): LoadedComponent<In, Out> {
  const { spec } = reference(name);
  const label = `exec-${task}`;
  const component = Object.values(spec.components ?? {}).find(({ executorLabel }) => executorLabel === label);
  const executor = spec.deploymentSpec?.executors?.[label];
  if (component === undefined || executor?.container === undefined) {
    throw new Error(`${name} has no container ${label}.`);
  }
  const { image, command, args } = executor.container;
  const container = { image, command, args };
  const { dag: _, ...inputsAndOutputs } = component;
  return componentFromSpec<In, Out>(() => ({
    spec: {
      pipelineInfo: { name: task },
      components: { [`comp-${task}`]: component },
      deploymentSpec: { executors: { [label]: { container } } },
      root: { ...inputsAndOutputs, dag: { tasks: { [task]: { componentRef: { name: `comp-${task}` } } } } },
    } as never,
  }));
}

/** References written again, by name. */
export type Authors = Readonly<Record<string, (name: string) => CompiledSpec>>;

/** Makes a test of each. */
export function conform(authors: Authors): void {
  const there = manifest() !== null;
  for (const [name, author] of Object.entries(authors)) {
    test.skipIf(!there)(name, () => {
      const expected = reference(name);
      const { json, platform } = author(name);
      expect(comparable({ spec: JSON.parse(json), ...(platform !== undefined && { platform }) })).toEqual(
        comparable(expected),
      );
    });
  }
}

/** Everything but what names the compiler. */
function comparable({ spec, platform }: SpecDocuments): unknown {
  const text = JSON.stringify({ spec: { ...spec, sdkVersion: null }, platform: platform ?? null });
  return JSON.parse(text.replaceAll(/kfp==[0-9.]+/g, "kfp==*"));
}
