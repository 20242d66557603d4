import type { Clock } from "../../clock.ts";
import type { Collection, Store } from "../store/store.ts";
import { alreadyExists, type FieldViolation, invalidArgument, notFound, VertexError } from "../wire/errors.ts";
import { findImageProblem, labelProblems } from "../wire/fields.ts";
import { locationOf, newNumericId } from "../wire/names.ts";
import type { ModelMessage, ModelRecord, ModelVersionRecord } from "./records.ts";

const aliasPattern = /^[a-z][a-zA-Z0-9-]{0,126}[a-z0-9-]$/;

export interface Upload {
  readonly parent: string;
  readonly modelId: string | undefined;
  readonly parentModel: string | undefined;
  readonly message: ModelMessage | undefined;
}

/** The registry: models, their versions, and the aliases that name one version each. */
export class Models {
  readonly #models: Collection<ModelRecord>;
  readonly #versions: Collection<ModelVersionRecord>;
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#models = store.collection("models");
    this.#versions = store.collection("model-versions");
    this.#store = store;
    this.#clock = clock;
  }

  /** A new model, or a new version of `parentModel`. The first version is the default one, until the alias moves. */
  upload({ parent, modelId, parentModel, message }: Upload): ModelVersionRecord {
    checkModel(modelId, message);
    const now = this.#clock.now();
    return this.#store.transaction(() => {
      const model = parentModel ? this.#require(parentModel) : this.#newModel(parent, modelId, now);
      const versionId = String(model.lastVersion + 1);
      this.#models.put(model.name, parent, { ...model, lastVersion: model.lastVersion + 1 });
      const wanted = message?.versionAliases ?? [];
      const aliases = [...new Set(model.lastVersion === 0 ? ["default", ...wanted] : wanted)];
      const version = {
        model: model.name,
        versionId,
        aliases: [],
        message: message ?? {},
        createTime: now,
        updateTime: now,
      };
      this.#put(version);
      this.#moveAliases(version, aliases);
      return this.get(`${model.name}@${versionId}`);
    });
  }

  /** A version with all that it says, in another model or as another version of one; it remembers what it was. */
  copy(source: ModelVersionRecord, to: Pick<Upload, "parent" | "modelId" | "parentModel">): ModelVersionRecord {
    const { versionAliases: _aliases, ...message } = source.message;
    if (to.parentModel && locationOf(to.parentModel).name !== to.parent)
      throw invalidArgument([{ field: "parent_model", description: `"${to.parentModel}" should be in ${to.parent}` }]);
    return this.#store.transaction(() => {
      const copied = { ...this.upload({ ...to, message }), copyOf: source.copyOf ?? source.model };
      this.#put(copied);
      return copied;
    });
  }

  /** By version id or alias after `@`; the default version without one. */
  get(name: string): ModelVersionRecord {
    const [model = "", chosen = "default"] = name.split("@", 2);
    this.#require(model);
    const versions = this.versions(model);
    const found = versions.find(({ versionId, aliases }) => versionId === chosen || aliases.includes(chosen));
    if (found === undefined) throw notFound("Model version", name);
    return found;
  }

  createTimeOf(model: string): number {
    return this.#require(model).createTime;
  }

  /** Of every project and location when no parent is given. */
  list(parent?: string): ModelVersionRecord[] {
    return this.#models.list(parent).map(({ name }) => this.get(name));
  }

  versions(model: string): ModelVersionRecord[] {
    this.#require(model);
    return this.#versions.list(model);
  }

  /** Changes the fields that a mask names. */
  update(name: string, changes: Partial<ModelMessage>): ModelVersionRecord {
    const version = this.get(name);
    const problems = labelProblems(changes.labels ?? {}).map((description) => ({ field: "model.labels", description }));
    if (problems.length > 0) throw invalidArgument(problems);
    this.#put({ ...version, message: { ...version.message, ...changes }, updateTime: this.#clock.now() });
    return this.get(`${version.model}@${version.versionId}`);
  }

  /** Adds aliases, taking them from the version that had them; with a leading `-`, takes them away. */
  mergeAliases(name: string, changes: readonly string[]): ModelVersionRecord {
    const version = this.get(name);
    const added = changes.filter((alias) => !alias.startsWith("-"));
    const removed = changes.filter((alias) => alias.startsWith("-")).map((alias) => alias.slice(1));
    const violations = [...added, ...removed]
      .filter((alias) => !aliasPattern.test(alias))
      .map((alias) => ({
        field: "version_aliases",
        description: `"${alias}" should match [a-z][a-zA-Z0-9-]{0,126}[a-z0-9-]`,
      }));
    if (changes.length === 0) violations.push({ field: "version_aliases", description: "is required" });
    if (removed.includes("default")) {
      violations.push({
        field: "version_aliases",
        description: "the default alias can only be moved, by adding it to another version",
      });
    }
    if (violations.length > 0) throw invalidArgument(violations);
    this.#store.transaction(() => {
      const aliases = version.aliases.filter((alias) => !removed.includes(alias));
      this.#put({ ...version, aliases, updateTime: this.#clock.now() });
      this.#moveAliases(
        version,
        added.filter((alias) => !removed.includes(alias)),
      );
    });
    return this.get(`${version.model}@${version.versionId}`);
  }

  delete(model: string): void {
    this.#require(model);
    this.#store.transaction(() => {
      this.#versions.deleteAll(model);
      this.#models.delete(model);
    });
  }

  deleteVersion(name: string): void {
    const version = this.get(name);
    if (this.versions(version.model).length === 1) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `${name} is the only version of its model; delete the model instead.`,
      );
    }
    if (version.aliases.includes("default")) {
      throw new VertexError(
        "FAILED_PRECONDITION",
        `${name} is the default version; move the default alias to another version first.`,
      );
    }
    this.#versions.delete(keyOf(version));
  }

  #newModel(parent: string, modelId: string | undefined, now: number): ModelRecord {
    const name = `${parent}/models/${modelId ? modelId : newNumericId()}`;
    if (this.#models.get(name) !== undefined) throw alreadyExists("Model", name);
    return { name, createTime: now, lastVersion: 0 };
  }

  #require(model: string): ModelRecord {
    const record = this.#models.get(model);
    if (record === undefined) throw notFound("Model", model);
    return record;
  }

  #moveAliases({ model, versionId }: ModelVersionRecord, aliases: readonly string[]): void {
    for (const version of this.versions(model)) {
      const others = version.aliases.filter((alias) => !aliases.includes(alias));
      const next = version.versionId === versionId ? [...others, ...aliases] : others;
      if (next.join() !== version.aliases.join()) this.#put({ ...version, aliases: next });
    }
  }

  #put(version: ModelVersionRecord): void {
    this.#versions.put(keyOf(version), version.model, version);
  }
}

