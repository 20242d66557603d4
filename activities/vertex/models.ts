import { status } from "@grpc/grpc-js";
import type { PromoteActivities } from "../../pipelines/promote/activities.ts";
import { type ContainerSettings, containerSettings, requestForm, type Serve } from "../../pipelines/promote/serve.ts";
import type { Clients } from "../clients/clients.ts";
import { UserError } from "../errors.ts";
import { whileAlive } from "../progress.ts";
import { releaseLabel, requestsLabel } from "./labels.ts";
import { labelValue, locationPath, modelPath, splitModelVersion, toLabels, withVersion } from "./names.ts";
import { operationOptions, settle } from "./operations.ts";
import { hasStatus } from "./status.ts";

type ModelActivities = Pick<PromoteActivities, "registerModel" | "readModelVersion" | "moveAlias">;

export function createModelActivities(clients: Clients): ModelActivities {
  return {
    registerModel: ({ modelId, artifactUri, image, serve, releaseId, labels }) =>
      whileAlive(
        () => `registering a version of ${modelId}`,
        async () => {
          const models = await clients.vertex.models();
          const path = modelPath(clients.environment, modelId);
          const release = labelValue(releaseId);
          const versions = await listVersions(clients, path);
          const mine = versions?.find((version) => version.labels?.[releaseLabel] === release);
          if (mine) return { modelVersion: withVersion(path, mine.versionId ?? "") };
          const [operation] = await models.uploadModel(
            {
              parent: locationPath(clients.environment),
              ...(versions === null ? { modelId } : { parentModel: path }),
              model: {
                displayName: modelId,
                versionDescription: `Release ${releaseId}`,
                artifactUri,
                containerSpec: { imageUri: image, ...toMessage(containerSettings(serve)) },
                labels: toLabels({ ...labels, ...formLabel(serve), [releaseLabel]: releaseId }),
              },
            },
            await operationOptions(),
          );
          const uploaded = await settle(operation);
          return { modelVersion: withVersion(uploaded.model ?? path, uploaded.modelVersionId ?? "") };
        },
      ),

    async readModelVersion({ modelVersion }) {
      const { model } = splitModelVersion(modelVersion);
      const models = await clients.vertex.models();
      try {
        const [found] = await models.getModel({ name: modelVersion });
        return {
          modelVersion: withVersion(model, found.versionId ?? ""),
          artifactUri: found.artifactUri ?? "",
          image: found.containerSpec?.imageUri ?? "",
        };
      } catch (error) {
        if (!hasStatus(error, status.NOT_FOUND)) throw error;
        throw new UserError("NotFound", `the registry has no model version ${modelVersion}`, [], error);
      }
    },

    async moveAlias({ modelVersion, alias }) {
      const models = await clients.vertex.models();
      // Vertex takes the alias from whichever version had it.
      await models.mergeVersionAliases({ name: modelVersion, versionAliases: [alias] });
    },
  };
}

function toMessage({ command, args, ports, ...routes }: ContainerSettings) {
  return {
    ...routes,
    ...(command && { command: [...command] }),
    ...(args && { args: [...args] }),
    ports: ports.map((port) => ({ ...port })),
  };
}

function formLabel(serve: Serve | undefined): Record<string, string> {
  const form = requestForm(serve);
  return form === "trainer" ? {} : { [requestsLabel]: form };
}

/** Null when there is no such model yet. */
async function listVersions(clients: Clients, path: string) {
  const models = await clients.vertex.models();
  try {
    const [versions] = await models.listModelVersions({ name: path });
    return versions;
  } catch (error) {
    if (hasStatus(error, status.NOT_FOUND)) return null;
    throw error;
  }
}
