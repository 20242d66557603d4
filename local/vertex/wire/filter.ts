import { VertexError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/**
 * List filters (https://google.aip.dev/160): comparisons, `:` (has), AND, OR, NOT and parentheses.
 * As the standard says, OR binds tighter than AND.
 */

export type Comparator = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":";

/** How a field compares: as text with `*` wildcards, as a list that has an element, or as a time in milliseconds. */
export type FilterField<T> =
  | { readonly kind: "text"; readonly of: (item: T) => string | undefined }
  | { readonly kind: "list"; readonly of: (item: T) => readonly string[] }
  | { readonly kind: "time"; readonly of: (item: T) => number | undefined };

export interface FilterFields<T> {
  /** Snake case; camelCase is understood too. */
  readonly fields: Readonly<Record<string, FilterField<T>>>;
  readonly labels: (item: T) => Readonly<Record<string, string>>;
  /** Struct whose fields are named `metadata.KEY.number_value`, `….string_value` or `….bool_value`. */
  readonly metadata?: (item: T) => JsonObject;
  /** `NAME("argument")`. */
  readonly functions?: Readonly<Record<string, (argument: string) => Predicate<T>>>;
}

export type Predicate<T> = (item: T) => boolean;

/** Throws INVALID_ARGUMENT for a filter that doesn't parse or names an unknown field. */
export function parseFilter<T>(text: string, known: FilterFields<T>): Predicate<T> {
  if (text.trim() === "") return () => true;
  const tokens = tokenize(text);
  const parser = { tokens, position: 0, known, text };
  const predicate = parseAnd(parser);
  if (parser.position < tokens.length) throw invalid(text, `unexpected ${tokens[parser.position]?.text}`);
  return predicate;
}

interface Token {
  readonly text: string;
  readonly kind: "word" | "string" | "comparator" | "parenthesis";
}
interface Parser<T> {
  readonly tokens: readonly Token[];
  position: number;
  readonly known: FilterFields<T>;
  readonly text: string;
}

const pattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(!=|<=|>=|[=<>:])|([()])|([^\s()=<>:!"']+(?:"[^"]*"[^\s()=<>:!"']*)?))/y;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const source = text.trimEnd();
  pattern.lastIndex = 0;
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) throw invalid(text, `unexpected ${source.slice(at)}`);
    const [, quoted, comparator, parenthesis, word] = match;
    if (quoted !== undefined) tokens.push({ kind: "string", text: quoted.slice(1, -1).replace(/\\(.)/g, "$1") });
    else if (comparator !== undefined) tokens.push({ kind: "comparator", text: comparator });
    else if (parenthesis !== undefined) tokens.push({ kind: "parenthesis", text: parenthesis });
    else tokens.push({ kind: "word", text: word ?? "" });
  }
  return tokens;
}

function parseAnd<T>(parser: Parser<T>): Predicate<T> {
  const terms = [parseOr(parser)];
  for (
    let next = parser.tokens[parser.position];
    next !== undefined && next.text !== ")";
    next = parser.tokens[parser.position]
  ) {
    if (isKeyword(next, "AND")) parser.position++;
    terms.push(parseOr(parser));
  }
  return (item) => terms.every((term) => term(item));
}

function parseOr<T>(parser: Parser<T>): Predicate<T> {
  const terms = [parseTerm(parser)];
  while (isKeyword(parser.tokens[parser.position], "OR")) {
    parser.position++;
    terms.push(parseTerm(parser));
  }
  return (item) => terms.some((term) => term(item));
}

function parseTerm<T>(parser: Parser<T>): Predicate<T> {
  const token = parser.tokens[parser.position++];
  if (token === undefined) throw invalid(parser.text, "it ends too early");
  if (isKeyword(token, "NOT")) {
    const inner = parseTerm(parser);
    return (item) => !inner(item);
  }
  if (token.text === "(" && token.kind === "parenthesis") {
    const inner = parseAnd(parser);
    if (parser.tokens[parser.position++]?.text !== ")") throw invalid(parser.text, "a parenthesis isn't closed");
    return inner;
  }
  if (token.kind === "word" && parser.tokens[parser.position]?.text === "(") return functionCall(parser, token.text);
  const comparator = parser.tokens[parser.position++];
  const value = parser.tokens[parser.position++];
  if (token.kind !== "word" || comparator?.kind !== "comparator" || value === undefined) {
    throw invalid(parser.text, `after "${token.text}" a comparison should come, such as state="..."`);
  }
  return comparison(parser, token.text, comparator.text as Comparator, value.text);
}

function functionCall<T>(parser: Parser<T>, name: string): Predicate<T> {
  const [, argument, closing] = parser.tokens.slice(parser.position, parser.position + 3);
  parser.position += 3;
  const known = parser.known.functions?.[name];
  if (known === undefined || argument?.kind !== "string" || closing?.text !== ")")
    throw invalid(parser.text, `"${name}(…)" isn't a function with one text`);
  return known(argument.text);
}

function comparison<T>(parser: Parser<T>, name: string, comparator: Comparator, value: string): Predicate<T> {
  const label = /^labels(?:\.(?:"([^"]*)"|(.+)))?$/.exec(name);
  if (label !== null) return labelPredicate(parser, label[1] ?? label[2], comparator, value);
  const metadata = /^metadata\.(?:"([^"]+)"|([^."]+))\.(number|string|bool)_value$/.exec(name);
  if (metadata !== null && parser.known.metadata !== undefined)
    return metadataPredicate(parser, metadata[1] ?? metadata[2] ?? "", metadata[3] ?? "", comparator, value);
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const field = parser.known.fields[snake];
  if (field === undefined) {
    throw invalid(
      parser.text,
      `"${name}" isn't a field; known are ${[...Object.keys(parser.known.fields), "labels"].join(", ")}`,
    );
  }
  if (field.kind === "time") {
    const time = Date.parse(value);
    if (Number.isNaN(time)) throw invalid(parser.text, `"${value}" isn't a time in RFC 3339`);
    if (comparator === ":") throw invalid(parser.text, `":" doesn't apply to ${name}`);
    return (item) => {
      const actual = field.of(item);
      return actual !== undefined && compare(actual, comparator, time);
    };
  }
  const matches = wildcard(value);
  if (field.kind === "list") {
    if (comparator === "=" || comparator === ":") return (item) => field.of(item).some(matches);
    throw invalid(parser.text, `"${comparator}" doesn't apply to ${name}`);
  }
  switch (comparator) {
    case "=":
    case ":":
      return (item) => matches(field.of(item) ?? "");
    case "!=":
      return (item) => !matches(field.of(item) ?? "");
    default:
      throw invalid(parser.text, `"${comparator}" doesn't apply to ${name}`);
  }
}

