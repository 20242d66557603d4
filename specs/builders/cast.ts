import { SpecError } from "../error.ts";
import { here } from "../origin.ts";
import { Artifact, type ArtifactListType, type ArtifactType } from "./artifacts.ts";
import { type ArtifactListValue, type ArtifactValue, internals, toValue } from "./values.ts";

type AnyTitle = typeof Artifact.schemaTitle;

/**
 * An artifact whose component says no more than that it is one, taken for what the author knows it to be; or any
 * artifact, taken for no more than one. Nothing happens to it when the pipeline runs.
 *
 * ```ts
 * const download = container("download", { image: "downloader:1", outputs: { file: Artifact } });
 * const count = container("count", { image: "counter:1", inputs: { data: Dataset } });
 * pipeline("count-rows", {}, () => void count({ data: cast(Dataset, download().file) }));
 * ```
 */
export function cast<Title extends string>(
  type: ArtifactType<Title>,
  value: ArtifactValue<AnyTitle>,
): ArtifactValue<Title>;
export function cast(type: ArtifactType<AnyTitle>, value: ArtifactValue): ArtifactValue<AnyTitle>;
export function cast<Title extends string>(
  type: ArtifactListType<Title>,
  value: ArtifactListValue<AnyTitle>,
): ArtifactListValue<Title>;
export function cast(type: ArtifactListType<AnyTitle>, value: ArtifactListValue): ArtifactListValue<AnyTitle>;
export function cast(type: ArtifactType | ArtifactListType, value: ArtifactValue | ArtifactListValue): unknown {
  const { definition, scope } = value[internals];
  const { pipeline } = scope.trace;
  const titles = [type.schemaTitle, definition.kind === "artifact" ? definition.schemaTitle : definition.type];
  if (definition.kind !== "artifact" || definition.list !== type.list || !titles.includes(Artifact.schemaTitle)) {
    const message = `${titles[1]} cannot be taken for ${titles[0]}: one of the two is system.Artifact.`;
    throw new SpecError("invalid-input", message, { pipeline }, here());
  }
  return toValue({ ...value[internals], definition: type });
}
