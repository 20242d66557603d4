import type { Flow, Step } from "../graph/flow/index.ts";
import { contentOf, likeness } from "./signature.ts";

/** Which steps of two pipelines are the same. */
export interface Matching {
  /** Earlier path → later path. */
  readonly later: ReadonlyMap<string, string>;
  /** Later path → earlier path. */
  readonly earlier: ReadonlyMap<string, string>;
}

/** Less alike than that are two different steps. */
const alike = 0.6;

export function matchFlows(before: Flow, after: Flow): Matching {
  const later = new Map<string, string>();
  const earlier = new Map<string, string>();
  matchLevel(before.steps, after.steps);
  matchMoved();
  return { later, earlier };

  function pair(one: Step, other: Step): void {
    later.set(one.path, other.path);
    earlier.set(other.path, one.path);
    if (one.kind === "group" && other.kind === "group") matchLevel(one.steps, other.steps);
  }

  /** From the surest sign to the least sure; each only among what is left. */
  function matchLevel(ones: readonly Step[], others: readonly Step[]): void {
    const left = new Left(ones, others);
    left.match((step) => JSON.stringify([step.name, contentOf(step)]), pair);
    // Numbers in names say only in which order the steps were written.
    left.match((step) => JSON.stringify([baseOf(step.name), contentOf(step)]), pair);
    left.match(
      (step) => (isNamed(step) && !isNumbered(step.name) ? JSON.stringify([step.kind, step.name]) : null),
      pair,
    );
    const names = { before: new Set(ones.map(nameOf)), after: new Set(others.map(nameOf)) };
    const isNew = (step: Step) => !(names.before.has(step.name) && names.after.has(step.name));
    left.match((step) => (isNew(step) || !isNamed(step) ? contentOf(step) : null), pair);
    left.match((step) => (isNamed(step) ? JSON.stringify([step.kind, step.name]) : null), pair);
    left.matchAlike(pair);
  }

  /** Tasks that have gone into another loop or branch, or out of it. */
  function matchMoved(): void {
    const left = new Left(
      [...before.byPath.values()].filter(({ path, kind }) => kind === "task" && !later.has(path)),
      [...after.byPath.values()].filter(({ path, kind }) => kind === "task" && !earlier.has(path)),
    );
    left.match((step) => JSON.stringify([step.name, contentOf(step)]), pair);
    left.match((step) => JSON.stringify([baseOf(step.name), contentOf(step)]), pair);
    left.match(({ name }) => name, pair);
  }
}

class Left {
  #ones: readonly Step[];
  #others: readonly Step[];

  constructor(ones: readonly Step[], others: readonly Step[]) {
    this.#ones = ones;
    this.#others = others;
  }

  /** Pairs steps with the same key, in their order. Those without a key stay. */
  match(keyOf: (step: Step) => string | null, pair: (one: Step, other: Step) => void): void {
    const open = new Map<string, Step[]>();
    for (const other of this.#others) {
      const key = keyOf(other);
      if (key === null) continue;
      const queue = open.get(key) ?? [];
      queue.push(other);
      open.set(key, queue);
    }
    const taken = new Set<Step>();
    for (const one of this.#ones) {
      const key = keyOf(one);
      const other = key === null ? undefined : open.get(key)?.shift();
      if (other === undefined) continue;
      taken.add(one).add(other);
      pair(one, other);
    }
    this.#remove(taken);
  }

  /** Pairs the most alike first. */
  matchAlike(pair: (one: Step, other: Step) => void): void {
    const pairs = this.#ones.flatMap((one) =>
      this.#others.map((other) => ({ one, other, score: likeness(one, other) + (one.name === other.name ? 0.15 : 0) })),
    );
    const taken = new Set<Step>();
    for (const { one, other } of pairs.filter((each) => each.score >= alike).sort((a, b) => b.score - a.score)) {
      if (taken.has(one) || taken.has(other)) continue;
      taken.add(one).add(other);
      pair(one, other);
    }
    this.#remove(taken);
  }

  #remove(taken: ReadonlySet<Step>): void {
    this.#ones = this.#ones.filter((step) => !taken.has(step));
    this.#others = this.#others.filter((step) => !taken.has(step));
  }
}

/** Loops, branches and exit handlers have no name of their own. */
function isNamed(step: Step): boolean {
  return step.kind === "task" || step.role === "pipeline";
}

function isNumbered(name: string): boolean {
  return /-\d+$/.test(name);
}

function baseOf(name: string): string {
  return name.replace(/-\d+$/, "");
}

function nameOf({ name }: Step): string {
  return name;
}
