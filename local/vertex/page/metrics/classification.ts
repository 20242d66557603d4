import { isArray, isObject, type Json, type JsonObject } from "../../wire/json.ts";

/** What system.ClassificationMetrics, or a google.* one like it, says beside its single numbers. */
export interface Classification {
  /** Which rows of the data it is about; null for all. */
  readonly slice: string | null;
  readonly confusionMatrix: ConfusionMatrix | null;
  readonly curve: readonly CurvePoint[];
}

export interface ConfusionMatrix {
  readonly classes: readonly string[];
  /** Rows are true classes, columns predicted ones. */
  readonly counts: readonly (readonly number[])[];
}

/** A point of the ROC curve. */
export interface CurvePoint {
  readonly threshold: number;
  readonly recall: number;
  readonly falsePositiveRate: number;
}

/**
 * The tables and curves in an artifact's metadata, as the SDK's `ClassificationMetrics` and
 * `SlicedClassificationMetrics` write them
 * (https://github.com/kubeflow/pipelines/blob/master/sdk/python/kfp/dsl/types/artifact_types.py). What has another form
 * is left to be shown as it is.
 */
export function classifications(metadata: JsonObject): readonly Classification[] {
  const { evaluationSlices } = metadata;
  if (evaluationSlices !== undefined && isArray(evaluationSlices)) {
    return evaluationSlices.flatMap((entry) => {
      if (!isObject(entry)) return [];
      const { slice, sliceClassificationMetrics: metrics } = entry;
      return isObject(metrics) ? read(metrics, typeof slice === "string" ? slice : JSON.stringify(slice)) : [];
    });
  }
  return read(metadata, null);
}

/** The entries of the metadata that {@link classifications} reads. */
export const classificationKeys = ["confusionMatrix", "confidenceMetrics", "evaluationSlices"];

function read(metadata: JsonObject, slice: string | null): readonly Classification[] {
  const confusionMatrix = readMatrix(metadata["confusionMatrix"]);
  const curve = readCurve(metadata["confidenceMetrics"]);
  return confusionMatrix === null && curve.length === 0 ? [] : [{ slice, confusionMatrix, curve }];
}

function readMatrix(json: Json | undefined): ConfusionMatrix | null {
  if (!isObject(json)) return null;
  const { annotationSpecs = [], rows = [] } = json;
  if (!isArray(annotationSpecs) || !isArray(rows)) return null;
  const classes = annotationSpecs.map((spec) =>
    isObject(spec) ? String(spec["displayName"] ?? spec["id"] ?? "") : "",
  );
  const counts = rows.map(readRow);
  const square = counts.length === classes.length && counts.every((row) => row.length === classes.length);
  return square && classes.length > 0 ? { classes, counts } : null;
}

/** `{"row": […]}` from the SDK, a bare list in an evaluation of Vertex's own. */
function readRow(json: Json): readonly number[] {
  const row = isObject(json) ? (json["row"] ?? []) : json;
  return isArray(row) ? row.map(Number) : [];
}

function readCurve(json: Json | undefined): readonly CurvePoint[] {
  if (json === undefined || !isArray(json)) return [];
  return json
    .filter(isObject)
    .map((point) => ({
      threshold: numberOf(point["confidenceThreshold"]),
      recall: numberOf(point["recall"]),
      falsePositiveRate: numberOf(point["falsePositiveRate"]),
    }))
    .filter(({ recall, falsePositiveRate }) => !Number.isNaN(recall) && !Number.isNaN(falsePositiveRate))
    .sort((a, b) => a.falsePositiveRate - b.falsePositiveRate || a.recall - b.recall);
}

/** JSON has no infinity, which the first threshold of a curve is: the SDK writes it as a text. */
function numberOf(json: Json | undefined): number {
  return typeof json === "number" || typeof json === "string" ? Number(json) : json === null ? Infinity : Number.NaN;
}

/** Area under the ROC curve, by trapezoids between its ends at (0, 0) and (1, 1). */
export function areaUnder(curve: readonly CurvePoint[]): number {
  const points = [{ recall: 0, falsePositiveRate: 0 }, ...curve, { recall: 1, falsePositiveRate: 1 }];
  let area = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) continue;
    area += ((point.falsePositiveRate - before.falsePositiveRate) * (point.recall + before.recall)) / 2;
  }
  return area;
}
