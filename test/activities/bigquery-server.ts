import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ObjectStore } from "../../activities/storage/object-store.ts";

/** A table of the server. */
export interface ServedTable {
  /** Unix milliseconds, as text. */
  modified: string;
  /** A Parquet file with its rows. */
  content: Buffer;
}

/**
 * So much of BigQuery's REST API as exports need, with its bodies, statuses and error documents; a job takes two looks.
 * A query may only be `SELECT * FROM` a table. https://cloud.google.com/bigquery/docs/reference/rest/v2
 */
export async function startBigQuery(tables: Map<string, ServedTable>, storage: ObjectStore) {
  const jobs = new Map<string, { looks: number; statement: string; error?: { reason: string; message: string } }>();
  const statements: string[] = [];
  const refuse = (code: number, reason: string, message: string) => ({
    code,
    body: { error: { code, message, errors: [{ message, domain: "global", reason }], status: reason } },
  });
  const tableOf = (sql: string): string => /FROM\s+`?([\w-]+\.\w+\.\w+)`?/i.exec(sql)?.[1] ?? "";

  async function answer(
    method: string,
    url: URL,
    body: Record<string, never>,
  ): Promise<{ code: number; body: unknown }> {
    const path = url.pathname.replace(/^\/bigquery\/v2\/projects\/[^/]+/, "");
    const table = /^\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(path);
    if (method === "GET" && table) {
      const name = `${url.pathname.split("/")[4]}.${table[1]}.${table[2]}`;
      const found = tables.get(name);
      if (found === undefined) return refuse(404, "notFound", `Not found: Table ${name}`);
      return { code: 200, body: { lastModifiedTime: found.modified, numBytes: String(found.content.length) } };
    }
    if (method === "POST" && path === "/jobs") {
      const { configuration, jobReference } = body as unknown as {
        configuration: { dryRun?: boolean; query: { query: string; useLegacySql: boolean } };
        jobReference: { jobId?: string; location: string };
      };
      const { query, useLegacySql } = configuration.query;
      if (useLegacySql !== false) return refuse(400, "invalidQuery", "expected GoogleSQL");
      const name = tableOf(query);
      if (!tables.has(name)) return refuse(404, "notFound", `Not found: Table ${name}`);
      if (configuration.dryRun) {
        if (!/^\s*SELECT/i.test(query)) return refuse(400, "invalidQuery", "Syntax error");
        const [projectId, datasetId, tableId] = name.split(".");
        const about = { statementType: "SELECT", referencedTables: [{ projectId, datasetId, tableId }] };
        return {
          code: 200,
          body: { status: { state: "DONE" }, statistics: { totalBytesProcessed: "10", query: about } },
        };
      }
      const id = jobReference.jobId ?? "";
      if (jobs.has(id)) return refuse(409, "duplicate", `Already Exists: Job ${id}`);
      jobs.set(id, { looks: 0, statement: query });
      return { code: 200, body: { jobReference, status: { state: "RUNNING" } } };
    }
    const job = jobs.get(/^\/jobs\/([^/]+)$/.exec(path)?.[1] ?? "");
    if (method !== "GET" || job === undefined) return refuse(404, "notFound", `Not found: ${path}`);
    job.looks++;
    if (job.looks < 2) return { code: 200, body: { status: { state: "RUNNING" } } };
    if (job.looks === 2) await run(job);
    return { code: 200, body: { status: { state: "DONE", ...(job.error ? { errorResult: job.error } : {}) } } };
  }

  async function run(job: { statement: string; error?: { reason: string; message: string } }): Promise<void> {
    statements.push(job.statement);
    const uri = /uri = '([^']*)'/.exec(job.statement)?.[1] ?? "";
    const content = tables.get(tableOf(job.statement))?.content;
    if (content === undefined || !uri.includes("*")) {
      job.error = { reason: "invalidQuery", message: "Option 'uri' value must be a wildcard URI" };
      return;
    }
    const { Readable } = await import("node:stream");
    await storage.writeStream(uri.replace("*", "000000000000"), Readable.from([content]), content.length);
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      const text = Buffer.concat(chunks).toString();
      const url = new URL(request.url ?? "/", "http://localhost");
      const { code, body } = await answer(request.method ?? "GET", url, text === "" ? {} : JSON.parse(text));
      response.writeHead(code, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** Of the jobs that ran. */
    statements,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
