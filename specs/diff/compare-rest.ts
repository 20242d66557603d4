import type { Task } from "../graph/flow/index.ts";
import { canonicalJson } from "../ir/canonical-json.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { compareText, keysOf } from "./compare-pipelines.ts";
import type { Change, Subject } from "./diff.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Of a task, what nothing else compares: fields that are rare, or that later SDKs will write. */
export function compareRestOfTasks(one: Task, other: Task, subject: Subject): readonly Change[] {
  return compareFields(subject, restOfTask(one), restOfTask(other));
}

function restOfTask({ spec, component, executor }: Task): Fields {
  const { taskInfo, inputs, dependentTasks, cachingOptions, componentRef, triggerPolicy, retryPolicy, ...task } = spec;
  const { inputDefinitions, outputDefinitions, executorLabel, ...rest } = component;
  const { container = {}, importer = {}, ...kinds } = executor;
  const { image, command, args, env, resources = {}, ...more } = container;
  const { cpuLimit, memoryLimit, resourceCpuLimit, resourceMemoryLimit, accelerator, ...requests } = resources;
  const { artifactUri, reimport, metadata, downloadToWorkspace, ...imported } = importer;
  return {
    ...task,
    ...rest,
    ...kinds,
    ...more,
    ...requests,
    ...imported,
    ...schemas(inputDefinitions, "input"),
    ...schemas(outputDefinitions, "output"),
  };
}

/** Whole types of artifacts: their version, or a schema that is written out. */
function schemas(
  definitions: { readonly artifacts?: { readonly [name: string]: { readonly artifactType?: unknown } } } = {},
  what: string,
): Fields {
  return Object.fromEntries(
    Object.entries(definitions.artifacts ?? {}).map(([name, { artifactType }]) => [
      `type of ${what} ${name}`,
      artifactType,
    ]),
  );
}

/** Of the pipeline: its folder for outputs, and who compiled it. */
export function compareRestOfPipelines(before: PipelineSpec, after: PipelineSpec, subject: Subject): readonly Change[] {
  const rest = ({ defaultPipelineRoot, schemaVersion, sdkVersion }: PipelineSpec): Fields => ({
    "output folder": defaultPipelineRoot,
    "schema version": schemaVersion,
    "compiled by": sdkVersion,
  });
  return compareFields(subject, rest(before), rest(after));
}

export function compareFields(subject: Subject, before: Fields, after: Fields): readonly Change[] {
  return keysOf(before, after).flatMap((name) =>
    compareText(subject, "option", text(before[name]), text(after[name]), name),
  );
}

function text(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : canonicalJson(value);
}
