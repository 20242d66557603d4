import { Client, Connection } from "@temporalio/client";
import type { Environment } from "../../activities/clients/environment.ts";
import type { Configuration } from "../config/read-configuration.ts";

/** A client of Temporal, closed by `await using`. */
export interface TemporalClient extends AsyncDisposable {
  readonly client: Client;
  readonly environment: Environment;
}

/** Temporal does not answer at the address of the configuration. */
export class TemporalUnreachable extends Error {
  override readonly name = "TemporalUnreachable";
  readonly code = "TEMPORAL_UNREACHABLE";
}

/** Throws {@link TemporalUnreachable}, `ConfigurationError`. */
export async function connect(configuration: Configuration): Promise<TemporalClient> {
  const environment = await configuration.environment();
  const { address, namespace } = environment.temporal;
  const connection = await Connection.connect({
    ...configuration.connection(environment),
    connectTimeout: "5 seconds",
  }).catch((error: unknown) => {
    throw new TemporalUnreachable(
      `Temporal does not answer at ${address}. Is \`npm start\` running, or the address right?`,
      { cause: error },
    );
  });
  return {
    client: new Client({ connection, namespace }),
    environment,
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
