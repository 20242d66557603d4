/**
 * The conformance suite is data: calls of the API and what they should answer, each with the document that says so. It
 * knows nothing of the server, so that it can be asked of local Vertex and of the real one, by any client. Requests and
 * answers are in protobuf's JSON form.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface Case {
  readonly name: string;
  /** Address of the document from which what is asserted comes. */
  readonly document: string;
  /** What asking the real Vertex costs, in US dollars; null where the case isn't cheap, and only local. */
  readonly price: number | null;
  readonly steps: readonly Step[];
  /** Run whatever came before, and whatever they answer. */
  readonly cleanUp?: readonly Step[];
}

export interface Step {
  /** `Service.Method`. */
  readonly call: string;
  /** How REST calls it: verb, path with the request's fields in braces, and the field that is the body (`*` for all). */
  readonly rest: readonly [verb: string, path: string, body?: string];
  /** A text's `<<NAME>>` stands for a value that an earlier step saved. */
  readonly request: JsonObject;
  /** The answer is a long-running operation: it is waited for, and its response is what is expected. */
  readonly operation?: true;
  /** The answer is a stream: `{"messages": […]}` is what is expected. */
  readonly stream?: true;
  /** The call is repeated until the field has one of these values. */
  readonly until?: { readonly field: string; readonly is: readonly string[] };
  /** A part of the answer. `{"$matches": "…"}` is a regular expression, `{"$absent": true}` nothing or a default. */
  readonly expect?: JsonObject;
  /** The google.rpc.Code with which it is refused. */
  readonly error?: string;
  /** Fields of the answer to keep, by the name they get. */
  readonly save?: Readonly<Record<string, string>>;
}

/** What a call came to: its answer, or the google.rpc.Code of its refusal. */
export type Outcome = { readonly answer: JsonObject } | { readonly error: string; readonly message: string };

/** A client of the API. */
export interface Transport {
  readonly name: string;
  call(step: Step, request: JsonObject): Promise<Outcome>;
  close(): Promise<void>;
}

/** Replaces every `<<NAME>>`. */
export function fill<T extends Json>(json: T, values: ReadonlyMap<string, string>): T {
  const text = JSON.stringify(json).replace(/<<(\w+)>>/g, (_whole, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`no step saved "${name}"`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(text) as T;
}

/** Where the answer isn't as expected: one line each. */
export function differences(expected: Json, actual: Json | undefined, at = "answer"): string[] {
  const unequal = () => [`${at}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return unequal();
    return expected.flatMap((item: Json, index) => differences(item, (actual as Json[])[index], `${at}[${index}]`));
  }
  if (typeof expected !== "object" || expected === null) return expected === actual ? [] : unequal();
  const matcher = expected as JsonObject;
  if (typeof matcher["$matches"] === "string")
    return typeof actual === "string" && new RegExp(matcher["$matches"]).test(actual) ? [] : unequal();
  if (matcher["$absent"] === true)
    return [undefined, null, "", 0, "0", false].includes(actual as null) ||
      JSON.stringify(actual) === "[]" ||
      JSON.stringify(actual) === "{}"
      ? []
      : unequal();
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) return unequal();
  return Object.entries(matcher).flatMap(([key, value]) =>
    differences(value, (actual as JsonObject)[key], `${at}.${key}`),
  );
}

export function fieldAt(json: JsonObject, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((inner, key) => (inner as JsonObject | undefined)?.[key], json);
}
