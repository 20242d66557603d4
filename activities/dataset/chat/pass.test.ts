import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failureOf, type Prepared, plannedRecipe, prepare, type Row, source, writeRows } from "../testing.ts";

const chatml =
  "{% for message in messages %}{% if message.role == 'system' and not loop.first %}{{ raise_exception('system comes first') }}{% endif %}" +
  "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const said = (user: string, assistant: string): Row[] => [
  { role: "user", content: user },
  { role: "assistant", content: assistant },
];

function prepared(
  rows: readonly Row[],
  changes: Record<string, unknown> = {},
  model: Record<string, string> = { "tokenizer_config.json": JSON.stringify({ chat_template: chatml }) },
): Promise<Prepared> {
  return prepare(async (folder) => {
    const baseModel = join(folder, "model");
    await mkdir(baseModel);
    for (const [name, content] of Object.entries(model)) await writeFile(join(baseModel, name), content);
    const filler = Array.from({ length: 40 }, (_, index): Row => ({ messages: said(`question ${index}`, "yes") }));
    const file = await writeRows(folder, "rows.jsonl", changes["columns"] === undefined ? [...rows, ...filler] : rows);
    return {
      recipe: plannedRecipe({ task: "causal-lm", schema: { maximumBadRows: 0.9 }, ...changes }),
      sources: [source([file])],
      passes: { baseModel },
    };
  });
}

/** What is to be learnt of the row in which somebody says that. */
function learnt({ rows }: Prepared, part: string): string[] {
  const row = rows.find(({ messages }) => String(messages).includes(part));
  const points = [...String(row?.["text"])];
  const spans: [number, number][] = JSON.parse(String(row?.["completions"]));
  return spans.map(([start, end]) => points.slice(start, end).join(""));
}

describe("chat", () => {
  test("writes conversations by the model's template, with what is to be learnt in code points", async () => {
    const messages = [{ role: "system", content: "Be 🙂." }, ...said("🙃 one?", "first 🙂"), ...said("two?", "second")];
    const result = await prepared([{ messages }]);
    const row = result.rows.find(({ messages: json }) => String(json).includes("🙃"));
    expect(row?.["text"]).toBe(
      "<|im_start|>system\nBe 🙂.<|im_end|>\n<|im_start|>user\n🙃 one?<|im_end|>\n<|im_start|>assistant\nfirst 🙂<|im_end|>\n" +
        "<|im_start|>user\ntwo?<|im_end|>\n<|im_start|>assistant\nsecond<|im_end|>\n",
    );
    expect(learnt(result, "🙃")).toEqual(["first 🙂<|im_end|>", "second<|im_end|>"]);
    expect(result.rows).toHaveLength(41);
  });

  test("learns what the template's generation blocks enclose", async () => {
    const template =
      "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}\n{{ m.content }}{{ eos_token }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}";
    const model = {
      "chat_template.jinja": template,
      "tokenizer_config.json": JSON.stringify({ eos_token: { content: "</s>" }, chat_template: chatml }),
    };
    const result = await prepared([{ messages: said("what?", "that") }], {}, model);
    expect(result.rows.find(({ messages }) => String(messages).includes("what?"))?.["text"]).toBe(
      "[user]what?[assistant]that</s>",
    );
    expect(learnt(result, "what?")).toEqual(["that</s>"]);
  });

  test("keeps aside what cannot be learnt from, and says why", async () => {
    const result = await prepared([
      { messages: [{ role: "narrator", content: "once" }, ...said("a", "b")] },
      { messages: [...said("empty", "  ")] },
      { messages: [...said("late", "yes"), { role: "system", content: "late" }] },
      { messages: [{ role: "user", content: "nobody answers" }] },
    ]);
    expect(result.rejected.map(({ reason }) => reason).sort()).toEqual([
      "a message has no content",
      "a message has the unknown role narrator",
      "nothing is answered: no message of the assistant",
      "the chat template refuses it: system comes first",
    ]);
    expect(result.rows).toHaveLength(40);
  });

  test("takes ShareGPT's conversations", async () => {
    const conversations = [
      { from: "system", value: "S" },
      { from: "human", value: "H" },
      { from: "gpt", value: "G" },
    ];
    const rows = Array.from(
      { length: 40 },
      (_, index): Row => ({
        talk:
          index === 0
            ? conversations
            : [
                { from: "human", value: `${index}` },
                { from: "gpt", value: "ok" },
              ],
      }),
    );
    const result = await prepared(rows, { columns: { messages: "talk" } });
    expect(result.rows.find(({ text }) => String(text).includes("\nH<"))?.["text"]).toBe(
      "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nH<|im_end|>\n<|im_start|>assistant\nG<|im_end|>\n",
    );
    expect(result.rejected).toEqual([]);
  });

  test("takes instructions with inputs, system messages and tools", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, index): Row => ({
        instruction: `Do ${index}`,
        input: index === 7 ? "with this" : "",
        output: "done",
        sys: "Short.",
        tools: '[{"name":"f"}]',
      }),
    );
    const columns = { prompt: "instruction", input: "input", completion: "output", system: "sys", tools: "tools" };
    const template = `{{ tools | length }}${chatml}`;
    const result = await prepared(rows, { columns }, { "chat_template.jinja": template });
    expect(result.rows.find(({ text }) => String(text).includes("with this"))?.["text"]).toBe(
      "1<|im_start|>system\nShort.<|im_end|>\n<|im_start|>user\nDo 7\n\nwith this<|im_end|>\n<|im_start|>assistant\ndone<|im_end|>\n",
    );
    expect(learnt(result, "with this")).toEqual(["done<|im_end|>"]);
  });

  test("needs a model that has a template", async () => {
    const failure = await failureOf(prepared([], {}, { "tokenizer_config.json": "{}" }));
    expect(failure.code).toBe("InvalidData");
    expect(failure.problems?.map(({ path }) => path)).toEqual(["model.base"]);
  });
});
