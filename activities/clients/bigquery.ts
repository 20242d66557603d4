import { UserError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import { HttpError, sendForText } from "./http.ts";
import { once } from "./once.ts";
import { realWait, retrying, type Wait } from "./retry.ts";

/** Where a job of BigQuery runs, and who pays. */
export interface JobPlace {
  readonly project: string;
  readonly location: string;
}

export interface TableState {
  /** Unix milliseconds. */
  readonly modified: string;
  readonly bytes: number;
}

interface Job {
  readonly status?: {
    readonly state?: string;
    readonly errorResult?: { readonly reason?: string; readonly message?: string };
  };
  readonly statistics?: {
    readonly totalBytesProcessed?: string;
    readonly query?: {
      readonly statementType?: string;
      readonly referencedTables?: readonly { projectId: string; datasetId: string; tableId: string }[];
    };
  };
}

const pollMilliseconds = 1_000;
const answers = [200, 400, 401, 403, 404, 409];

/** The few methods of BigQuery's REST API that exports need. https://cloud.google.com/bigquery/docs/reference/rest/v2 */
export class BigQuery {
  readonly #settings: NonNullable<Environment["bigquery"]>;
  readonly #wait: Wait;
  readonly #auth = once(async () => {
    const { GoogleAuth } = await import("google-gax");
    return new GoogleAuth({ scopes: "https://www.googleapis.com/auth/cloud-platform" });
  });

  constructor({ bigquery }: Pick<Environment, "bigquery">, wait = realWait) {
    this.#settings = bigquery ?? { endpoint: null, anonymous: false };
    this.#wait = wait;
  }

  /** Throws `NotFound`, `Unauthorized`. https://cloud.google.com/bigquery/docs/reference/rest/v2/tables/get */
  async table(name: string, signal: AbortSignal): Promise<TableState> {
    const [project = "", dataset = "", table = ""] = name.split(".");
    const path = `projects/${project}/datasets/${dataset}/tables/${table}?fields=lastModifiedTime,numBytes`;
    const found = (await this.#call("GET", path, undefined, signal, name)) as {
      lastModifiedTime?: string;
      numBytes?: string;
    };
    return { modified: String(found.lastModifiedTime ?? "0"), bytes: Number(found.numBytes ?? 0) };
  }

  /**
   * Which tables a query reads, without running it. Throws `InvalidData` for one that is none.
   * https://cloud.google.com/bigquery/docs/reference/rest/v2/Job
   */
  async dryRun(
    place: JobPlace,
    query: string,
    signal: AbortSignal,
  ): Promise<{ tables: string[]; bytes: number; statement: string }> {
    const job = (await this.#call(
      "POST",
      `projects/${place.project}/jobs`,
      {
        jobReference: { projectId: place.project, location: place.location },
        configuration: { dryRun: true, query: { query, useLegacySql: false } },
      },
      signal,
      "the query",
    )) as Job;
    const { totalBytesProcessed = "0", query: about } = job.statistics ?? {};
    return {
      tables: (about?.referencedTables ?? [])
        .map((table) => `${table.projectId}.${table.datasetId}.${table.tableId}`)
        .sort(),
      bytes: Number(totalBytesProcessed),
      statement: about?.statementType ?? "",
    };
  }

  /** Runs a statement to its end, once: a job of that id that is there is waited for. */
  async run(place: JobPlace, jobId: string, statement: string, signal: AbortSignal): Promise<void> {
    const { project, location } = place;
    await this.#call(
      "POST",
      `projects/${project}/jobs`,
      {
        jobReference: { projectId: project, location, jobId },
        configuration: { query: { query: statement, useLegacySql: false } },
      },
      signal,
      "the query",
    );
    for (;;) {
      const path = `projects/${project}/jobs/${jobId}?location=${encodeURIComponent(location)}`;
      const job = (await this.#call("GET", path, undefined, signal, `the job ${jobId}`)) as Job;
      if (job.status?.state === "DONE") return checkEnd(jobId, job);
      await this.#wait(pollMilliseconds, signal);
    }
  }

  async #call(method: string, path: string, body: unknown, signal: AbortSignal, what: string): Promise<unknown> {
    const base = this.#settings.endpoint ?? "https://bigquery.googleapis.com";
    const url = new URL(`${base.replace(/\/+$/, "")}/bigquery/v2/${path}`);
    const token = this.#settings.anonymous ? null : await (await this.#auth()).getAccessToken();
    const headers = {
      accept: "application/json",
      ...(token === null || token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const { status, text } = await retrying(
      () =>
        sendForText(
          { method, url, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
          answers,
        ),
      { signal, wait: this.#wait },
    );
    if (status === 200) return JSON.parse(text);
    // The job is there already, of an earlier try.
    if (status === 409 && method === "POST") return {};
    throw refusal(status, text, what, url);
  }
}

function checkEnd(jobId: string, { status }: Job): void {
  const error = status?.errorResult;
  if (error === undefined) return;
  const message = `BigQuery's job ${jobId} failed: ${error.message ?? error.reason ?? "it does not say why"}`;
  if (["backendError", "internalError", "rateLimitExceeded", "jobBackendError"].includes(error.reason ?? ""))
    throw new HttpError(message, 503, error.reason ?? "", null);
  throw new UserError("InvalidData", message);
}

function refusal(status: number, text: string, what: string, url: URL): Error {
  const { error } = safeJson(text) as { error?: { message?: string } };
  const said = error?.message ?? text.slice(0, 300);
  if (status === 404) return new UserError("NotFound", `BigQuery does not find ${what}: ${said}`);
  if (status === 401 || status === 403)
    return new UserError("Unauthorized", `BigQuery does not let us read ${what}: ${said}`);
  if (status === 400) return new UserError("InvalidData", `BigQuery refuses ${what}: ${said}`);
  return new HttpError(`${url.pathname} was answered with ${status}: ${said}`, status, "", null);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
