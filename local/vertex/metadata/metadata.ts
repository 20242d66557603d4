import type { Clock } from "../../clock.ts";
import type { ArtifactRecord } from "../pipeline-jobs/records.ts";
import type { Collection, Store } from "../store/store.ts";
import { alreadyExists, invalidArgument, notFound, VertexError } from "../wire/errors.ts";
import { labelProblems } from "../wire/fields.ts";
import { idOf, newNumericId } from "../wire/names.ts";
import type { PipelineMetadata } from "./pipelines.ts";
import type { Artifact, Context, EventRecord, Execution, Membership, MetadataResource } from "./records.ts";

interface Subgraph {
  readonly artifacts: readonly Artifact[];
  readonly executions: readonly Execution[];
  readonly events: readonly EventRecord[];
}

interface Kinds {
  readonly artifacts: Artifact;
  readonly executions: Execution;
  readonly contexts: Context;
}
type Kind = keyof Kinds;
const titles = { artifacts: "Artifact", executions: "Execution", contexts: "Context" } as const;

/** The metadata stores: what clients wrote into them, and what pipeline jobs did. */
export class Metadata {
  readonly #own: { readonly [K in Kind]: Collection<Kinds[K]> };
  readonly #events: Collection<EventRecord>;
  readonly #memberships: Collection<Membership>;
  /** Of contexts in contexts, once more by their members, which are asked for often. */
  readonly #parents: Collection<Membership>;
  readonly #pipelines: (store: string) => PipelineMetadata;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock, pipelines: (store: string) => PipelineMetadata) {
    this.#own = {
      // The very artifacts that pipeline jobs make and take.
      artifacts: store.collection("artifacts"),
      executions: store.collection("metadata-executions"),
      contexts: store.collection("metadata-contexts"),
    };
    this.#events = store.collection("metadata-events");
    this.#memberships = store.collection("metadata-memberships");
    this.#parents = store.collection("metadata-parents");
    this.#pipelines = pipelines;
    this.#clock = clock;
  }

  list<K extends Kind>(kind: K, store: string): Kinds[K][] {
    const own = this.#own[kind].list(store).map((one) => this.#whole(kind, one));
    if (kind === "artifacts") return own;
    const derived = this.#pipelines(store)[kind as "executions" | "contexts"] as readonly Kinds[K][];
    const known = new Set(own.map(({ name }) => name));
    const others = derived.filter(({ name }) => !known.has(name)).map((one) => this.#whole(kind, one));
    return [...own, ...others];
  }

  /** Every store that something stands in. */
  stores(): string[] {
    const { artifacts, executions, contexts } = this.#own;
    const all: readonly MetadataResource[] = [...artifacts.list(), ...executions.list(), ...contexts.list()];
    return [...new Set(all.map(({ name }) => storeOf(name)))];
  }

  get<K extends Kind>(kind: K, name: string): Kinds[K] {
    const own = this.#own[kind].get(name);
    if (own !== undefined) return this.#whole(kind, own);
    const derived = kind === "artifacts" ? [] : this.#pipelines(storeOf(name))[kind as "executions" | "contexts"];
    const found = derived.find((one) => one.name === name) as Kinds[K] | undefined;
    if (found === undefined) throw notFound(titles[kind], name);
    return this.#whole(kind, found);
  }

  has(kind: Kind, name: string): boolean {
    try {
      this.get(kind, name);
      return true;
    } catch (error) {
      if (error instanceof VertexError && error.code === "NOT_FOUND") return false;
      throw error;
    }
  }

  create<K extends Kind>(kind: K, store: string, id: string | undefined, given: Partial<Kinds[K]>): Kinds[K] {
    const problems = labelProblems(given.labels ?? {});
    if (id && !/^[a-z0-9][a-z0-9-]{0,127}$/.test(id))
      problems.push(`the id "${id}" should match [a-z0-9][a-z0-9-]{0,127}`);
    if (problems.length > 0)
      throw invalidArgument(problems.map((description) => ({ field: titles[kind].toLowerCase(), description })));
    const name = `${store}/${kind}/${id ? id : newNumericId()}`;
    if (this.has(kind, name)) throw alreadyExists(titles[kind], name);
    const now = this.#clock.now();
    const empty = { displayName: "", schemaTitle: "", schemaVersion: "", metadata: {}, ...defaults[kind] };
    const created = { ...empty, ...given, name, createTime: now, updateTime: now } as unknown as Kinds[K];
    this.#own[kind].put(name, store, created);
    return created;
  }

  /** What a pipeline job wrote becomes the client's own with its first update. */
  update<K extends Kind>(kind: K, name: string, changes: Partial<Kinds[K]>): Kinds[K] {
    const updated = { ...this.get(kind, name), ...changes, updateTime: this.#clock.now() };
    this.#own[kind].put(name, storeOf(name), updated);
    return updated;
  }

  /** What it holds stays; `force` has no meaning yet, says metadata_service.proto, so that it changes nothing. */
  delete(kind: Kind, name: string): void {
    this.get(kind, name);
    if (this.#own[kind].get(name) === undefined)
      throw new VertexError("FAILED_PRECONDITION", `${name} is of a pipeline job; delete that one.`);
    this.#own[kind].delete(name);
    for (const edge of this.#memberships.list(storeOf(name)))
      if (edge.context === name || edge.member === name) this.#separate(edge);
  }

  /** Takes over what a pipeline job left, which outlives it. What a client has changed meanwhile stays so. */
  keep({ contexts, executions, events, memberships }: PipelineMetadata): void {
    const put = <K extends Kind>(kind: K, all: readonly Kinds[K][]) => {
      for (const one of all)
        if (this.#own[kind].get(one.name) === undefined) this.#own[kind].put(one.name, storeOf(one.name), one);
    };
    put("contexts", contexts);
    put("executions", executions);
    for (const event of events) this.#events.put(keyOfEvent(event), storeOf(event.execution), event);
    for (const membership of memberships)
      this.#memberships.put(keyOfMembership(membership), storeOf(membership.context), membership);
  }

  addEvents(execution: string, events: readonly EventRecord[]): void {
    this.get("executions", execution);
    for (const event of events) this.get("artifacts", event.artifact);
    for (const event of events) {
      const key = keyOfEvent(event);
      if (this.#events.get(key) === undefined) this.#events.put(key, storeOf(execution), event);
    }
  }

  addMembers(context: string, members: readonly string[]): void {
    this.get("contexts", context);
    for (const member of members) this.get(kindOf(member), member);
    for (const member of members) {
      const edge = { context, member };
      this.#memberships.put(keyOfMembership(edge), storeOf(context), edge);
      if (kindOf(member) === "contexts") this.#parents.put(keyOfMembership(edge), member, edge);
    }
  }

  removeMembers(context: string, members: readonly string[]): void {
    this.get("contexts", context);
    for (const member of members) this.#separate({ context, member });
  }

  #separate(edge: Membership): void {
    this.#memberships.delete(keyOfMembership(edge));
    this.#parents.delete(keyOfMembership(edge));
  }

  /** Names of the contexts that clients have put a context into. */
  parentsOf(context: string): string[] {
    return this.#parents.list(context).map((edge) => edge.context);
  }

  contextsOf(member: string): ReadonlySet<string> {
    const { memberships } = this.#edges(storeOf(member));
    return new Set(memberships.filter((edge) => edge.member === member).map(({ context }) => context));
  }

  /** Everything in a context and in those below it, with what each execution took and gave. */
  contextSubgraph(context: string): Subgraph {
    this.get("contexts", context);
    const { memberships, events } = this.#edges(storeOf(context));
    const contexts = new Set([context]);
    for (const found of contexts) {
      for (const edge of memberships)
        if (edge.context === found && kindOf(edge.member) === "contexts") contexts.add(edge.member);
      for (const { name, parentContexts } of this.list("contexts", storeOf(context)))
        if (parentContexts.includes(found)) contexts.add(name);
    }
    const members = new Set(memberships.filter((edge) => contexts.has(edge.context)).map(({ member }) => member));
    return this.#subgraph(
      members,
      events.filter(({ artifact, execution }) => members.has(artifact) || members.has(execution)),
    );
  }

  executionSubgraph(execution: string): Subgraph {
    this.get("executions", execution);
    const events = this.#edges(storeOf(execution)).events.filter((event) => event.execution === execution);
    return this.#subgraph(new Set([execution]), events);
  }

  /**
   * What an artifact was made from and what was made from it, breadth first.
   *
   * @param maxHops between an artifact and an execution; 0 is the artifact alone, undefined has no limit
   */
  artifactSubgraph(artifact: string, maxHops: number | undefined): Subgraph {
    this.get("artifacts", artifact);
    const { events } = this.#edges(storeOf(artifact));
    const found = new Set([artifact]);
    let edge = [artifact];
    const crossed = new Set<EventRecord>();
    for (let hop = 0; edge.length > 0 && hop < (maxHops ?? Number.POSITIVE_INFINITY); hop++) {
      const next: string[] = [];
      for (const event of events) {
        const ends = [event.artifact, event.execution];
        if (!ends.some((end) => edge.includes(end))) continue;
        crossed.add(event);
        for (const end of ends) {
          if (found.has(end)) continue;
          found.add(end);
          next.push(end);
        }
      }
      edge = next;
    }
    return this.#subgraph(found, [...crossed]);
  }

  #subgraph(members: ReadonlySet<string>, events: readonly EventRecord[]): Subgraph {
    const names = new Set([...members, ...events.flatMap(({ artifact, execution }) => [artifact, execution])]);
    const [store = ""] = [...names].map(storeOf);
    // What pipeline jobs leave is read once, however many of them there are.
    const executions = new Map(this.list("executions", store).map((one) => [one.name, one]));
    const of = <K extends Kind>(kind: K) =>
      [...names].flatMap((name): Kinds[K][] => {
        if (kindOf(name) !== kind) return [];
        if (kind === "executions") return [executions.get(name) ?? []].flat() as Kinds[K][];
        return this.has(kind, name) ? [this.get(kind, name)] : [];
      });
    return { artifacts: of("artifacts"), executions: of("executions"), events };
  }

  #edges(store: string): { events: EventRecord[]; memberships: Membership[] } {
    const { events, memberships } = this.#pipelines(store);
    return {
      events: [...this.#events.list(store), ...events],
      memberships: [...this.#memberships.list(store), ...memberships],
    };
  }

  /** With what is kept elsewhere: a pipeline job's artifact has no state, a context's parents are edges. */
  #whole<K extends Kind>(kind: K, one: Kinds[K]): Kinds[K] {
    if (kind === "artifacts") {
      const artifact = one as unknown as ArtifactRecord & Partial<Artifact>;
      return { state: "LIVE", updateTime: artifact.createTime, ...artifact } as unknown as Kinds[K];
    }
    if (kind !== "contexts") return one;
    const context = one as Context;
    const parentContexts = [...new Set([...context.parentContexts, ...this.parentsOf(context.name)])];
    return { ...context, parentContexts } as unknown as Kinds[K];
  }
}

const defaults = {
  artifacts: { uri: "", state: "STATE_UNSPECIFIED" },
  executions: { state: "STATE_UNSPECIFIED" },
  contexts: { parentContexts: [] },
} as const;

function keyOfMembership({ context, member }: Membership): string {
  return `${context} ${member}`;
}

function keyOfEvent({ execution, artifact, type }: EventRecord): string {
  return `${execution} ${artifact} ${type}`;
}

/** `…/metadataStores/S` of a resource in it. */
export function storeOf(name: string): string {
  return name.split("/").slice(0, 6).join("/");
}

function kindOf(name: string): Kind {
  const kind = name.split("/").at(-2);
  if (kind === "artifacts" || kind === "executions" || kind === "contexts") return kind;
  throw new VertexError("INVALID_ARGUMENT", `${idOf(name)}: "${name}" is no artifact, execution or context.`);
}
