/** A number as Python writes it: with an exponent sooner than JavaScript. A double that is whole has `.0`. */
export function pythonNumber(value: number, type: "int" | "double"): string {
  if (type === "int" || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

export interface PythonJsonOptions {
  readonly sortKeys?: boolean;
  /** Whether whole numbers are doubles, too. */
  readonly doubles?: boolean;
}

/**
 * JSON text as Python's `json.dumps` writes it. Where JSON stands inside a text of the spec,
 * this keeps the text equal to the Python SDK's.
 */
export function emitPythonJson(value: unknown, options: PythonJsonOptions = {}): string {
  if (typeof value === "string") {
    return JSON.stringify(value).replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }
  if (Array.isArray(value)) return `[${value.map((each) => emitPythonJson(each, options)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const keys = options.sortKeys ? Object.keys(value).sort() : Object.keys(value);
    const record = value as Readonly<Record<string, unknown>>;
    const fields = keys.map((key) => `${emitPythonJson(key)}: ${emitPythonJson(record[key], options)}`);
    return `{${fields.join(", ")}}`;
  }
  if (typeof value === "number") {
    return pythonNumber(value, Number.isInteger(value) && options.doubles !== true ? "int" : "double");
  }
  return JSON.stringify(value);
}