function metadataPredicate<T>(
  parser: Parser<T>,
  key: string,
  kind: string,
  comparator: Comparator,
  value: string,
): Predicate<T> {
  const { metadata } = parser.known;
  if (comparator === ":") throw invalid(parser.text, '":" doesn\'t apply to metadata');
  if (kind === "number") {
    const number = Number(value);
    if (Number.isNaN(number)) throw invalid(parser.text, `"${value}" isn't a number`);
    return (item) => {
      const actual = metadata?.(item)[key];
      return typeof actual === "number" && compare(actual, comparator, number);
    };
  }
  if (comparator !== "=" && comparator !== "!=")
    throw invalid(parser.text, `"${comparator}" doesn't apply to ${kind}_value`);
  const type = kind === "bool" ? "boolean" : "string";
  return (item) => {
    const actual = metadata?.(item)[key];
    return typeof actual === type && (String(actual) === value) === (comparator === "=");
  };
}

function labelPredicate<T>(
  parser: Parser<T>,
  key: string | undefined,
  comparator: Comparator,
  value: string,
): Predicate<T> {
  const { labels } = parser.known;
  if (key === undefined) {
    if (comparator !== ":") throw invalid(parser.text, "labels without a key takes only `:`");
    return (item) => Object.hasOwn(labels(item), value);
  }
  if (comparator === ":" && value === "*") return (item) => Object.hasOwn(labels(item), key);
  if (comparator === "!=") return (item) => labels(item)[key] !== value;
  if (comparator === "=" || comparator === ":") return (item) => labels(item)[key] === value;
  throw invalid(parser.text, `"${comparator}" doesn't apply to labels`);
}

function compare(a: number, comparator: Exclude<Comparator, ":">, b: number): boolean {
  switch (comparator) {
    case "=":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

function wildcard(value: string): (text: string) => boolean {
  if (!value.includes("*")) return (text) => text === value;
  const expression = value
    .split("*")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  const whole = new RegExp(`^${expression}$`, "s");
  return (text) => whole.test(text);
}

function isKeyword(token: Token | undefined, keyword: string): boolean {
  return token?.kind === "word" && token.text.toUpperCase() === keyword;
}

function invalid(text: string, problem: string): VertexError {
  return new VertexError("INVALID_ARGUMENT", `filter: ${text}: ${problem}.`);
}
