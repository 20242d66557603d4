import type { LocalServices } from "../../config/to-environment.ts";

export interface Place {
  readonly project: string;
  readonly location: string;
  readonly bucket: string;
}

/** What one pastes to use local Vertex from each client; docs/local-vertex.md says why each line is there. */
export function snippets(
  services: LocalServices,
  { project, location, bucket }: Place,
): { title: string; text: string }[] {
  const { vertex = "", certificateAuthority = "", storage = "" } = services;
  const port = vertex.slice(vertex.lastIndexOf(":") + 1);
  return [
    {
      title: "Python: google-cloud-aiplatform",
      text: `export GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=${certificateAuthority}
export REQUESTS_CA_BUNDLE=$GRPC_DEFAULT_SSL_ROOTS_FILE_PATH STORAGE_EMULATOR_HOST=${storage}

from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform
aiplatform.init(project="${project}", location="${location}", staging_bucket="gs://${bucket}",
                api_endpoint="localhost:${port}", credentials=AnonymousCredentials())`,
    },
    {
      title: "TypeScript: @google-cloud/aiplatform",
      text: `import { v1 } from "@google-cloud/aiplatform";
import { grpc, googleAuthLibrary } from "google-gax";
const client = new v1.PipelineServiceClient({
  apiEndpoint: "localhost", port: ${port}, projectId: "${project}",
  sslCreds: grpc.credentials.createInsecure(), authClient: new googleAuthLibrary.PassThroughClient(),
});`,
    },
    {
      title: "curl",
      text: `curl http://localhost:${port}/v1/projects/${project}/locations/${location}/pipelineJobs`,
    },
  ];
}
