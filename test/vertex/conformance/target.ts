import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { type ClientOptions, GoogleAuth, googleAuthLibrary } from "google-gax";
import { realClock } from "../../../local/clock.ts";
import { startStorage } from "../../../local/storage/index.ts";
import { startVertex } from "../../../local/vertex/index.ts";
import type { Case, Transport } from "./case.ts";
import { grpcTransport } from "./grpc.ts";
import { restTransport } from "./rest.ts";
import type { Place } from "./run-case.ts";

/** What the suite is asked of. */
export interface Target extends Place {
  readonly isReal: boolean;
  /** Only says what would be asked, and what that costs. */
  readonly isDryRun: boolean;
  /** `localhost:PORT` of local Vertex. */
  readonly address: string;
  readonly certificateAuthority: string;
  /** Base address of the local Cloud Storage that has the same buckets; null for the real one. */
  readonly storage: string | null;
  readonly transports: readonly Transport[];
  applies(asked: Case): boolean;
  close(): Promise<void>;
}

/** How the real Vertex is reached. */
export interface Connection {
  readonly apiEndpoint: string;
  /** Of Google's TypeScript client. */
  readonly options: ClientOptions;
  /** Of REST: scheme, host and port. */
  readonly url: string;
  /** An access token; asked for once, when the first call needs it. */
  readonly token: () => Promise<string>;
}

/**
 * Local Vertex, started here; or the real one, where `VERTEX_CONFORMANCE_PROJECT` and `VERTEX_CONFORMANCE_BUCKET` are
 * set (`…_LOCATION`, `…_IMAGE` may be), with the machine's own Google credentials; with `…_DRY_RUN` it is not asked.
 */
export async function chooseTarget(
  environment: NodeJS.ProcessEnv = process.env,
  connect: (location: string) => Connection = connectToGoogle,
): Promise<Target> {
  const { VERTEX_CONFORMANCE_PROJECT: project, VERTEX_CONFORMANCE_BUCKET: bucket } = environment;
  if (!project) return startLocal();
  if (!bucket) throw new Error("VERTEX_CONFORMANCE_BUCKET: the real Vertex needs a bucket for pipelines' outputs");
  const location = environment["VERTEX_CONFORMANCE_LOCATION"] || "us-central1";
  const { apiEndpoint, options, url, token } = connect(location);
  const transports = [
    grpcTransport({ ...options, projectId: project }),
    restTransport(url, async () => ({ authorization: `Bearer ${await token()}` })),
  ];
  const isDryRun = Boolean(environment["VERTEX_CONFORMANCE_DRY_RUN"]);
  return {
    ...{
      isReal: true,
      isDryRun,
      project,
      location,
      bucket,
      transports,
      address: apiEndpoint,
      certificateAuthority: "",
      storage: null,
    },
    image: environment["VERTEX_CONFORMANCE_IMAGE"] || "node:24-slim",
    patience: 30 * 60_000,
    applies: ({ price }) => price !== null,
    close: async () => void (await Promise.all(transports.map((transport) => transport.close()))),
  };
}

function connectToGoogle(location: string): Connection {
  const apiEndpoint = `${location}-aiplatform.googleapis.com`;
  const auth = new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  return {
    apiEndpoint,
    options: { apiEndpoint },
    url: `https://${apiEndpoint}`,
    // Kept by the library, and renewed when it ends.
    token: async () => (await auth.getAccessToken()) ?? "",
  };
}

/** The project and location are any; the image's only program is this Node, beside the system's own. */
async function startLocal(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), "vertex-conformance-"));
  const image = "example.com/node";
  const vertex = await startVertex({
    state: join(folder, "vertex"),
    storageRoot: join(folder, "storage"),
    images: [
      {
        name: image,
        path: [dirname(process.execPath)],
        workingDirectory: "/",
        environment: {},
        digestOf: ["x"],
        root: "/",
      },
    ],
    clock: realClock,
    log: (line) => process.stderr.write(`${line}\n`),
    settings: { killGrace: 2_000 },
  });
  const bucket = "conformance";
  const storage = await startStorage({ folder: join(folder, "storage"), clock: realClock });
  await storage.ensureBucket(bucket);
  const [host = "", port = ""] = vertex.address.split(":");
  const options: ClientOptions = {
    ...{ apiEndpoint: host, port: Number(port), projectId: "conformance", sslCreds: credentials.createInsecure() },
    authClient: new googleAuthLibrary.PassThroughClient(),
  };
  const url = `http://${vertex.address}`;
  const transports = [
    grpcTransport(options),
    restTransport(url, async () => ({})),
    restTransport(url, async () => ({}), "v1beta1"),
  ];
  return {
    ...{
      isReal: false,
      isDryRun: false,
      project: "conformance",
      location: "us-central1",
      bucket,
      storage: storage.url,
      image,
      transports,
    },
    address: `localhost:${port}`,
    certificateAuthority: vertex.certificateAuthority,
    patience: 30_000,
    applies: () => true,
    async close() {
      await Promise.all(transports.map((transport) => transport.close()));
      await vertex.close();
      await storage.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
