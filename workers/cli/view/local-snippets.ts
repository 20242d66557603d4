import type { LocalServices } from "../../config/to-environment.ts";

export interface Place {
  readonly project: string;
  readonly location: string;
  readonly bucket: string;
}

const kinds: Readonly<Record<string, string>> = {
  vertex: "gRPC and REST, each in plain text and over TLS",
  vertexUi: "what it runs, to look at",
  storage: "gs://, as Cloud Storage's JSON and XML APIs",
  hub: "a Hugging Face Hub, for HF_ENDPOINT",
  registry: "container images",
  certificateAuthority: "what clients over TLS are to trust",
};

/** Each address, and what for. */
export function addresses(services: LocalServices): readonly (readonly [string, string])[] {
  const entries = Object.entries(services);
  const width = Math.max(0, ...entries.filter(([name]) => name !== "certificateAuthority").map(([, at]) => at.length));
  return entries.map(([name, at]) => [name, `${at.padEnd(width)}  ${kinds[name] ?? ""}`.trimEnd()]);
}

/** What one pastes to use local Vertex from each client; docs/local-vertex.md says why each line is there. */
export function snippets(
  services: LocalServices,
  { project, location, bucket }: Place,
): { title: string; text: string }[] {
  const { vertex = "", certificateAuthority = "", storage = "" } = services;
  const port = vertex.slice(vertex.lastIndexOf(":") + 1);
  const where = `project="${project}", location="${location}", staging_bucket="gs://${bucket}"`;
  return [
    {
      title: "Python, google-cloud-aiplatform (also for what kfp compiles)",
      text: `import os
os.environ["STORAGE_EMULATOR_HOST"] = "${storage}"
from google.auth.credentials import AnonymousCredentials
from google.cloud import aiplatform
aiplatform.init(${where},
                api_endpoint="http://localhost:${port}", api_transport="rest", credentials=AnonymousCredentials())
aiplatform.PipelineJob(display_name="hello", template_path="hello.yaml").submit()`,
    },
    {
      title: "The same by gRPC, which wants TLS: in the shell, then in Python",
      text: `export STORAGE_EMULATOR_HOST=${storage} GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=${certificateAuthority}

aiplatform.init(${where},
                api_endpoint="localhost:${port}", credentials=AnonymousCredentials())`,
    },
    {
      title: "TypeScript, @google-cloud/aiplatform",
      text: `import { v1 } from "@google-cloud/aiplatform";
import { googleAuthLibrary, grpc } from "google-gax";
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
