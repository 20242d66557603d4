/**
 * JSON text as Python's `json.dumps` writes it. Where JSON stands inside a text of the spec,
 * this keeps the text equal to the Python SDK's.
 */
export function emitPythonJson(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value).replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }
  if (Array.isArray(value)) return `[${value.map(emitPythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => `${emitPythonJson(key)}: ${emitPythonJson(field)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value);
}
