import type { ArtifactRecord } from "../../pipeline-jobs/records.ts";
import { containerPath } from "../../processes/mount.ts";
import type { PageContext } from "../context.ts";
import type { View } from "../document.ts";
import { moment } from "../format.ts";
import { type Html, html, nothing } from "../html.ts";
import { pathOf, query } from "../links.ts";
import { artifactLineage } from "../metadata/lineage.ts";
import { lineageSection } from "../metadata/lineage-view.ts";
import { isMetrics, metricsView } from "../metrics/metrics.ts";
import { facts, section, values } from "../parts.ts";
import { findContent } from "./content.ts";
import { preview } from "./preview.ts";

/** A page of its own for an artifact. */
export async function artifactView(
  { mount, metadata }: PageContext,
  artifact: ArtifactRecord,
  within: string,
): Promise<View> {
  const content = await findContent(mount, artifact, within);
  const about = html`<header class="subject"><p class="over">${typeChip(artifact)}</p><h1>${artifact.displayName}</h1></header>
${facts([
  ["URI", html`<code>${artifact.uri}</code>`],
  ["In a container", artifact.uri.startsWith("gs://") && html`<code>${containerPath(artifact.uri)}</code>`],
  ["Created", moment(artifact.createTime)],
  ["Name", html`<code>${artifact.name}</code>`],
])}
${metadataOf(artifact)}`;
  const crumbs = within.split("/").map((part, index, parts) => {
    const path = parts.slice(0, index + 1).join("/");
    return html` / <a href="${pathOf(artifact.name)}${query({ path })}">${part}</a>`;
  });
  const path =
    within === ""
      ? nothing
      : html`<p class="crumbs"><a href="${pathOf(artifact.name)}">${artifact.displayName}</a>${crumbs}</p>`;
  const hasContent = content.kind !== "absent" || Object.keys(artifact.metadata).length === 0;
  const main = html`${about}${hasContent && section("Content", html`${path}${await preview(artifact, within, content)}`)}
${lineageSection(artifact.name, artifactLineage(metadata, artifact.name))}`;
  return { title: artifact.displayName, area: "metadata", layout: "list", main };
}

/** An artifact among the inputs or outputs of a task; `open` shows what is in it right there. */
export async function artifactCard({ mount }: PageContext, artifact: ArtifactRecord, open: boolean): Promise<Html> {
  const content =
    open && isReport(artifact) ? await preview(artifact, "", await findContent(mount, artifact, "")) : nothing;
  return html`<article class="artifact">
<p>${typeChip(artifact)} <a href="${pathOf(artifact.name)}">${artifact.displayName}</a></p>
<p class="uri"><code>${artifact.uri}</code></p>
${open && isMetrics(artifact) ? metricsView(artifact.metadata) : foldedMetadata(artifact)}
${content}
</article>`;
}

/** `system.Model` is Model, `google.VertexModel` VertexModel. */
export function typeChip({ schemaTitle }: Pick<ArtifactRecord, "schemaTitle">): Html {
  return html`<span class="type" title="${schemaTitle}">${schemaTitle.replace(/^[\w-]+\./, "") || "Artifact"}</span>`;
}

function isReport({ schemaTitle }: ArtifactRecord): boolean {
  return ["system.HTML", "system.Markdown"].includes(schemaTitle);
}

function metadataOf(artifact: ArtifactRecord): Html {
  if (Object.keys(artifact.metadata).length === 0) return nothing;
  return isMetrics(artifact)
    ? section("Metrics", metricsView(artifact.metadata))
    : section("Metadata", values("Metadata", artifact.metadata));
}

function foldedMetadata({ metadata }: ArtifactRecord): Html {
  const count = Object.keys(metadata).length;
  if (count === 0) return nothing;
  if (count <= 3) return values("Metadata", metadata);
  return html`<details><summary>${count} entries of metadata</summary>${values("Metadata", metadata)}</details>`;
}
