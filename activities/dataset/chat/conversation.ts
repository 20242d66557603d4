/** A message as chat templates know it; what else it has (`tool_calls`, `name`, …) is passed on to the template. */
export interface Message {
  readonly role: string;
  readonly content?: unknown;
  readonly [field: string]: unknown;
}

export interface Conversation {
  readonly messages: readonly Message[];
  /** Functions that may be called, as JSON schemas; null for none. */
  readonly tools: readonly unknown[] | null;
}

const roles = new Set(["system", "developer", "user", "assistant", "tool", "function", "ipython"]);

/** Reads the `messages` of a prepared row: a list, of which a message may carry the conversation's `tools`. */
export function readConversation(json: string): Conversation {
  const list: readonly (Message & { readonly tools?: unknown })[] = JSON.parse(json);
  const tools = list.find((message) => message.tools !== undefined)?.tools;
  const messages = list.map(({ tools: _, ...message }) => withReasoning(withoutNulls(message)));
  return { messages, tools: Array.isArray(tools) && tools.length > 0 ? tools : null };
}

/** Why nothing can be learnt from it; null where something can. */
export function problemOf({ messages }: Conversation): string | null {
  const unknown = messages.find(({ role }) => !roles.has(role));
  if (unknown !== undefined) return `a message has the unknown role ${String(unknown.role).slice(0, 40)}`;
  if (!messages.some(({ role }) => role === "assistant")) return "no message of the assistant";
  if (messages.some((message) => message.role !== "tool" && isEmpty(message))) return "a message has no content";
  return null;
}

function isEmpty({ content, tool_calls: calls, function_call: call }: Message): boolean {
  if (call !== undefined || (Array.isArray(calls) && calls.length > 0)) return false;
  return typeof content === "string" ? content.trim() === "" : !Array.isArray(content) || content.length === 0;
}

function withoutNulls(message: Message): Message {
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null)) as Message;
}

/** Reasoning has several names, and templates read one of them, as transformers has it. */
function withReasoning(message: Message): Message {
  const reasoning = message["reasoning_content"] ?? message["thinking"] ?? message["reasoning"];
  if (reasoning === undefined) return message;
  return { thinking: reasoning, ...message, reasoning_content: reasoning };
}
