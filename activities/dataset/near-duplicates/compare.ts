import { jaccard } from "./shingles.ts";

/** A row of a group of rows that have an equal band. */
export interface Member {
  readonly id: string;
  readonly shingles: Float64Array;
}

export interface Pair {
  readonly left: string;
  readonly right: string;
  readonly similarity: number;
}

/** So that a group of any size takes bounded memory, and time that grows with its rows alone. */
const mostKept = 1024;
const mostKeptOfACluster = 16;

interface Cluster {
  readonly members: Member[];
}

/**
 * Finds what is similar in a group, row by row: pairs that connect every cluster of similar rows, rather than all pairs
 * in it. Each row is compared with rows before it, of each cluster with as many as are kept: 16 of a cluster and 1,024 of
 * the group; `unkept` counts rows with which nothing later was compared, and which are in no pair.
 */
export class GroupComparison {
  readonly #threshold: number;
  #clusters: Cluster[] = [];
  #kept = 0;
  unkept = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** The pairs that the row makes; rows come in the order of their ids. */
  add(member: Member): Pair[] {
    const pairs: Pair[] = [];
    const similar: Cluster[] = [];
    for (const cluster of this.#clusters) {
      const pair = this.#pairIn(cluster, member);
      if (pair === null) continue;
      pairs.push(pair);
      similar.push(cluster);
    }
    this.#put(member, similar);
    return pairs;
  }

  #pairIn({ members }: Cluster, { id, shingles }: Member): Pair | null {
    for (const other of members) {
      const similarity = jaccard(other.shingles, shingles, this.#threshold);
      if (similarity >= 0) return { left: other.id, right: id, similarity };
    }
    return null;
  }

  #put(member: Member, similar: readonly Cluster[]): void {
    const [first, ...others] = similar;
    if (first === undefined) {
      if (this.#kept < mostKept) this.#clusters.push({ members: [member] });
      else this.unkept++;
      this.#kept = Math.min(mostKept, this.#kept + 1);
      return;
    }
    const before = similar.reduce((sum, { members }) => sum + members.length, 0);
    first.members.push(...others.flatMap(({ members }) => members), member);
    first.members.splice(mostKeptOfACluster);
    this.#kept += first.members.length - before;
    if (others.length > 0) this.#clusters = this.#clusters.filter((cluster) => !others.includes(cluster));
  }
}
