import { statSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Clock } from "../../clock.ts";
import { aiplatform, type OperationRecord, type Operations } from "../operations/operations.ts";
import type { Mount } from "../processes/mount.ts";
import { invalidArgument, VertexError } from "../wire/errors.ts";
import { locationOf, parseLocation, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import type { Models } from "./models.ts";
import type { ModelVersionRecord } from "./records.ts";

/** The format of what was uploaded (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.models#ExportFormat). */
const exportFormat = "custom-trained";

/** What of a version can be exported: its artifacts, where it has any. */
export function exportFormats({ message }: ModelVersionRecord): readonly object[] {
  return message.artifactUri ? [{ id: exportFormat, exportableContents: ["ARTIFACT"] }] : [];
}

interface CopyModelRequest {
  readonly parent?: string;
  readonly sourceModel?: string;
  readonly modelId?: string;
  readonly parentModel?: string;
}
interface ExportModelRequest {
  readonly name?: string;
  readonly outputConfig?: {
    readonly exportFormatId?: string;
    readonly artifactDestination?: { readonly outputUriPrefix?: string };
    readonly imageDestination?: { readonly outputUri?: string };
  };
}

/** CopyModel and ExportModel. */
export function copyAndExport(
  models: Models,
  operations: Operations,
  mount: Mount,
  clock: Clock,
): NonNullable<Methods["ModelService"]> {
  return {
    /** One version, its artifacts staying where they are (https://cloud.google.com/vertex-ai/docs/model-registry/copy-model). */
    CopyModel: ({ parent, sourceModel, modelId, parentModel }: CopyModelRequest): OperationRecord => {
      const destination = parseLocation(parent);
      const source = models.get(parseName(sourceModel, "models"));
      if (locationOf(source.model).project !== destination.project)
        throw invalidArgument([{ field: "source_model", description: `should be in project ${destination.project}` }]);
      const copy = models.copy(source, { parent: destination.name, modelId, parentModel });
      return operations.finished(
        copy.model,
        "CopyModelOperationMetadata",
        aiplatform("CopyModelResponse", { model: copy.model, modelVersionId: copy.versionId }),
      );
    },
    ExportModel: ({ name, outputConfig = {} }: ExportModelRequest): OperationRecord => {
      const version = models.get(parseName(name, "models"));
      const source = checkExport(version, outputConfig);
      const prefix = outputConfig.artifactDestination?.outputUriPrefix?.replace(/\/+$/, "") ?? "";
      const artifactOutputUri = `${prefix}/model-export-${version.message.displayName}-${new Date(clock.now()).toISOString()}`;
      return operations.start(
        version.model,
        "ExportModelOperationMetadata",
        async () => {
          await copyObjects(source, artifactOutputUri, mount);
          return aiplatform("ExportModelResponse", {});
        },
        { outputInfo: { artifactOutputUri } },
      );
    },
  };
}

/** Gives the URI of the artifacts. Throws INVALID_ARGUMENT with every problem, or FAILED_PRECONDITION. */
function checkExport(
  version: ModelVersionRecord,
  { exportFormatId = "", artifactDestination, imageDestination }: NonNullable<ExportModelRequest["outputConfig"]>,
): string {
  const { artifactUri = "" } = version.message;
  if (artifactUri === "")
    throw new VertexError(
      "FAILED_PRECONDITION",
      `Model ${version.model}@${version.versionId} is not exportable: it has no artifacts, so that its supported_export_formats is empty.`,
    );
  const problems: { field: string; description: string }[] = [];
  if (exportFormatId !== "" && exportFormatId !== exportFormat)
    problems.push({
      field: "output_config.export_format_id",
      description: `"${exportFormatId}" isn't ${exportFormat}`,
    });
  if (imageDestination !== undefined)
    problems.push({
      field: "output_config.image_destination",
      description: "should only be set where exportable_contents has IMAGE",
    });
  if (!/^gs:\/\/[^/]+/.test(artifactDestination?.outputUriPrefix ?? ""))
    problems.push({
      field: "output_config.artifact_destination.output_uri_prefix",
      description: `"${artifactDestination?.outputUriPrefix ?? ""}" should begin with gs://BUCKET`,
    });
  if (problems.length > 0) throw invalidArgument(problems);
  return artifactUri;
}

/** Everything below a URI, or the one object that it names, into a folder. */
async function copyObjects(source: string, folder: string, mount: Mount): Promise<void> {
  const [from, to] = [source, folder].map((uri) => mount.localPath(uri));
  const found = from === undefined ? undefined : statSync(from, { throwIfNoEntry: false });
  if (from === undefined || found === undefined)
    throw new VertexError("NOT_FOUND", `The model's artifacts are not found at ${source}.`);
  if (to === undefined) throw new VertexError("INVALID_ARGUMENT", `${folder} can't be written to.`);
  await mkdir(to, { recursive: true });
  await cp(from, found.isDirectory() ? to : join(to, basename(from)), { recursive: true });
}
