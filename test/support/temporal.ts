import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { searchAttributeNames } from "../../pipelines/retrain/search-attributes.ts";

/** The server that the set-up found or brought. */
export function temporalProgram(): string {
  const cache = process.env["RETEMPER_CACHE"] ?? join(homedir(), ".cache/retemper");
  const program = process.env["TEMPORAL_BIN"] ?? join(cache, "temporal/temporal");
  if (!existsSync(program))
    throw new Error(`No Temporal server at ${program}: run the tests with \`npm test\`, which brings it.`);
  return program;
}

/** A real Temporal server of this test's own, on a free port. */
export function startTemporal(options: { readonly ui?: boolean } = {}): Promise<TestWorkflowEnvironment> {
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: "existing-path", path: temporalProgram() },
      log: { format: "pretty", level: "error" },
      ...(options.ui ? { ui: true } : {}),
      extraArgs: searchAttributeNames.flatMap((name) => ["--search-attribute", `${name}=Keyword`]),
    },
  });
}
