import type { ArtifactRecord } from "../../pipeline-jobs/records.ts";
import type { JsonObject } from "../../wire/json.ts";
import { type Html, html, nothing } from "../html.ts";
import { values } from "../parts.ts";
import { type Classification, classificationKeys, classifications } from "./classification.ts";
import { confusionMatrixTable } from "./confusion-matrix.ts";
import { rocCurve } from "./roc-curve.ts";

/** Whether an artifact is one of metrics, the SDK's or Google's. */
export function isMetrics({ schemaTitle }: Pick<ArtifactRecord, "schemaTitle">): boolean {
  return /Metrics$/.test(schemaTitle);
}

/** Single numbers as a table, tables and curves as pictures. */
export function metricsView(metadata: JsonObject): Html {
  const shown = classifications(metadata);
  const read = shown.length === 0 ? [] : classificationKeys;
  const single = Object.fromEntries(Object.entries(metadata).filter(([name]) => !read.includes(name)));
  return html`${values("Metrics", single)}${shown.map(classificationView)}`;
}

function classificationView({ slice, confusionMatrix, curve }: Classification): Html {
  return html`<div class="plots">${slice !== null && html`<h4>Slice ${slice}</h4>`}
${confusionMatrix === null ? nothing : confusionMatrixTable(confusionMatrix)}
${curve.length === 0 ? nothing : rocCurve(curve)}</div>`;
}
