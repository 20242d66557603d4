import { status } from "@grpc/grpc-js";
import type { VertexClients } from "../../../../activities/clients/vertex.ts";
import { resourceId } from "../../../../activities/vertex/names.ts";
import { describeGrpc, hasStatus, isGrpcError } from "../../../../activities/vertex/status.ts";
import { CommandError } from "../../user-error.ts";
import type { PulledJob } from "../pulled-job.ts";
import { artifactMessage } from "./rerun-job.ts";

/** Enters the artifacts that a pipeline takes as a whole into the metadata store, under the ids that they have. */
export async function registerInputs(vertex: VertexClients, { name, runtimeConfig }: PulledJob): Promise<void> {
  const parent = `${name.split("/").slice(0, 4).join("/")}/metadataStores/default`;
  for (const artifact of Object.values(runtimeConfig.inputArtifacts)) {
    try {
      const { name: _, ...message } = artifactMessage(artifact);
      const metadata = await vertex.metadata();
      await metadata.createArtifact({ parent, artifactId: resourceId(artifact.name), artifact: message });
    } catch (error) {
      if (hasStatus(error, status.ALREADY_EXISTS)) continue;
      if (!isGrpcError(error)) throw error;
      throw new CommandError("REFUSED", `The input artifact ${artifact.uri} can't be entered: ${describeGrpc(error)}`);
    }
  }
}
