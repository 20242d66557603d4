import type { Storage } from "@google-cloud/storage";
import { createStorageClient } from "../../../../activities/clients/storage.ts";
import { createVertexClients, type VertexClients } from "../../../../activities/clients/vertex.ts";
import { ObjectStore } from "../../../../activities/storage/object-store.ts";
import type { Configuration } from "../../../config/read-configuration.ts";
import { CommandError } from "../../user-error.ts";
import type { JobReference } from "../job-reference.ts";

/** The project that a job is pulled from. */
export interface Origin extends AsyncDisposable {
  readonly vertex: VertexClients;
  readonly storage: () => Promise<Storage>;
  readonly objects: ObjectStore;
}

export interface OriginOptions {
  /** `host:port`; with `http://` before it in plain text, without credentials. */
  readonly endpoint: string | undefined;
  /** Base address of another Cloud Storage than Google's, which is asked without credentials. */
  readonly storageEndpoint: string | undefined;
}

/**
 * Clients of the Vertex AI and Cloud Storage that a job is in: Google's own, with application default credentials,
 * whatever is local here; or what the options name, such as another local Vertex. Throws `CommandError`.
 */
export async function openOrigin(
  { project, location }: Omit<JobReference, "id">,
  { endpoint, storageEndpoint }: OriginOptions,
  { file, presets }: Pick<Configuration, "file" | "presets">,
): Promise<Origin> {
  const configured = presets.vertex === "gcp" ? file.services?.vertex?.endpoint : undefined;
  const address = endpoint ?? configured ?? `${location}-aiplatform.googleapis.com:443`;
  const plaintext = address.startsWith("http://");
  if (!plaintext) await checkCredentials();
  const vertex = createVertexClients({
    project,
    vertex: {
      endpoint: address.replace(/^https?:\/\//, "").replace(/\/$/, ""),
      plaintext,
      console: null,
      pollSeconds: 1,
    },
  });
  const storageAddress =
    storageEndpoint ?? (presets.storage === "gcp" ? file.services?.storage?.endpoint : undefined) ?? null;
  const storage = createStorageClient({
    project,
    storage: { endpoint: storageAddress, anonymous: storageEndpoint !== undefined },
  });
  return {
    vertex,
    storage,
    objects: new ObjectStore(storage),
    [Symbol.asyncDispose]: () => vertex.close(),
  };
}

/** Before the clients ask, each in its own way and at its own time. */
async function checkCredentials(): Promise<void> {
  const { googleAuthLibrary } = await import("google-gax");
  const auth = new googleAuthLibrary.GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  try {
    await auth.getClient();
  } catch (error) {
    throw explained(error, "Google Cloud");
  }
}

/** For a mistake of Google's libraries that a person can mend, what to do about it; anything else as it is. */
export function explained(error: unknown, what: string): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (/default credentials|invalid_grant|reauth/i.test(message) || codeOf(error) === 16 || codeOf(error) === 401) {
    return new CommandError(
      "NO_CREDENTIALS",
      `Google asks who you are (${firstLine(message)}). Run: gcloud auth application-default login`,
    );
  }
  const code = codeOf(error);
  if (isUnreachable(error))
    return new CommandError("UNAVAILABLE", `${what} can't be reached now: ${firstLine(message)}`);
  if (code === 5 || code === 404) return new CommandError("NOT_FOUND", `${what} is not there: ${firstLine(message)}`);
  if (code === 7 || code === 403)
    return new CommandError("PERMISSION_DENIED", `You may not read ${what}: ${firstLine(message)}`);
  if (code === 14 || code === 4 || code === 503)
    return new CommandError("UNAVAILABLE", `${what} can't be reached now: ${firstLine(message)}`);
  if (code === 3 || code === 400) return new CommandError("INVALID_ARGUMENT", `${what}: ${firstLine(message)}`);
  return error;
}

/** A connection that the system refuses, or a name that nobody knows. */
function isUnreachable(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ETIMEDOUT"].includes(
    String(error.code),
  );
}

/** The number of a gRPC status or of HTTP. */
function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const code = Number(error.code);
  return Number.isInteger(code) ? code : undefined;
}

/** Without what gRPC puts before and behind it. */
function firstLine(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return line.replace(/^\d+ [A-Z_]+: /, "").replace(/\s*Resolution note:\s*$/, "");
}
