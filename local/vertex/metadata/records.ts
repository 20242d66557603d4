import type { JsonObject } from "../wire/json.ts";

/** What the metadata store keeps. Times are milliseconds since the epoch. */

/** What artifacts, executions and contexts share. */
export interface MetadataResource {
  readonly name: string;
  readonly displayName: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly schemaTitle: string;
  readonly schemaVersion: string;
  readonly metadata: JsonObject;
  readonly createTime: number;
  readonly updateTime: number;
}

export interface Artifact extends MetadataResource {
  readonly uri: string;
  readonly state: string;
}

export interface Execution extends MetadataResource {
  readonly state: string;
}

export interface Context extends MetadataResource {
  readonly parentContexts: readonly string[];
}

/** An artifact went into an execution, or came out of it. */
export interface EventRecord {
  readonly artifact: string;
  readonly execution: string;
  readonly type: "INPUT" | "OUTPUT";
  readonly eventTime: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** An artifact or an execution that stands in a context, or a context that stands below another. */
export interface Membership {
  readonly context: string;
  readonly member: string;
}
