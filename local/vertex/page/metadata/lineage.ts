import type { Metadata } from "../../metadata/metadata.ts";
import type { Artifact, EventRecord, Execution } from "../../metadata/records.ts";
import { idOf } from "../../wire/names.ts";
import { lookOfAny } from "../state.ts";

/** Artifacts and executions as they came from each other. */
export interface Lineage {
  readonly nodes: readonly LineageNode[];
  /** By names, in the direction of time. */
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export interface LineageNode {
  readonly kind: "artifact" | "execution";
  /** Of the resource. */
  readonly name: string;
  readonly title: string;
  /** Type of an artifact, or of what was executed. */
  readonly type: string;
  /** How an execution stands. */
  readonly look: string | null;
}

export interface Subgraph {
  readonly artifacts: readonly Artifact[];
  readonly executions: readonly Execution[];
  readonly events: readonly EventRecord[];
}

/** Between an artifact and an execution: as far as a person follows. */
const mostHops = 8;

/** What an artifact was made from, and what was made from it. */
export function artifactLineage(metadata: Pick<Metadata, "artifactSubgraph">, name: string): Lineage {
  return lineageAround(lineageOf(metadata.artifactSubgraph(name, mostHops)), name);
}

/** More than a person can look at is cut off. */
export const mostNodes = 150;

/**
 * A pipeline, and each loop or pipeline in it, takes and gives what its tasks do: where those are there too, it only
 * hides who made what, and is left out.
 */
export function lineageOf({ artifacts, executions, events }: Subgraph): Lineage {
  const around = new Set(executions.filter(isAround).map(({ name }) => name));
  const inner = events.filter(({ execution }) => !around.has(execution));
  const covered = new Set(inner.map(({ artifact, type }) => `${type} ${artifact}`));
  const kept = events.filter(
    ({ execution, artifact, type }) => !around.has(execution) || !covered.has(`${type} ${artifact}`),
  );
  const told = new Set(kept.flatMap(({ artifact, execution }) => [artifact, execution]));
  const nodes: LineageNode[] = [
    ...artifacts.map(({ name, displayName, schemaTitle }) => ({
      kind: "artifact" as const,
      name,
      title: displayName || idOf(name),
      type: bare(schemaTitle) || "Artifact",
      look: null,
    })),
    ...executions
      .filter(({ name }) => told.has(name) || !around.has(name))
      .map(({ name, displayName, schemaTitle, state }) => ({
        kind: "execution" as const,
        name,
        title: displayName || idOf(name),
        type: bare(schemaTitle) || "Execution",
        look: lookOfAny(state),
      })),
  ];
  const shown = new Set(nodes.slice(0, mostNodes).map(({ name }) => name));
  const edges = new Map(
    kept.map(({ artifact, execution, type }) => {
      const edge = type === "INPUT" ? ([artifact, execution] as const) : ([execution, artifact] as const);
      return [edge.join(" "), edge];
    }),
  );
  return {
    nodes: nodes.slice(0, mostNodes),
    edges: [...edges.values()].filter((ends) => ends.every((end) => shown.has(end))),
  };
}

/** Of all that, only what one thing was made from, and what was made from it. */
export function lineageAround(lineage: Lineage, name: string): Lineage {
  const before = reached(
    name,
    lineage.edges.map(([from, to]) => [to, from] as const),
  );
  const after = reached(name, lineage.edges);
  const isKept = (each: string) => before.has(each) || after.has(each);
  return {
    nodes: lineage.nodes.filter((node) => isKept(node.name)),
    edges: lineage.edges.filter(
      ([from, to]) => (before.has(from) && before.has(to)) || (after.has(from) && after.has(to)),
    ),
  };
}

function reached(start: string, edges: Lineage["edges"]): ReadonlySet<string> {
  const next = Map.groupBy(edges, ([from]) => from);
  const found = new Set([start]);
  for (const name of found) for (const [, to] of next.get(name) ?? []) found.add(to);
  return found;
}

function isAround({ schemaTitle }: Execution): boolean {
  return ["system.DagExecution", "system.Run"].includes(schemaTitle);
}

/** `system.Model` → `Model`. */
function bare(schemaTitle: string): string {
  return schemaTitle.replace(/^[\w-]+\./, "");
}
