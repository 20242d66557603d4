import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type CompiledSpec, type Inputs, type Outputs, validateSpec } from "../../../specs/index.ts";
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

/** A reference's files: as the project keeps it, and where that could be done as the current Python SDK compiles it. */
export function versionsOf(name: string): readonly string[] {
  return ["golden", "regenerated"]
    .map((version) => `${version}/${name}`)
    .filter((file) => existsSync(new URL(file, folder)));
}

/** The documents in a file such as `golden/hello_world.yaml`. */
export function reference(file: string): SpecDocuments {
  return parseSpecDocuments(readFileSync(new URL(file, folder), "utf8"), file);
}

/**
 * A component of a reference, for what cannot be written in TypeScript: its Python source. `task` names the executor,
 * such as `print-text` of `exec-print-text`; what was told to the task is not part of it. What it takes and gives is
 * said again, for the compiler.
 */
export function componentOf<
  const In extends Inputs = Record<never, never>,
  const Out extends Outputs = Record<never, never>,
>(file: string, task: string, _types: { readonly inputs?: In; readonly outputs?: Out } = {}): LoadedComponent<In, Out> {
  const { spec } = reference(file);
  const label = `exec-${task}`;
  const component = Object.values(spec.components ?? {}).find(({ executorLabel }) => executorLabel === label);
  if (component === undefined) throw new Error(`${file} has no component of ${label}.`);
  const { image, command, args } = containerOf(file, task);
  const container = { image, command, args };
  const { dag: _, ...inputsAndOutputs } = component;
  const only = {
    taskInfo: { name: task },
    componentRef: { name: `comp-${task}` },
    cachingOptions: { enableCache: true },
  };
  return componentFromSpec<In, Out>(() => ({
    spec: {
      pipelineInfo: { name: task },
      components: { [`comp-${task}`]: component },
      deploymentSpec: { executors: { [label]: { container } } },
      root: { ...inputsAndOutputs, dag: { tasks: { [task]: only } } },
    } as never,
  }));
}

/** A program inside a reference's command line, for a container whose program is somebody else's. */
export function programOf(file: string, task: string): readonly string[] {
  return containerOf(file, task).command ?? [];
}

function containerOf(file: string, task: string) {
  const container = reference(file).spec.deploymentSpec?.executors?.[`exec-${task}`]?.container;
  if (container === undefined) throw new Error(`${file} has no container exec-${task}.`);
  return container;
}

/** References written again, by name. Each is told the file that it will be compared with. */
export type Authors = Readonly<Record<string, (file: string) => CompiledSpec>>;

/** Makes a test of each, for each version of the reference. */
export function conform(authors: Authors): void {
  if (manifest() === null) test.skip("the references are not on this machine: nothing is compared");
  for (const [name, author] of Object.entries(authors)) {
    for (const file of versionsOf(name)) {
      test(file, () => {
        const { json, digest, platform } = author(file);
        const spec = JSON.parse(json);
        expect(comparable({ spec, ...(platform !== undefined && { platform }) })).toEqual(comparable(reference(file)));
        expect(validateSpec(spec)).toEqual([]);
        expect(author(file).digest).toBe(digest);
      });
    }
  }
}

/** Everything but what names the compiler. */
function comparable({ spec, platform }: SpecDocuments): unknown {
  const text = JSON.stringify({ spec: { ...spec, sdkVersion: null }, platform: platform ?? null });
  return JSON.parse(text.replaceAll(/kfp==[0-9.]+/g, "kfp==*"));
}
