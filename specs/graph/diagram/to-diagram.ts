import {
  type Condition,
  type Flow,
  type Group,
  printExpression,
  printSource,
  printValue,
  type Step,
  settingsOf,
  type Task,
} from "../flow/index.ts";
import type { Card, Cluster, Diagram, DiagramNode, Pill } from "./diagram.ts";
import { edgesOf, inputPill, outputPill, sourcesIn } from "./edges.ts";

/** What to draw of a flow. */
export function toDiagram(flow: Flow): Diagram {
  const pills: Pill[] = [];
  for (const name of sourcesIn(flow)) {
    const type = flow.inputs[name]?.type ?? "Artifact";
    pills.push({ kind: "pill", id: inputPill(name), direction: "in", title: name, type });
  }
  for (const [name, source] of Object.entries(flow.outputs)) {
    if (source.kind === "absent") continue;
    const type = flow.outputTypes[name] ?? "";
    pills.push({ kind: "pill", id: outputPill(name), direction: "out", title: name, type });
  }
  return {
    title: flow.displayName ?? flow.name,
    description: flow.description,
    inputs: Object.entries(flow.inputs).map(([name, input]) => ({
      name,
      type: input.type,
      default: input.default === undefined ? (input.optional ? "optional" : null) : printValue(input.default, 40),
    })),
    nodes: [...flow.steps.map((step) => node(step, flow)), ...pills],
    edges: edgesOf(flow),
  };
}

function node(step: Step, flow: Flow): DiagramNode {
  return step.kind === "task" ? card(step, flow) : cluster(step, flow);
}

function card(task: Task, flow: Flow): Card {
  const retries = task.spec.retryPolicy?.maxRetryCount ?? 0;
  const cached = task.spec.cachingOptions?.enableCache === true;
  const condition = task.condition === null ? [] : [conditionText(task.condition, flow)];
  return {
    kind: "card",
    id: task.path,
    runs: task.runs,
    title: task.title,
    lines: [...condition, ...linesOf(task, flow)],
    badges: [
      ...(retries > 0 ? [`retry ${retries}`] : []),
      ...(cached || task.runs === "importer" || task.runs === "custom-job" ? [] : ["no cache"]),
      ...(task.runsAfterFailure ? ["always"] : []),
    ],
  };
}

function linesOf(task: Task, flow: Flow): readonly string[] {
  if (task.runs === "importer") {
    const [artifact] = Object.values(task.definitions.outputs);
    return [artifact?.type ?? "Artifact"];
  }
  const { image, machine, accelerator, cpu, memory, strategy, replicas } = settingsOf(task, flow);
  const hardware = [
    replicas === null ? machine : `${replicas} × ${machine}`,
    cpu === null ? null : `${cpu} CPU`,
    memory,
    accelerator,
    strategy,
  ].filter((part) => part !== null);
  const program = image === null ? [] : [shortImage(image)];
  return [...program, ...(hardware.length > 0 ? [hardware.join(" · ")] : [])];
}

/** `us-docker.pkg.dev/p/r/trainer@sha256:…` → `trainer`. */
export function shortImage(image: string): string {
  return image.replace(/@sha256:.*$/, "").replace(/^.*\//, "");
}

function cluster(group: Group, flow: Flow): Cluster {
  const [keyword, label] = wording(group, flow);
  return {
    kind: "cluster",
    id: group.path,
    role: group.role,
    keyword,
    label,
    nodes: group.steps.map((step) => node(step, flow)),
  };
}

function wording(group: Group, flow: Flow): readonly [keyword: string, label: string] {
  const named = /^(condition|for-loop|exit-handler|condition-branches)-\d+$/.test(group.title) ? "" : group.title;
  const told = (...parts: readonly string[]) => parts.filter((part) => part !== "").join(" · ");
  const only = group.condition === null ? "" : conditionText(group.condition, flow);
  switch (group.role) {
    case "loop": {
      const { items, parallelism } = group.loop ?? { items: { kind: "absent" } as const, parallelism: null };
      const limit = parallelism === null ? "" : `, ${parallelism} at a time`;
      return ["for each", told(`${printSource(items, flow, 60)}${limit}`, named)];
    }
    case "branch": {
      const keyword = group.condition?.keyword ?? "if";
      return [keyword, told(only.slice(keyword.length).trim(), named)];
    }
    case "branches":
      return ["one of", named];
    case "exit-handler":
      return ["then always", told(exitTask(group, flow), named)];
    case "pipeline":
      return ["pipeline", group.title];
  }
}

export function conditionText({ keyword, expression, names }: Condition, flow: Flow): string {
  if (expression === null) return keyword;
  const nameOf = (input: string) => {
    const source = names.get(input);
    return source === undefined ? input : printSource(source, flow);
  };
  return `${keyword} ${printExpression(expression, nameOf)}`;
}

function exitTask(group: Group, flow: Flow): string {
  const name = group.name;
  const exit = [...flow.byPath.values()].find(
    (step) => step.parent === group.parent && step.runsAfterFailure && step.spec.dependentTasks?.includes(name),
  );
  return exit?.title ?? "";
}
