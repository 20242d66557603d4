import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { DefaultLogger, Runtime } from "@temporalio/worker";
import { searchAttributeNames } from "../../pipelines/retrain/search-attributes.ts";

export interface Temporal {
  readonly environment: TestWorkflowEnvironment;
  /** Base address of the UI; null where none was asked for. */
  readonly uiUrl: string | null;
}

// Tests make runs fail on purpose; the runner's output is for what was not on purpose.
Runtime.install({
  logger: new DefaultLogger("ERROR"),
  telemetryOptions: { logging: { filter: { core: "ERROR", other: "ERROR" } } },
});

/** The server that the set-up found or brought. */
function temporalProgram(): string {
  const cache = process.env["RETEMPER_CACHE"] ?? join(homedir(), ".cache/retemper");
  const program = process.env["TEMPORAL_BIN"] ?? join(cache, "temporal/temporal");
  if (existsSync(program)) return program;
  throw new Error(`There is no Temporal server at ${program}: run the tests with \`npm test\`, which brings it.`);
}

/** A real Temporal server of this test's own, on a free port. */
export async function startTemporal(options: { readonly ui?: boolean } = {}): Promise<Temporal> {
  const uiPort = options.ui ? await freePort() : null;
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: "existing-path", path: temporalProgram() },
      log: { format: "pretty", level: "error" },
      ...(uiPort ? { ui: true, uiPort } : {}),
      extraArgs: searchAttributeNames.flatMap((name) => ["--search-attribute", `${name}=Keyword`]),
    },
  });
  return { environment, uiUrl: uiPort ? `http://127.0.0.1:${uiPort}` : null };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
