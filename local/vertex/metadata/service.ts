import { aiplatform, empty, type Operations } from "../operations/operations.ts";
import type { Store } from "../store/store.ts";
import { alreadyExists, notFound, VertexError } from "../wire/errors.ts";
import { parseFilter } from "../wire/filter.ts";
import { fromStruct, type StructMessage, toStruct } from "../wire/json.ts";
import { camelCase, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { idOf, newNumericId, parseLocation } from "../wire/names.ts";
import type { Method, Methods } from "../wire/server.ts";
import { toTime } from "../wire/time.ts";
import { type Metadata, storeOf } from "./metadata.ts";
import type { Artifact, Context, EventRecord, Execution, MetadataResource } from "./records.ts";

interface StoreRecord {
  readonly name: string;
  readonly description?: string;
  readonly createTime: number;
}

interface ResourceMessage {
  readonly name?: string;
  readonly displayName?: string;
  readonly metadata?: StructMessage;
}

/** MetadataService (https://cloud.google.com/vertex-ai/docs/ml-metadata/introduction). */
export function metadataService(
  metadata: Metadata,
  store: Store,
  operations: Operations,
  now: () => number,
): NonNullable<Methods["MetadataService"]> {
  const stores = store.collection<StoreRecord>("metadata-stores");
  const parentOf = ({ parent = "" }: { parent?: string }) => requireStore(parent);

  /** The default store is there from the first use. */
  function requireStore(name: string): string {
    if (!/^projects\/[^/]+\/locations\/[^/]+\/metadataStores\/[^/]+$/.test(name))
      throw new VertexError("INVALID_ARGUMENT", `parent: "${name}" should be projects/…/locations/…/metadataStores/ID`);
    if (idOf(name) !== "default" && stores.get(name) === undefined) throw notFound("MetadataStore", name);
    return name;
  }

  const storeMessage = (name: string) => {
    const { createTime = 0, description } = stores.get(requireStore(name)) ?? {};
    return { name, description, createTime: toTime(createTime), updateTime: toTime(createTime), state: {} };
  };

  const listFields: ListFields<MetadataResource & Partial<Artifact & Execution & Context>> = {
    name: ({ name }) => name,
    labels: ({ labels = {} }) => labels,
    metadata: ({ metadata: values }) => values,
    functions: {
      in_context: (context) => (item) => metadata.contextsOf(item.name).has(context),
    },
    fields: {
      name: { kind: "text", of: ({ name }) => name },
      display_name: { kind: "text", of: ({ displayName }) => displayName },
      schema_title: { kind: "text", of: ({ schemaTitle }) => schemaTitle },
      schema_version: { kind: "text", of: ({ schemaVersion }) => schemaVersion },
      uri: { kind: "text", of: ({ uri }) => uri },
      state: { kind: "text", of: ({ state }) => state },
      parent_contexts: { kind: "list", of: ({ parentContexts = [] }) => parentContexts },
      create_time: { kind: "time", of: ({ createTime }) => createTime },
      update_time: { kind: "time", of: ({ updateTime }) => updateTime },
    },
    orders: {
      name: ({ name }) => name,
      display_name: ({ displayName }) => displayName,
      create_time: ({ createTime }) => createTime,
      update_time: ({ updateTime }) => updateTime,
    },
    defaultOrder: "create_time",
  };
  return {
    CreateMetadataStore: (request: {
      parent?: string;
      metadataStoreId?: string;
      metadataStore?: { description?: string };
    }) => {
      const { name: parent } = parseLocation(request.parent);
      const name = `${parent}/metadataStores/${request.metadataStoreId || newNumericId()}`;
      if (stores.get(name) !== undefined) throw alreadyExists("MetadataStore", name);
      const description = request.metadataStore?.description;
      stores.put(name, parent, { name, createTime: now(), ...(description !== undefined && { description }) });
      return operations.finished(
        name,
        "CreateMetadataStoreOperationMetadata",
        aiplatform("MetadataStore", storeMessage(name)),
      );
    },
    GetMetadataStore: ({ name = "" }: { name?: string }) => storeMessage(name),
    ListMetadataStores: ({ parent, ...request }: ListRequest & { parent?: string }) => {
      const location = parseLocation(parent).name;
      const names = new Set([`${location}/metadataStores/default`, ...stores.list(location).map(({ name }) => name)]);
      const fields = {
        name: (name: string) => name,
        labels: () => ({}),
        fields: {},
        orders: { name: (name: string) => name },
        defaultOrder: "name",
      };
      const { items, nextPageToken } = listPage([...names], request, fields);
      return { metadataStores: items.map(storeMessage), nextPageToken };
    },
    DeleteMetadataStore: ({ name = "" }: { name?: string }) => {
      storeMessage(name);
      stores.delete(name);
      return operations.finished(name, "DeleteMetadataStoreOperationMetadata", empty);
    },

    ...resourceMethods("artifacts", "Artifact", artifactMessage),
    ...resourceMethods("executions", "Execution", executionMessage),
    ...resourceMethods("contexts", "Context", contextMessage),

    AddContextArtifactsAndExecutions: (request: { context?: string; artifacts?: string[]; executions?: string[] }) =>
      metadata.addMembers(request.context ?? "", [...(request.artifacts ?? []), ...(request.executions ?? [])]),
    AddContextChildren: ({ context = "", childContexts = [] }: { context?: string; childContexts?: string[] }) =>
      metadata.addMembers(context, childContexts),
    RemoveContextChildren: ({ context = "", childContexts = [] }: { context?: string; childContexts?: string[] }) =>
      metadata.removeMembers(context, childContexts),
    AddExecutionEvents: ({ execution = "", events = [] }: { execution?: string; events?: Partial<EventRecord>[] }) =>
      metadata.addEvents(
        execution,
        events.map(({ artifact = "", type, labels = {} }) => {
          if (type !== "INPUT" && type !== "OUTPUT")
            throw new VertexError("INVALID_ARGUMENT", "events.type: should be INPUT or OUTPUT.");
          return { artifact, execution, type, labels, eventTime: now() };
        }),
      ),
    QueryContextLineageSubgraph: ({ context = "" }: { context?: string }) =>
      subgraph(metadata.contextSubgraph(context)),
    QueryExecutionInputsAndOutputs: ({ execution = "" }: { execution?: string }) =>
      subgraph(metadata.executionSubgraph(execution)),
    QueryArtifactLineageSubgraph: (request: { artifact?: string; maxHops?: number; filter?: string }) => {
      const { artifact = "", maxHops = 0, filter = "" } = request;
      if (maxHops < 0) throw new VertexError("INVALID_ARGUMENT", "max_hops: should not be negative.");
      // On the wire, 0 is no value, which has no limit.
      const found = metadata.artifactSubgraph(artifact, maxHops === 0 ? undefined : maxHops);
      const artifacts = found.artifacts.filter(parseFilter(filter, listFields));
      const kept = new Set(artifacts.map(({ name }) => name));
      const events = found.events.filter((event) => filter === "" || kept.has(event.artifact));
      return subgraph({ ...found, artifacts, events });
    },
  };

  function resourceMethods<K extends "artifacts" | "executions" | "contexts", R extends Artifact & Execution & Context>(
    kind: K,
    title: string,
    message: (resource: R) => object,
  ): Record<string, Method> {
    const field = title.toLowerCase();
    type Request = Readonly<Record<string, unknown>> & { readonly parent?: string; readonly name?: string };
    const given = (request: Request) => record((request[field] ?? {}) as ResourceMessage);
    const send = (resource: unknown) => message(resource as R);
    const pageOf = (request: ListRequest & Request) =>
      listPage(metadata.list(kind, parentOf(request)), request, listFields);
    return {
      [`Create${title}`]: (request: Request) =>
        send(metadata.create(kind, parentOf(request), request[`${field}Id`] as string | undefined, given(request))),
      [`Get${title}`]: ({ name = "" }: Request) => send(metadata.get(kind, name)),
      [`List${title}s`]: (request: ListRequest & Request) => {
        const { items, nextPageToken } = pageOf(request);
        return { [kind]: items.map(send), nextPageToken };
      },
      [`Update${title}`]: (
        request: Request & { updateMask?: { paths?: readonly string[] }; allowMissing?: boolean },
      ) => {
        const message = (request[field] ?? {}) as ResourceMessage;
        const { name = "" } = message;
        const paths = request.updateMask?.paths ?? [];
        const changes = masked(given(request), paths);
        if (request.allowMissing === true && !metadata.has(kind, name))
          return send(metadata.create(kind, storeOf(name), idOf(name), given(request)));
        return send(metadata.update(kind, name, changes));
      },
      [`Delete${title}`]: ({ name = "", etag = "" }: Request & { etag?: string }) => {
        if (etag !== "" && etag !== String(metadata.get(kind, name).updateTime))
          throw new VertexError("FAILED_PRECONDITION", `${name} has changed: its etag isn't ${etag}.`);
        metadata.delete(kind, name);
        return operations.finished(name, "DeleteOperationMetadata", empty);
      },
      [`Purge${title}s`]: (request: Request & { filter?: string; force?: boolean }) => {
        const { items } = pageOf({ ...request, pageSize: 1000 });
        if (request.force === true) for (const { name } of items) metadata.delete(kind, name);
        const response = { purgeCount: String(items.length), purgeSample: items.slice(0, 100).map(({ name }) => name) };
        return operations.finished(
          parentOf(request),
          `Purge${title}sMetadata`,
          aiplatform(`Purge${title}sResponse`, response),
        );
      },
    };
  }
}

/** The fields that a client gives, as they are kept. */
function record({ name: _name, metadata, ...given }: ResourceMessage): object {
  return { ...given, ...(metadata !== undefined && { metadata: fromStruct(metadata) }) };
}

function masked(given: object, paths: readonly string[]): object {
  if (paths.length === 0 || paths.includes("*")) return given;
  const heads = new Set(paths.map((path) => camelCase(path.split(".", 1)[0] ?? "")));
  for (const head of ["name", "createTime", "updateTime", "schemaTitle", "schemaVersion"])
    if (heads.has(head)) throw new VertexError("INVALID_ARGUMENT", `update_mask: "${head}" can't be updated.`);
  return Object.fromEntries(Object.entries(given).filter(([key]) => heads.has(key)));
}

function common({ metadata, createTime, updateTime, ...resource }: MetadataResource): object {
  return {
    ...resource,
    metadata: toStruct(metadata),
    createTime: toTime(createTime),
    updateTime: toTime(updateTime),
    etag: String(updateTime),
  };
}

function artifactMessage(artifact: Artifact): object {
  return common(artifact);
}

function executionMessage(execution: Execution): object {
  return common(execution);
}

function contextMessage(context: Context): object {
  return common(context);
}

function subgraph({ artifacts, executions, events }: ReturnType<Metadata["contextSubgraph"]>): object {
  return {
    artifacts: artifacts.map(artifactMessage),
    executions: executions.map(executionMessage),
    events: events.map((event) => ({ ...event, eventTime: toTime(event.eventTime) })),
  };
}
