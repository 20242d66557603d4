import { setTimeout as wait } from "node:timers/promises";
import { fieldAt, type Json, type JsonObject, type Outcome, type Step, type Transport } from "./case.ts";

/** REST by `fetch`: what `curl` does. `headers` carry a token, where there is one. */
export function restTransport(
  base: string,
  headers: () => Promise<Readonly<Record<string, string>>>,
  version: "v1" | "v1beta1" = "v1",
): Transport {
  async function send(verb: string, path: string, body?: Json): Promise<Outcome> {
    const response = await fetch(`${base}${path.replace(/^\/v1\//, `/${version}/`)}`, {
      method: verb,
      headers: { ...(await headers()), "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = (text === "" ? {} : JSON.parse(text)) as JsonObject;
    const failure = (Array.isArray(answer) ? answer[0] : answer) as JsonObject;
    const error = failure?.["error"] as { status?: string; message?: string } | undefined;
    if (response.ok || error === undefined) return { answer };
    return { error: error.status ?? String(response.status), message: error.message ?? "" };
  }

  return {
    name: version === "v1" ? "REST" : `REST ${version}`,
    async call(step, request) {
      const { path, body } = urlOf(step, request);
      const first = await send(step.rest[0], path, body);
      // A stream is one array of its messages.
      if (step.stream !== undefined && "answer" in first) return { answer: { messages: first.answer as never } };
      if (step.operation === undefined || "error" in first) return first;
      for (let operation = first.answer; ; ) {
        if (operation["done"] === true) return operationOutcome(operation);
        await wait(50);
        const next = await send("GET", `/v1/${String(operation["name"])}`);
        if ("error" in next) return next;
        operation = next.answer;
      }
    },
    close: async () => undefined,
  };
}

/** The request's fields, where the path, the body and the query have them. */
function urlOf({ rest: [, template, bodyField] }: Step, request: JsonObject): { path: string; body?: Json } {
  const used = new Set<string>();
  const path = template.replace(/\{([\w.]+)\}/g, (_whole, field: string) => {
    used.add(field.split(".")[0] ?? "");
    return String(fieldAt(request, field));
  });
  if (bodyField === "*") return { path, body: request };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request)) {
    if (key === bodyField || (used.has(key) && typeof value !== "object")) continue;
    for (const one of [value].flat()) query.append(key, String(one));
  }
  const url = `${path}${query.size > 0 ? `?${query}` : ""}`;
  const body = bodyField === undefined ? undefined : request[bodyField];
  return { path: url, ...(body !== undefined && { body }) };
}

const codes = ["OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"];

function operationOutcome(operation: JsonObject): Outcome {
  const error = operation["error"] as { code?: number; message?: string } | undefined;
  if (error === undefined) return { answer: (operation["response"] ?? {}) as JsonObject };
  return {
    error: codes[error.code ?? 2] ?? (error.code === 9 ? "FAILED_PRECONDITION" : String(error.code)),
    message: error.message ?? "",
  };
}
