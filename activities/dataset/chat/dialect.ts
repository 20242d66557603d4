import { Template } from "@huggingface/jinja";

/** Templates that print today's date print this one, which Llama's own take by default: the same pins, the same text. */
const today = new Date(Date.UTC(2024, 6, 26));

/**
 * A template in Python's dialect of Jinja, where the library has its own: the characters that a string's `strip` is given,
 * which it does not look at, a trimmed value that is missing, and the clock. Throws where it cannot be parsed.
 */
export class PythonTemplate {
  readonly #template: Template;

  constructor(source: string) {
    this.#template = new Template(source);
    rewrite(this.#template.parsed);
  }

  render(values: Readonly<Record<string, unknown>>): string {
    return this.#template.render({ ...values, ...functions });
  }
}

/** Under names that no template has. */
const functions = {
  $strip: (text: string, characters: string) => stripped(text, characters, true, true),
  $lstrip: (text: string, characters: string) => stripped(text, characters, true, false),
  $rstrip: (text: string, characters: string) => stripped(text, characters, false, true),
  $trim: (text: string | undefined) => text?.trim() ?? "",
  $strftime_now: (format: string) => formatted(today, format),
};
const stripping = ["strip", "lstrip", "rstrip"];

interface Node {
  type?: string;
  value?: unknown;
  callee?: Node;
  args?: unknown[];
  object?: Node;
  property?: Node;
  filter?: Node;
  operand?: Node;
  [field: string]: unknown;
}

function rewrite(value: unknown): void {
  if (Array.isArray(value)) value.forEach(rewrite);
  if (typeof value !== "object" || value === null) return;
  const node = value as Node;
  const { callee, args } = node;
  const method = callee?.type === "MemberExpression" ? String(callee.property?.value) : "";
  if (node.type === "CallExpression" && args?.length === 1 && stripping.includes(method)) {
    node.args = [callee?.object, ...args];
    node.callee = { type: "Identifier", value: `$${method}` };
  }
  if (node.type === "FilterExpression" && node.filter?.value === "trim") {
    node.type = "CallExpression";
    node.callee = { type: "Identifier", value: "$trim" };
    node.args = [node.operand];
  }
  if (node.type === "Identifier" && node.value === "strftime_now") node.value = "$strftime_now";
  Object.values(node).forEach(rewrite);
}

function stripped(text: string, characters: string, atStart: boolean, atEnd: boolean): string {
  const points = [...text];
  let start = 0;
  let end = points.length;
  if (atStart) while (start < end && characters.includes(points[start] ?? "")) start++;
  if (atEnd) while (end > start && characters.includes(points[end - 1] ?? "")) end--;
  return points.slice(start, end).join("");
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** As Python's `strftime`, in English. */
function formatted(date: Date, format: string): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const month = months[date.getUTCMonth()] ?? "";
  const weekday = weekdays[date.getUTCDay()] ?? "";
  const parts: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    y: two(date.getUTCFullYear() % 100),
    m: two(date.getUTCMonth() + 1),
    B: month,
    b: month.slice(0, 3),
    d: two(date.getUTCDate()),
    A: weekday,
    a: weekday.slice(0, 3),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
  };
  return format.replaceAll(/%([A-Za-z])/g, (whole, letter: string) => parts[letter] ?? whole);
}
