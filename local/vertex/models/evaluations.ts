import type { Clock } from "../../clock.ts";
import type { Collection, Store } from "../store/store.ts";
import { type FieldViolation, invalidArgument, notFound } from "../wire/errors.ts";
import type { ValueMessage } from "../wire/json.ts";
import { applyReadMask, type ListFields, type ListRequest, listPage } from "../wire/list.ts";
import { idOf, newNumericId, parseName } from "../wire/names.ts";
import type { Methods } from "../wire/server.ts";
import { toTime } from "../wire/time.ts";
import type { Models } from "./models.ts";

/** The parts of ModelEvaluation and ModelEvaluationSlice that are read here; the others are kept and given back. */
export interface EvaluationMessage {
  readonly displayName?: string;
  readonly metricsSchemaUri?: string;
  readonly metrics?: ValueMessage;
  readonly slice?: { readonly dimension?: string; readonly value?: string };
}

export interface EvaluationRecord {
  readonly name: string;
  readonly message: EvaluationMessage;
  readonly createTime: number;
}

const fields: ListFields<EvaluationRecord> = {
  name: ({ name }) => name,
  labels: () => ({}),
  fields: {
    model_evaluation: { kind: "text", of: ({ name }) => idOf(name) },
    display_name: { kind: "text", of: ({ message }) => message.displayName },
    metrics_schema_uri: { kind: "text", of: ({ message }) => message.metricsSchemaUri },
    "slice.dimension": { kind: "text", of: ({ message }) => message.slice?.dimension },
    create_time: { kind: "time", of: ({ createTime }) => createTime },
  },
  orders: { create_time: ({ createTime }) => createTime },
  defaultOrder: "create_time",
};

/** What was imported of evaluations, and of their slices. */
export class Evaluations {
  readonly #evaluations: Collection<EvaluationRecord>;
  readonly #slices: Collection<EvaluationRecord>;
  readonly #annotations: Collection<object>;

  constructor(store: Store) {
    this.#evaluations = store.collection("model-evaluations");
    this.#slices = store.collection("model-evaluation-slices");
    this.#annotations = store.collection("evaluated-annotations");
  }

  get(name: string): EvaluationRecord {
    const found = this.#evaluations.get(name);
    if (found === undefined) throw notFound("ModelEvaluation", name);
    return found;
  }

  getSlice(name: string): EvaluationRecord {
    const found = this.#slices.get(name);
    if (found === undefined) throw notFound("ModelEvaluationSlice", name);
    return found;
  }

  /** @param version `MODEL@VERSION` */
  list(version: string): EvaluationRecord[] {
    return this.#evaluations.list(version);
  }

  /** @param evaluation its name */
  slices(evaluation: string): EvaluationRecord[] {
    return this.#slices.list(evaluation);
  }

  put(version: string, record: EvaluationRecord): void {
    this.#evaluations.put(record.name, version, record);
  }

  addAnnotations(slice: string, annotations: readonly object[]): void {
    for (const annotation of annotations)
      this.#annotations.put(`${slice}/annotations/${newNumericId()}`, slice, annotation);
  }

  putSlice(evaluation: string, record: EvaluationRecord): void {
    this.#slices.put(record.name, evaluation, record);
  }
}

type ListOf = ListRequest & { readonly parent?: string };

/** ModelService's evaluations of a model's version, and their slices; what is imported is given back. */
export function evaluationMethods(
  models: Models,
  evaluations: Evaluations,
  clock: Clock,
): NonNullable<Methods["ModelService"]> {
  const versionOf = (parent: string | undefined) => models.get(parseName(parent, "models"));
  const message = ({ name, message: given, createTime }: EvaluationRecord) => ({
    ...given,
    name,
    createTime: toTime(createTime),
  });
  return {
    ImportModelEvaluation: ({ parent, modelEvaluation }: { parent?: string; modelEvaluation?: EvaluationMessage }) => {
      const { model, versionId } = versionOf(parent);
      check(modelEvaluation, "model_evaluation");
      const name = `${model}/evaluations/${newNumericId()}`;
      const record = { name, message: modelEvaluation ?? {}, createTime: clock.now() };
      evaluations.put(`${model}@${versionId}`, record);
      return message(record);
    },
    GetModelEvaluation: ({ name = "" }: { name?: string }) => message(evaluations.get(name)),
    ListModelEvaluations: (request: ListOf) => {
      const { model, versionId } = versionOf(request.parent);
      const { items, nextPageToken } = listPage(evaluations.list(`${model}@${versionId}`), request, fields);
      return { modelEvaluations: items.map((item) => applyReadMask(message(item), request.readMask)), nextPageToken };
    },
    BatchImportModelEvaluationSlices: (request: { parent?: string; modelEvaluationSlices?: EvaluationMessage[] }) => {
      const { name: parent } = evaluations.get(request.parent ?? "");
      const given = request.modelEvaluationSlices ?? [];
      for (const [index, slice] of given.entries()) check(slice, `model_evaluation_slices[${index}]`);
      const names = given.map((slice) => {
        const name = `${parent}/slices/${newNumericId()}`;
        evaluations.putSlice(parent, { name, message: slice, createTime: clock.now() });
        return name;
      });
      return { importedModelEvaluationSlices: names };
    },
    /** The API gives no way to read them again; Vertex's own page shows them. */
    BatchImportEvaluatedAnnotations: (request: { parent?: string; evaluatedAnnotations?: readonly object[] }) => {
      const { name } = evaluations.getSlice(request.parent ?? "");
      const given = request.evaluatedAnnotations ?? [];
      if (given.length === 0)
        throw invalidArgument([{ field: "evaluated_annotations", description: "at least one is required" }]);
      evaluations.addAnnotations(name, given);
      return { importedEvaluatedAnnotationsCount: given.length };
    },
    GetModelEvaluationSlice: ({ name = "" }: { name?: string }) => message(evaluations.getSlice(name)),
    ListModelEvaluationSlices: (request: ListOf) => {
      const { name } = evaluations.get(request.parent ?? "");
      const { items, nextPageToken } = listPage(evaluations.slices(name), request, fields);
      return {
        modelEvaluationSlices: items.map((item) => applyReadMask(message(item), request.readMask)),
        nextPageToken,
      };
    },
  };
}

function check(given: EvaluationMessage | undefined, at: string): void {
  const violations: FieldViolation[] = [];
  if (given?.metrics === undefined) violations.push({ field: `${at}.metrics`, description: "is required" });
  if (!given?.metricsSchemaUri) violations.push({ field: `${at}.metrics_schema_uri`, description: "is required" });
  if (violations.length > 0) throw invalidArgument(violations);
}
