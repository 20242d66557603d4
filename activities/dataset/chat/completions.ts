import type { Conversation, Message } from "./conversation.ts";
import { type ChatTemplate, TemplateRefusal } from "./template.ts";

/** From a code point on, to before another one, as Python counts characters. */
export type Span = readonly [number, number];

export interface Written {
  readonly text: string;
  /** What the assistant says, with the token that ends its turn: what is to be learnt. In order, none empty. */
  readonly completions: readonly Span[];
}

/**
 * Writes a conversation by a chat template. What the assistant says is what the template's `{% generation %}` encloses;
 * in a template without it, what a turn adds to the text before it, behind what asks for an answer. A turn that the
 * template changes once another one follows (as those do that take older reasoning away) is looked for by its content;
 * one that is not found so is not learnt. Throws `TemplateRefusal`.
 */
export function write(template: ChatTemplate, conversation: Conversation): Written {
  const { text, generated } = template.render(conversation);
  const spans = generated ?? spansByTurns(template, conversation, text);
  const trimmed = spans
    .map(([start, end]): Span => [start, start + text.slice(start, end).trimEnd().length])
    .filter(([start, end]) => start < end);
  return { text, completions: inCodePoints(text, trimmed) };
}

function spansByTurns(template: ChatTemplate, conversation: Conversation, text: string): Span[] {
  const spans: Span[] = [];
  for (const [index, { role }] of conversation.messages.entries()) {
    if (role !== "assistant") continue;
    const span =
      spanByPrefix(template, conversation, text, index) ?? spanByContent(template, conversation, text, index);
    if (span !== null && span[0] >= (spans.at(-1)?.[1] ?? 0)) spans.push(span);
  }
  return spans;
}

function spanByPrefix(template: ChatTemplate, conversation: Conversation, text: string, index: number): Span | null {
  const { messages, tools } = conversation;
  const isLast = index === messages.length - 1;
  const upTo = isLast ? text : tried(() => template.render({ messages: messages.slice(0, index + 1), tools }).text);
  if (upTo === null || !text.startsWith(upTo)) return null;
  const before = { messages: messages.slice(0, index), tools };
  const asked = tried(() => template.render(before, { generationPrompt: true }).text);
  if (asked !== null && upTo.startsWith(asked)) return [asked.length, upTo.length];
  // What asks for an answer may begin it in a way that the answer does not: with reasoning, say.
  const unasked = tried(() => template.render(before).text);
  if (asked === null || unasked === null || !asked.startsWith(unasked) || !upTo.startsWith(unasked)) return null;
  return [commonLength(asked, upTo), upTo.length];
}

/** Around a content that is looked for: characters that no text has. */
const before = "\u{fdd2}";
const after = "\u{fdd3}";

function spanByContent(template: ChatTemplate, conversation: Conversation, text: string, index: number): Span | null {
  const { messages, tools } = conversation;
  const message = messages[index];
  if (typeof message?.content !== "string" || message.content.trim() === "") return null;
  const around = messages.with(index, marked(message, message.content));
  const found = tried(() => template.render({ messages: around, tools }).text);
  if (found === null || found.replace(before, "").replace(after, "") !== text) return null;
  const start = found.indexOf(before);
  const end = found.indexOf(after) - before.length;
  if (start < 0 || end <= start) return null;
  // How a turn ends is seen where it is the last one.
  const asLast = tried(() => template.render({ messages: around.slice(0, index + 1), tools }).text) ?? "";
  const ending = asLast.includes(after) ? (asLast.split(after)[1] ?? "").trimEnd() : "";
  return [start, text.startsWith(ending, end) ? end + ending.length : end];
}

function marked(message: Message, content: string): Message {
  const trimmed = content.trim();
  return { ...message, content: content.replace(trimmed, () => `${before}${trimmed}${after}`) };
}

function tried(render: () => string): string | null {
  try {
    return render();
  } catch (error) {
    if (error instanceof TemplateRefusal) return null;
    throw error;
  }
}

function commonLength(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length++;
  return length;
}

/** Of offsets in UTF-16 code units, in ascending order. */
function inCodePoints(text: string, spans: readonly Span[]): Span[] {
  let units = 0;
  let points = 0;
  const pointAt = (unit: number): number => {
    for (; units < unit; points++) units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
    return points;
  };
  return spans.map(([start, end]): Span => [pointAt(start), pointAt(end)]);
}
