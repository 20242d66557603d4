import { createHash } from "node:crypto";
import type { Clock } from "../../clock.ts";
import type { Collection, Store } from "../store/store.ts";
import { canonicalJson } from "../wire/json.ts";
import { locationOf, newNumericId } from "../wire/names.ts";
import type { ArtifactRecord } from "./records.ts";

type Facts = Omit<ArtifactRecord, "name" | "createTime">;

/** The artifacts of the metadata store. */
export class Artifacts {
  readonly #artifacts: Collection<ArtifactRecord>;
  readonly #imports: Collection<{ readonly artifact: string }>;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#artifacts = store.collection("artifacts");
    this.#imports = store.collection("imports");
    this.#clock = clock;
  }

  get(name: string): ArtifactRecord | undefined {
    return this.#artifacts.get(name);
  }

  /** In the location that `beside`, another resource, stands in. */
  create(beside: string, facts: Facts): ArtifactRecord {
    const parent = metadataStore(beside);
    const artifact = { ...facts, name: `${parent}/artifacts/${newNumericId()}`, createTime: this.#clock.now() };
    this.#artifacts.put(artifact.name, parent, artifact);
    return artifact;
  }

  /** The artifact that an earlier import of the same address, type and metadata made; a new one when there is none. */
  import(beside: string, facts: Facts, reimport: boolean): ArtifactRecord {
    const parent = metadataStore(beside);
    const key = `${parent}/${createHash("sha256").update(canonicalJson(facts)).digest("hex")}`;
    const known = this.#imports.get(key);
    const artifact = known === undefined ? undefined : this.#artifacts.get(known.artifact);
    if (artifact !== undefined && !reimport) return artifact;
    const created = this.create(beside, facts);
    this.#imports.put(key, parent, { artifact: created.name });
    return created;
  }
}

/** `projects/P/locations/L/metadataStores/default`. */
export function metadataStore(beside: string): string {
  return `${locationOf(beside).name}/metadataStores/default`;
}
