import type { PipelineTaskSpecJson } from "../../ir/types.ts";

/** Names of a DAG's tasks, those first whose outputs others take. */
export function inOrder(tasks: Readonly<Record<string, PipelineTaskSpecJson>>): readonly string[] {
  const ordered = new Set<string>();
  const seen = new Set<string>();
  const open = Object.keys(tasks)
    .reverse()
    .map((name) => ({ name, ready: false }));
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { name, ready } = entry;
    if (ready) ordered.add(name);
    if (ready || seen.has(name)) continue;
    seen.add(name);
    open.push({ name, ready: true });
    for (const producer of producersOf(tasks[name] ?? {})) {
      if (!seen.has(producer) && Object.hasOwn(tasks, producer)) open.push({ name: producer, ready: false });
    }
  }
  return [...ordered];
}

function producersOf({ inputs = {} }: PipelineTaskSpecJson): readonly string[] {
  const parameters = Object.values(inputs.parameters ?? {});
  const artifacts = Object.values(inputs.artifacts ?? {});
  return [
    ...parameters.flatMap(({ taskOutputParameter }) => taskOutputParameter?.producerTask ?? []),
    ...artifacts.flatMap(({ taskOutputArtifact }) => taskOutputArtifact?.producerTask ?? []),
  ];
}
