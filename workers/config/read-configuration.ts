import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import type { NativeConnectionOptions } from "@temporalio/worker";
import { parseDocument } from "yaml";
import type { Environment } from "../../activities/clients/environment.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { parseFile, type Variables } from "./parse-file.ts";
import { checkout } from "./program.ts";
import type { ConfigurationFile, Preset, ServiceName } from "./schema.ts";
import { type LocalServices, presetsOf, toEnvironment } from "./to-environment.ts";

/** Everything that a process of ours reads from outside before it starts. */
export interface Configuration {
  readonly file: ConfigurationFile;
  readonly presets: Readonly<Record<ServiceName, Preset>>;
  /** Folder of everything that a run leaves on this machine. */
  readonly state: string;
  /** Folder of large downloads and build outputs, shared by checkouts. */
  readonly cache: string;
  /** Temporal's CLI, with its server. */
  readonly temporalProgram: string;
  /** Value of a variable that the environment names; only secrets come that way. */
  readonly readVariable: (name: string) => string | undefined;
  /** The environment, from the local services that run now. Throws {@link ConfigurationError}. */
  environment(): Promise<Environment>;
  /** How to connect to Temporal, with credentials: never logged. */
  connection(environment: Environment): NativeConnectionOptions;
}

/** Throws {@link ConfigurationError} with every problem of the file and of the variables. */
export async function readConfiguration(variables: Variables = process.env): Promise<Configuration> {
  const path = resolve(variables["RETEMPER_CONFIG"] || join(checkout, "retemper.yaml"));
  const file = parseFile(await readYaml(path, variables["RETEMPER_CONFIG"] !== undefined), variables);
  const presets = presetsOf(file);
  const state = resolve(variables["RETEMPER_STATE"] || join(checkout, ".retemper/state"));
  const home = variables["HOME"] ?? variables["USERPROFILE"] ?? ".";
  const temporal = presets.temporal === "local" ? null : temporalProfile(file, variables);
  return {
    file,
    presets,
    state,
    cache: resolve(variables["RETEMPER_CACHE"] || join(home, ".cache/retemper")),
    temporalProgram: variables["TEMPORAL_BIN"] || "temporal",
    readVariable: (name) => variables[name],
    environment: async () =>
      toEnvironment({
        file,
        folder: existsSync(path) ? dirname(path) : checkout,
        services: await readServices(state),
        profile: { address: temporal?.connectionOptions.address, namespace: temporal?.namespace },
        hubUrl: variables["HF_ENDPOINT"],
        resolvePath: resolve,
      }),
    connection: (environment) => ({ ...temporal?.connectionOptions, address: environment.temporal.address }),
  };
}

/** Where the supervisor writes the addresses of the local services that run. */
export function servicesFile(state: string): string {
  return join(state, "services.json");
}

async function readServices(state: string): Promise<LocalServices | null> {
  const file = servicesFile(state);
  if (!existsSync(file)) return null;
  return JSON.parse(await readFile(file, "utf8")) as LocalServices;
}

async function readYaml(path: string, required: boolean): Promise<unknown> {
  if (!existsSync(path)) {
    if (!required) return {};
    throw new ConfigurationError("INVALID_CONFIGURATION", `RETEMPER_CONFIG names ${path}, which is not there.`);
  }
  const document = parseDocument(await readFile(path, "utf8"));
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({ path: "", message: error.message }));
    throw new ConfigurationError("INVALID_CONFIGURATION", `${path} is not YAML:`, problems);
  }
  return document.toJS() as unknown;
}

/** Temporal's own profile file and variables, as its CLI reads them. */
function temporalProfile(file: ConfigurationFile, variables: Variables): ReturnType<typeof loadClientConnectConfig> {
  const set = Object.entries(variables).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const profile = file.services?.temporal?.profile;
  return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(set), ...(profile && { profile }) });
}
