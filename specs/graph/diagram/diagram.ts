import type { Role, Runs } from "../flow/index.ts";

/** What is drawn, before anything has a place. */
export interface Diagram {
  readonly title: string;
  readonly description: string | null;
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly default: string | null }[];
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
}

export type DiagramNode = Card | Cluster | Pill;

/** A task. */
export interface Card {
  readonly kind: "card";
  /** Its path in the flow. */
  readonly id: string;
  /** `group` where it stands for a loop, branch or pipeline that is folded. */
  readonly runs: Runs | "group";
  readonly title: string;
  /** What it runs, on what. */
  readonly lines: readonly string[];
  /** `retry 2`, `no cache`, `always`. */
  readonly badges: readonly string[];
}

/** A loop, branch, exit handler or pipeline. */
export interface Cluster {
  readonly kind: "cluster";
  readonly id: string;
  readonly role: Role;
  /** `for each`, `if`, `pipeline`. */
  readonly keyword: string;
  readonly label: string;
  readonly nodes: readonly DiagramNode[];
}

/** An artifact that the pipeline takes, or an output that it gives. */
export interface Pill {
  readonly kind: "pill";
  readonly id: string;
  readonly direction: "in" | "out";
  readonly title: string;
  readonly type: string;
}

/** One value that goes from step to step, or that one waits for the other. */
export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  /** `order`: waits, takes nothing. `exit`: runs whatever became of it. */
  readonly kind: "artifact" | "parameter" | "order" | "exit";
  /** Of the output; null where nothing goes along, and `5 values` for several that go one way. */
  readonly name: string | null;
  /** Of an artifact. */
  readonly type: string | null;
}
