import { VertexError } from "../wire/errors.ts";
import { isArray, isObject, type Json, mapValues } from "../wire/json.ts";

/** google.cloud.aiplatform.v1.Tensor. */
export interface TensorMessage {
  readonly dtype?: string;
  readonly shape?: readonly string[];
  readonly boolVal?: readonly boolean[];
  readonly stringVal?: readonly string[];
  readonly bytesVal?: readonly Uint8Array[];
  readonly floatVal?: readonly number[];
  readonly doubleVal?: readonly number[];
  readonly intVal?: readonly number[];
  readonly int64Val?: readonly string[];
  readonly uintVal?: readonly number[];
  readonly uint64Val?: readonly string[];
  readonly listVal?: readonly TensorMessage[];
  readonly structVal?: Readonly<Record<string, TensorMessage>>;
  readonly tensorVal?: Uint8Array;
}

/**
 * The value that a tensor stands for, as Google's SDK reads one (google/cloud/aiplatform/_streaming_prediction.py): one
 * element without a shape is a scalar. Bytes are `{"b64": …}`, as in an instance. Throws INVALID_ARGUMENT.
 */
export function fromTensor(tensor: TensorMessage): Json {
  if (tensor.listVal?.length) return tensor.listVal.map(fromTensor);
  if (tensor.structVal !== undefined && Object.keys(tensor.structVal).length > 0)
    return mapValues(tensor.structVal, fromTensor);
  if (tensor.tensorVal?.length)
    throw new VertexError("INVALID_ARGUMENT", "tensor_val: a serialized tensor can't be read; give typed values.");
  const values = elements(tensor);
  const shape = (tensor.shape ?? []).map(Number);
  if (shape.length === 0) return values.length === 1 ? (values[0] ?? null) : values.length === 0 ? null : values;
  if (shape.reduce((product, size) => product * size, 1) !== values.length)
    throw new VertexError("INVALID_ARGUMENT", `shape: [${shape.join(", ")}] isn't that of ${values.length} values.`);
  return reshape(values, shape);
}

function elements(tensor: TensorMessage): readonly Json[] {
  const bytes = tensor.bytesVal?.map((value) => ({ b64: Buffer.from(value).toString("base64") }));
  const wide = [tensor.int64Val, tensor.uint64Val].map((list) => list?.map(Number));
  const lists: readonly (readonly Json[] | undefined)[] = [
    ...[tensor.boolVal, tensor.stringVal, bytes, tensor.floatVal, tensor.doubleVal, tensor.intVal, tensor.uintVal],
    ...wide,
  ];
  return lists.find((list) => list !== undefined && list.length > 0) ?? [];
}

function reshape(values: readonly Json[], [size = 0, ...rest]: readonly number[]): Json {
  if (rest.length === 0) return values;
  const each = values.length / size;
  return Array.from({ length: size }, (_, index) => reshape(values.slice(index * each, (index + 1) * each), rest));
}

/** Without a `dtype`, because Google's SDK takes the first field that is set for the value. */
export function toTensor(json: Json): TensorMessage {
  if (json === null) return {};
  if (typeof json === "boolean") return { boolVal: [json] };
  if (typeof json === "string") return { stringVal: [json] };
  if (typeof json === "number") {
    if (!Number.isSafeInteger(json)) return { doubleVal: [json] };
    return json === (json | 0) ? { intVal: [json] } : { int64Val: [String(json)] };
  }
  if (isArray(json)) return { listVal: json.map(toTensor) };
  return isObject(json) ? { structVal: mapValues(json, toTensor) } : {};
}
