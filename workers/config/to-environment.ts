import type { Environment } from "../../activities/clients/environment.ts";
import type { Problem } from "../../pipelines/schema/problems.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { type ConfigurationFile, type Preset, type ServiceName, serviceNames } from "./schema.ts";

/** Addresses of the local services that run, as `STATE/services.json` keeps them. */
export type LocalServices = Readonly<Record<string, string>>;

/** What Temporal's own configuration (its TOML profile and `TEMPORAL_*` variables) says. */
export interface TemporalProfile {
  readonly address: string | undefined;
  readonly namespace: string | undefined;
}

export interface EnvironmentSources {
  readonly file: ConfigurationFile;
  /** Folder that paths in the file are relative to. */
  readonly folder: string;
  /** Null while the local services are not running. */
  readonly services: LocalServices | null;
  readonly profile: TemporalProfile;
  /** The Hub client's own `HF_ENDPOINT`. */
  readonly hubUrl: string | undefined;
  readonly resolvePath: (folder: string, path: string) => string;
}

export const taskQueue = "retemper";
const localImage = "us-central1-docker.pkg.dev/retemper/retemper/trainer:latest";

/** Which preset each service has: its own, or the file's, or `local`. */
export function presetsOf(file: ConfigurationFile): Readonly<Record<ServiceName, Preset>> {
  const presetOf = (name: ServiceName): Preset => file.services?.[name]?.preset ?? file.environment ?? "local";
  return {
    temporal: presetOf("temporal"),
    vertex: presetOf("vertex"),
    storage: presetOf("storage"),
    hub: presetOf("hub"),
    registry: presetOf("registry"),
  };
}

/**
 * Every address of the run, service by service.
 * Throws {@link ConfigurationError}: what a real service needs and the file lacks, services that cannot reach each
 * other, or local ones that are not running.
 */
export function toEnvironment(sources: EnvironmentSources): Environment {
  const { file, services, profile } = sources;
  const presets = presetsOf(file);
  const problems = [...missing(file, presets, profile), ...unreachable(file, presets)];
  if (problems.length > 0) {
    throw new ConfigurationError("INVALID_CONFIGURATION", "The configuration is not complete:", problems);
  }
  const { temporal, vertex, storage, hub, registry } = file.services ?? {};
  const local = localAddresses(presets, services);
  const project = file.project ?? "retemper";
  const location = file.location ?? "us-central1";
  return {
    project,
    location,
    bucket: file.bucket ?? "retemper",
    recipes: sources.resolvePath(sources.folder, file.recipes ?? "recipes"),
    trainerImage:
      file.trainerImage ??
      (presets.registry === "local" ? localImage : `${location}-docker.pkg.dev/${project}/retemper/trainer:latest`),
    temporal:
      presets.temporal === "local"
        ? {
            address: temporal?.address ?? local("temporal"),
            namespace: temporal?.namespace ?? "default",
            taskQueue: temporal?.taskQueue ?? taskQueue,
            uiUrl: temporal?.uiUrl ?? local("temporalUi"),
          }
        : {
            address: temporal?.address ?? profile.address ?? "",
            namespace: temporal?.namespace ?? profile.namespace ?? "default",
            taskQueue: temporal?.taskQueue ?? taskQueue,
            uiUrl: temporal?.uiUrl ?? null,
          },
    vertex:
      presets.vertex === "local"
        ? {
            endpoint: vertex?.endpoint ?? local("vertex"),
            plaintext: true,
            // Local Vertex's own page takes the console's links.
            console: services?.["vertexUi"] ?? null,
            pollSeconds: vertex?.pollSeconds ?? 2,
          }
        : {
            endpoint: vertex?.endpoint ?? `${location}-aiplatform.googleapis.com:443`,
            plaintext: false,
            console: "https://console.cloud.google.com",
            pollSeconds: vertex?.pollSeconds ?? 30,
          },
    storage:
      presets.storage === "local"
        ? { endpoint: storage?.endpoint ?? local("storage"), anonymous: true }
        : { endpoint: storage?.endpoint ?? null, anonymous: false },
    hub:
      presets.hub === "local"
        ? { url: hub?.url ?? local("hub"), tokenVariable: hub?.tokenVariable ?? null }
        : {
            url: hub?.url ?? sources.hubUrl ?? "https://huggingface.co",
            tokenVariable: hub?.tokenVariable ?? "HF_TOKEN",
          },
    registry: { endpoint: registry?.endpoint ?? (presets.registry === "local" ? local("registry") : null) },
  };
}

type Presets = Readonly<Record<ServiceName, Preset>>;

function missing(file: ConfigurationFile, presets: Presets, profile: TemporalProfile): Problem[] {
  const real = serviceNames.filter((name) => presets[name] === "gcp");
  const needers = (names: readonly ServiceName[]) => names.filter((name) => real.includes(name)).join(" and ");
  const problems: Problem[] = [];
  const demand = (path: "project" | "bucket", names: readonly ServiceName[]) => {
    const by = needers(names);
    if (by !== "" && file[path] === undefined) problems.push({ path, message: `is missing: ${by} on gcp needs it` });
  };
  demand("project", ["vertex", "storage"]);
  demand("bucket", ["storage"]);
  if (presets.temporal === "gcp" && !file.services?.temporal?.address && !profile.address) {
    const message = "is missing: give it here, in TEMPORAL_ADDRESS, or in a profile of Temporal's own temporal.toml";
    problems.push({ path: "services.temporal.address", message });
  }
  return problems;
}

/** Vertex on Google Cloud reads the data and pulls the containers itself: it cannot reach this machine. */
function unreachable(file: ConfigurationFile, presets: Presets): Problem[] {
  if (presets.vertex === "local") return [];
  const problems: Problem[] = [];
  if (presets.storage === "local") {
    problems.push({
      path: "services.storage",
      message: "must be gcp too: Vertex on gcp cannot read from this machine",
    });
  }
  if (presets.registry === "local" && file.services?.registry?.endpoint === undefined) {
    problems.push({
      path: "services.registry",
      message: "must be gcp too: Vertex on gcp cannot pull from this machine",
    });
  }
  return problems;
}

function localAddresses(presets: Presets, services: LocalServices | null): (name: string) => string {
  return (name) => {
    const address = services?.[name];
    if (address !== undefined) return address;
    const local = serviceNames.filter((each) => presets[each] === "local").join(", ");
    throw new ConfigurationError(
      "NOT_RUNNING",
      `The local services (${local}) are not running. Start them with \`npm start\`, in another terminal.`,
    );
  };
}