function keyOf({ model, versionId }: ModelVersionRecord): string {
  return `${model}@${versionId}`;
}

function checkModel(modelId: string | undefined, message: ModelMessage | undefined): void {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field, description });
  if (modelId && !/^[a-z_][a-z0-9_-]{0,62}$/.test(modelId))
    refuse("model_id", `"${modelId}" should match [a-z_][a-z0-9_-]{0,62}`);
  const { displayName = "", labels = {}, artifactUri = "", containerSpec, versionAliases = [] } = message ?? {};
  if (displayName === "" || displayName.length > 128)
    refuse("model.display_name", "is required, with at most 128 characters");
  for (const problem of labelProblems(labels)) refuse("model.labels", problem);
  if (artifactUri !== "" && !artifactUri.startsWith("gs://"))
    refuse("model.artifact_uri", `"${artifactUri}" should begin with gs://`);
  const image = findImageProblem(containerSpec?.imageUri);
  if (image !== undefined) refuse("model.container_spec.image_uri", image);
  for (const route of ["predictRoute", "healthRoute"] as const) {
    const path = containerSpec?.[route];
    if (path !== undefined && path !== "" && !path.startsWith("/"))
      refuse(`model.container_spec.${route}`, `"${path}" should begin with /`);
  }
  for (const alias of versionAliases) {
    if (!aliasPattern.test(alias))
      refuse("model.version_aliases", `"${alias}" should match [a-z][a-zA-Z0-9-]{0,126}[a-z0-9-]`);
  }
  if (violations.length > 0) throw invalidArgument(violations);
}
