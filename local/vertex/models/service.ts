import type { Endpoints } from "../endpoints/endpoints.ts";
import { aiplatform, empty, type Operations } from "../operations/operations.ts";
import { VertexError } from "../wire/errors.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage, pickMasked } from "../wire/list.ts";
import { idOf, parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toTime } from "../wire/time.ts";
import { exportFormats } from "./copy-export.ts";
import type { Models } from "./models.ts";
import type { CheckpointMessage, ModelMessage, ModelVersionRecord } from "./records.ts";

export const modelFields: ListFields<ModelVersionRecord> = {
  name: ({ model, versionId }) => `${model}@${versionId.padStart(9, "0")}`,
  labels: ({ message }) => message.labels ?? {},
  fields: {
    model: { kind: "text", of: ({ model }) => idOf(model) },
    display_name: { kind: "text", of: ({ message }) => message.displayName },
  },
  orders: {
    display_name: ({ message }) => message.displayName,
    create_time: ({ createTime }) => createTime,
    update_time: ({ updateTime }) => updateTime,
  },
  defaultOrder: "create_time",
};

const checkpointFields: ListFields<CheckpointMessage> = {
  name: ({ checkpointId }) => checkpointId ?? "",
  labels: () => ({}),
  fields: {},
  orders: { step: ({ step }) => Number(step ?? 0) },
  defaultOrder: "step",
};

const updatable = ["displayName", "description", "versionDescription", "labels"] as const;

interface NameRequest {
  readonly name?: string;
}

export function modelService(
  models: Models,
  endpoints: Endpoints,
  operations: Operations,
): NonNullable<Methods["ModelService"]> {
  const nameOf = ({ name }: NameRequest) => parseName(name, "models");
  const message = (version: ModelVersionRecord) => modelMessage(version, models.createTimeOf(version.model), endpoints);
  const refuseDeployed = (model: string, versionId?: string) => {
    const where = endpoints.deploymentsOf(model, versionId).map(({ endpoint }) => endpoint);
    if (where.length > 0)
      throw new VertexError(
        "FAILED_PRECONDITION",
        `The Model "${model}" is deployed at the following Endpoint(s): ${where.join(", ")}.`,
      );
  };
  return {
    UploadModel: ({
      parent,
      modelId,
      parentModel,
      model,
    }: {
      parent?: string;
      modelId?: string;
      parentModel?: string;
      model?: ModelMessage;
    }) => {
      const version = models.upload({ parent: parseLocation(parent).name, modelId, parentModel, message: model });
      const response = { model: version.model, modelVersionId: version.versionId };
      return operations.finished(
        version.model,
        "UploadModelOperationMetadata",
        aiplatform("UploadModelResponse", response),
      );
    },
    GetModel: (request: NameRequest) => message(models.get(nameOf(request))),
    ListModels: (request: ListRequest & { parent?: string }) => {
      const { items, nextPageToken } = listPage(models.list(parseLocation(request.parent).name), request, modelFields);
      return { models: items.map((version) => applyReadMask(message(version), request.readMask)), nextPageToken };
    },
    ListModelVersions: (request: ListRequest & NameRequest) => {
      const [model = ""] = nameOf(request).split("@", 1);
      const { items, nextPageToken } = listPage(models.versions(model), request, modelFields);
      return { models: items.map((version) => applyReadMask(message(version), request.readMask)), nextPageToken };
    },
    ListModelVersionCheckpoints: (request: ListRequest & NameRequest) => {
      const {
        message: { checkpoints = [] },
      } = models.get(nameOf(request));
      const { items, nextPageToken } = listPage(checkpoints, request, checkpointFields);
      return { checkpoints: items, nextPageToken };
    },
    UpdateModel: ({ model, updateMask }: { model?: ModelMessage; updateMask?: { paths?: readonly string[] } }) =>
      message(models.update(parseName(model?.name, "models"), pickMasked(model ?? {}, updateMask?.paths, updatable))),
    MergeVersionAliases: ({ name, versionAliases = [] }: NameRequest & { versionAliases?: readonly string[] }) => {
      if (!(name ?? "").includes("@")) throw new VertexError("INVALID_ARGUMENT", "name: should end with @VERSION.");
      return message(models.mergeAliases(parseName(name, "models"), versionAliases));
    },
    DeleteModel: (request: NameRequest) => {
      const [model = ""] = nameOf(request).split("@", 1);
      refuseDeployed(model);
      models.delete(model);
      return operations.finished(model, "DeleteOperationMetadata", empty);
    },
    DeleteModelVersion: (request: NameRequest) => {
      const version = models.get(nameOf(request));
      refuseDeployed(version.model, version.versionId);
      models.deleteVersion(nameOf(request));
      return operations.finished(version.model, "DeleteOperationMetadata", empty);
    },
  };
}

function modelMessage(version: ModelVersionRecord, createTime: number, endpoints: Endpoints): object {
  return {
    ...version.message,
    name: version.model,
    versionId: version.versionId,
    versionAliases: version.aliases,
    versionCreateTime: toTime(version.createTime),
    versionUpdateTime: toTime(version.updateTime),
    createTime: toTime(createTime),
    updateTime: toTime(version.updateTime),
    supportedDeploymentResourcesTypes: ["DEDICATED_RESOURCES"],
    supportedInputStorageFormats: ["jsonl", "csv", "file-list"],
    supportedOutputStorageFormats: ["jsonl"],
    supportedExportFormats: exportFormats(version),
    modelSourceInfo: { sourceType: "CUSTOM", copy: version.copyOf !== undefined },
    ...(version.copyOf !== undefined && { originalModelInfo: { model: version.copyOf } }),
    deployedModels: endpoints
      .deploymentsOf(version.model, version.versionId)
      .map(({ endpoint, id }) => ({ endpoint, deployedModelId: id })),
    etag: String(version.updateTime),
  };
}
