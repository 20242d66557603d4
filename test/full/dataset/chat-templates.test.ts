import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { write } from "../../../activities/dataset/chat/completions.ts";
import { readConversation } from "../../../activities/dataset/chat/conversation.ts";
import { ChatTemplate } from "../../../activities/dataset/chat/template.ts";

/**
 * Conversations by chat templates of the features that the families' have, beside transformers itself.
 * https://huggingface.co/docs/transformers/chat_templating
 */

const folder = join(import.meta.dirname, "chat-templates");
const python = join(import.meta.dirname, "../../../.retemper/venv-full/bin/python");
const tokens = { bos_token: "<s>", eos_token: "</s>" };
const templates = readdirSync(folder).filter((name) => name.endsWith(".jinja"));

interface Message {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: readonly unknown[];
  readonly reasoning?: string;
}

const content = fc.oneof(
  fc.constantFrom(
    "Hi",
    "  spaced \n",
    "日本語の文",
    "🙂 emoji 🙃",
    "<b>&amp;\"'\\",
    "{{ not a tag }}",
    "a\n\nb",
    "</think>",
    "<think>\nx\n</think>\n\ny",
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
);
const turns = fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 3 });
const plain = fc.tuple(fc.option(content), turns).map(([system, pairs]): Message[] => [
  ...(system === null ? [] : [{ role: "system", content: system }]),
  ...pairs.flatMap(([user, assistant]) => [
    { role: "user", content: user },
    { role: "assistant", content: assistant },
  ]),
]);
const call = {
  type: "function",
  function: { name: "weather", arguments: { city: "Zürich", days: 2, now: true, more: null } },
};
const tools = [
  {
    type: "function",
    function: { name: "weather", description: "Of a <city>", parameters: { type: "object", properties: {} } },
  },
];
const calling = fc.tuple(content, content, content).map(([user, result, answer]): Message[] => [
  { role: "user", content: user },
  { role: "assistant", content: null, tool_calls: [call] },
  { role: "tool", content: result },
  { role: "assistant", content: answer, reasoning: "because" },
]);
const conversations = [
  ...fc.sample(plain, { numRuns: 150, seed: 1 }).map((messages) => ({ messages, tools: null })),
  ...fc.sample(calling, { numRuns: 50, seed: 2 }).map((messages) => ({ messages, tools })),
  {
    messages: [
      { role: "user", content: "a" },
      { role: "user", content: "b" },
      { role: "assistant", content: "c" },
    ],
    tools: null,
  },
];

interface Reference {
  readonly text?: string;
  readonly generated?: readonly (readonly [number, number])[] | null;
  readonly refusal?: string;
}

describe.skipIf(!existsSync(python)).each(templates)("%s", (name) => {
  const source = readFileSync(join(folder, name), "utf8");
  const template = new ChatTemplate(source, tokens);
  const cases = conversations.map(({ messages, tools: known }) => {
    const { messages: read } = readConversation(JSON.stringify(messages));
    return { template: source, tokens, messages: read, tools: known };
  });

  test("is what transformers makes of it", () => {
    const output = execFileSync(python, [join(folder, "peer.py")], {
      input: JSON.stringify(cases),
      maxBuffer: 1 << 28,
      encoding: "utf8",
    });
    const references: readonly Reference[] = JSON.parse(output);
    let texts = 0;
    for (const [index, { messages, tools: known }] of cases.entries()) {
      const reference = references[index];
      if (reference?.refusal !== undefined) {
        // Where a content is missing, it may be missed before the roles are looked at.
        const said = messages.every(({ content }) => content !== undefined) ? reference.refusal : "";
        expect(() => template.render({ messages, tools: known })).toThrow(said);
        continue;
      }
      texts++;
      const { text } = template.render({ messages, tools: known });
      expect(text).toBe(reference?.text);
      const { completions } = write(template, { messages, tools: known });
      const points = [...text];
      if (reference?.generated != null) {
        const trimmed = reference.generated.map(([start, end]) => points.slice(start, end).join("").trimEnd());
        expect(completions.map(([start, end]) => points.slice(start, end).join(""))).toEqual(
          trimmed.filter((one) => one !== ""),
        );
      }
      expectCompletions(name, messages as readonly Message[], points, completions);
    }
    expect(texts).toBeGreaterThan(20);
  }, 120_000);
});

/** Every completion has what the assistant says and how its turn ends, and nothing of what others say. */
function expectCompletions(
  name: string,
  messages: readonly Message[],
  points: readonly string[],
  completions: readonly (readonly [number, number])[],
): void {
  const said = completions.map(([start, end]) => points.slice(start, end).join(""));
  const answers = messages.filter(({ role }) => role === "assistant");
  // Older reasoning is taken away: such turns may not be found.
  if (name !== "thinking.jinja") expect(said).toHaveLength(answers.length);
  const last = answers.at(-1)?.content?.split("</think>").at(-1)?.trim() ?? "";
  expect(said.at(-1)).toContain(last);
  for (const text of said)
    expect(text).not.toMatch(/<\|im_start\|>|start_header_id|\[INST\]|<start_of_turn>|<\|user\|>/);
  for (const text of said) expect(text).toMatch(/(<\|im_end\|>|<\|eot_id\|>|<\/s>|<end_of_turn>)$/);
}
