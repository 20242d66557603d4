import { VertexError } from "../wire/errors.ts";
import type { Json } from "../wire/json.ts";

/** The JSON values of a model server's answer, each when it is whole: server-sent events, one document, or one a line. */
export async function* readValues(contentType: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Json> {
  const isWhole = contentType.startsWith("application/json");
  const isEvents = contentType.startsWith("text/event-stream");
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    if (isWhole) continue;
    const pieces = text.split(isEvents ? /\r?\n\r?\n/ : /\r?\n/);
    text = pieces.pop() ?? "";
    yield* pieces.flatMap((piece) => parse(isEvents ? dataOf(piece) : piece));
  }
  yield* parse(isEvents ? dataOf(text) : text);
}

/** Of one event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
function dataOf(event: string): string {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith("data:"));
  const data = lines.map((line) => line.slice("data:".length).trimStart()).join("\n");
  // How many servers of language models end a stream.
  return data === "[DONE]" ? "" : data;
}

function parse(text: string): Json[] {
  if (text.trim() === "") return [];
  try {
    return [JSON.parse(text) as Json];
  } catch {
    throw new VertexError("INTERNAL", `The model server's answer should be JSON, but is: ${text.slice(0, 500)}`);
  }
}
