import { Hub } from "../hub/hub.ts";
import { Registry } from "../resolve/registry.ts";
import { ObjectStore } from "../storage/object-store.ts";
import { BigQuery } from "./bigquery.ts";
import type { Environment } from "./environment.ts";
import { createStorageClient } from "./storage.ts";
import { createVertexClients, type VertexClients } from "./vertex.ts";

/** Everything outside that activities talk to; each is built once, when first used. */
export interface Clients {
  readonly environment: Environment;
  readonly vertex: VertexClients;
  readonly storage: ObjectStore;
  readonly hub: Hub;
  readonly bigquery: BigQuery;
  readonly registry: Registry;
  /** Value of an environment variable that configuration or a recipe names; only secrets come that way. */
  readVariable(name: string): string | undefined;
  close(): Promise<void>;
}

/** `readVariable` gives the value of an environment variable that the configuration names; only secrets come that way. */
export function createClients(environment: Environment, readVariable: (name: string) => string | undefined): Clients {
  const vertex = createVertexClients(environment);
  return {
    environment,
    vertex,
    storage: new ObjectStore(createStorageClient(environment)),
    hub: new Hub(environment.hub, readVariable),
    bigquery: new BigQuery(environment),
    registry: new Registry(environment.registry),
    readVariable,
    close: () => vertex.close(),
  };
}
