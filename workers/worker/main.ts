/** The worker: `node workers/worker/main.ts`. Prints one line of JSON when it is ready; logs are JSON on stderr. */
import { Connection } from "@temporalio/client";
import { NativeConnection, Runtime } from "@temporalio/worker";
import { createActivities } from "../../activities/index.ts";
import { ConfigurationError } from "../config/configuration-error.ts";
import { readConfiguration } from "../config/read-configuration.ts";
import { bundleWorkflows } from "./bundle.ts";
import { createWorker } from "./create-worker.ts";
import { jsonLogger } from "./log.ts";
import { ensureSearchAttributes } from "./search-attributes.ts";

async function main(): Promise<void> {
  const configuration = await readConfiguration();
  const environment = await configuration.environment();
  const logger = jsonLogger("INFO", (line) => process.stderr.write(line));
  Runtime.install({
    logger,
    telemetryOptions: { logging: { forward: {}, filter: { core: "WARN", other: "WARN" } } },
  });
  const address = configuration.connection(environment);
  const [connection, workflowBundle] = await Promise.all([
    NativeConnection.connect(address),
    bundleWorkflows(configuration.cache, logger),
    prepareNamespace(address, environment.temporal.namespace),
  ]);
  const { activities, close } = createActivities(environment, configuration);
  try {
    const worker = await createWorker({ environment, connection, activities, workflowBundle });
    process.stdout.write(`${JSON.stringify({ event: "ready", taskQueue: environment.temporal.taskQueue })}\n`);
    await worker.run();
  } finally {
    await close();
    await connection.close();
  }
}

async function prepareNamespace(address: Parameters<typeof Connection.connect>[0], namespace: string): Promise<void> {
  const connection = await Connection.connect(address);
  try {
    await ensureSearchAttributes(connection.operatorService, namespace);
  } finally {
    await connection.close();
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
