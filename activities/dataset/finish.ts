import type { DataStatistics, Manifest, Split } from "../../trainer/contract/generated/contract.ts";
import { type Checked, check } from "./check.ts";
import type { Phase } from "./engine/phase.ts";
import { sha256OfFile, type Work, writeWhole } from "./engine/work.ts";
import { type Gathered, gather } from "./gather.ts";
import { type Scattered, scatter } from "./scatter.ts";
import { type Settled, type SplitName, settle } from "./settle.ts";
import { type Shard, type Written, write } from "./write.ts";

/** What a phase of a pass may return: files that it put beside the manifest. */
type WithFiles = { readonly files?: readonly string[] } | null;

/** Puts together what every piece left: the manifest, last of all. */
export const finish: Phase = {
  name: "finish",
  title: "writing the manifest",
  pieces: () => 1,
  async run(work) {
    const manifest = await manifestOf(work);
    await writeWhole(work.target("output/manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    return null;
  },
};

/** The manifest as it is when all shards are there; passes of the output find what to report in it. */
export async function manifestOf(work: Work): Promise<Manifest> {
  const { plan } = work;
  const written = await work.outcomes<Written>(write);
  const gathered = await work.outcomes<Gathered>(gather);
  const { labels } = await work.outcome<Settled>(settle, 0);
  const { columns } = await work.outcome<Checked>(check, 0);
  const sum = (one: (outcome: Gathered) => number): number =>
    gathered.reduce((total, outcome) => total + one(outcome), 0);
  const rejectedShards = written.flatMap(({ rejected: { shard } }) => (shard === null ? [] : [shard]));
  const statistics = await statisticsOf(work);
  const files = await otherFiles(work);
  return {
    schemaVersion: 1,
    task: plan.recipe.task,
    labels: [...labels],
    slices: plan.recipe.columns.slices,
    splits: { train: split(written, "train"), validation: split(written, "validation"), test: split(written, "test") },
    sources: await sourcesOf(work),
    rejected: added(written.map(({ rejected }) => rejected.reasons)).map(([reason, rows]) => ({ reason, rows })),
    duplicates: {
      withinSplits: sum(({ duplicates }) => duplicates.withinSplits),
      acrossSplits: sum(({ duplicates }) => duplicates.acrossSplits),
    },
    ...(rejectedShards.length === 0 ? {} : { rejectedShards }),
    schema: [...columns],
    sampledOut: written.reduce((total, { sampledOut }) => total + sampledOut, 0),
    sourceRows: sourceRows(written),
    ...(Object.keys(statistics).length === 0 ? {} : { statistics }),
    ...(files.length === 0 ? {} : { files }),
  };
}

function split(written: readonly Written[], name: SplitName): Split {
  const shards = written.flatMap(({ splits }): Shard[] => (splits[name].shard === null ? [] : [splits[name].shard]));
  return {
    rows: shards.reduce((sum, { rows }) => sum + rows, 0),
    shards,
    labelCounts: Object.fromEntries(added(written.map(({ splits }) => splits[name].labels))),
  };
}

/** Every file once, with its rows, whatever the order of files was. */
async function sourcesOf(work: Work): Promise<Manifest["sources"]> {
  const chunks = await work.outcomes<Scattered>(scatter);
  const sources = new Map<string, Manifest["sources"][number]>();
  for (const [index, { files }] of work.plan.chunks.entries()) {
    for (const [number, { uri, revision }] of files.entries()) {
      // Rows that the recipe's SQL makes of several files at once are told of the first one.
      const rows = number === 0 ? (chunks[index]?.rows ?? 0) : 0;
      sources.set(uri, { uri, revision, rows: (sources.get(uri)?.rows ?? 0) + rows });
    }
  }
  return [...sources.values()].sort((left, right) => (left.uri < right.uri ? -1 : 1));
}

function sourceRows(written: readonly Written[]): Record<string, Record<string, number>> {
  const names = [...new Set(written.flatMap(({ sources }) => Object.keys(sources)))].sort();
  return Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(added(written.map(({ sources }) => sources[name] ?? {})))]),
  );
}

/** Sums by name, sorted by name. */
function added(counts: readonly Readonly<Record<string, number>>[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap(Object.entries<number>)) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1));
}

async function statisticsOf(work: Work): Promise<DataStatistics> {
  const statistics: DataStatistics = {};
  for (const pass of work.passes) {
    const isThere = pass.phases.every((phase) =>
      Array.from({ length: phase.pieces(work.plan) }, (_, piece) => piece).every((piece) => work.isDone(phase, piece)),
    );
    if (isThere) Object.assign(statistics, await pass.statistics(work));
  }
  return statistics;
}

async function otherFiles(work: Work): Promise<{ path: string; sha256: string }[]> {
  const files: string[] = [];
  for (const pass of work.passes) {
    for (const phase of pass.phases) {
      for (let piece = 0; piece < phase.pieces(work.plan); piece++) {
        if (work.isDone(phase, piece)) files.push(...((await work.outcome<WithFiles>(phase, piece))?.files ?? []));
      }
    }
  }
  return Promise.all(files.sort().map(async (path) => ({ path, sha256: await sha256OfFile(work.output(path)) })));
}
