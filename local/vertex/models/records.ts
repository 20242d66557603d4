import type { ExplanationSpecMessage } from "../serving/explanations/spec.ts";
import type { TimeMessage } from "../wire/time.ts";

/** The parts of google.cloud.aiplatform.v1.Model that are read here; the others are kept and given back. */
export interface ModelMessage {
  readonly name?: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly versionDescription?: string;
  readonly versionAliases?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly artifactUri?: string;
  readonly containerSpec?: ContainerSpecMessage;
  readonly etag?: string;
  readonly explanationSpec?: ExplanationSpecMessage;
  readonly checkpoints?: readonly CheckpointMessage[];
}
export interface CheckpointMessage {
  readonly checkpointId?: string;
  readonly epoch?: string;
  readonly step?: string;
}
export interface ContainerSpecMessage {
  readonly imageUri?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name?: string; readonly value?: string }[];
  readonly ports?: readonly { readonly containerPort?: number }[];
  readonly grpcPorts?: readonly { readonly containerPort?: number }[];
  readonly predictRoute?: string;
  readonly healthRoute?: string;
  readonly deploymentTimeout?: TimeMessage;
}

/** A model: what its versions share. */
export interface ModelRecord {
  readonly name: string;
  readonly createTime: number;
  /** Ids are never given twice. */
  readonly lastVersion: number;
}

export interface ModelVersionRecord {
  /** Of the model, without a version. */
  readonly model: string;
  readonly versionId: string;
  readonly aliases: readonly string[];
  readonly message: ModelMessage;
  readonly createTime: number;
  readonly updateTime: number;
  /** Of a copy, the model that it was copied from first. */
  readonly copyOf?: string;
}
