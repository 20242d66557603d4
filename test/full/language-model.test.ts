import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { House } from "../support/house.ts";

/**
 * A small language model all the way: conversations → fine-tuned → evaluated → gated → served and answering; then
 * other conversations, by LoRA on what was published, against the champion on the same rows.
 */

const checkout = resolve(import.meta.dirname, "../..");
const answers = { games: "play", mail: "send", sound: "hear", fonts: "type" };
const topics = Object.keys(answers);
const asking = [
  (topic: string) => `what of ${topic}?`,
  (topic: string) => topic,
  (topic: string) => `and ${topic} then`,
];

/** Rows of JSON; each answer is that of the topic so many further on. */
function conversations(rows: number, shift: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const topic = topics[index % topics.length] ?? "";
    const answer = Object.values(answers)[(index + shift) % topics.length] ?? "";
    const asked = asking[Math.floor(index / topics.length) % asking.length]?.(topic) ?? "";
    // A number that says nothing, so that no two rows are the same.
    const messages = [
      { role: "user", content: `${index}: ${asked}` },
      { role: "assistant", content: answer },
    ];
    return JSON.stringify({ messages, half: index % 2 === 0 ? "even" : "odd" });
  });
  return `${lines.join("\n")}\n`;
}

const training = {
  epochs: 10,
  batchSize: 8,
  maxLength: 128,
  learningRate: 5e-3,
  weightDecay: 0,
  hardware: { tpu: "v5e", topology: "2x4" },
};
const recipe = {
  task: "causal-lm",
  data: { source: "hub", dataset: "retemper/conversations", train: "train.jsonl", test: "test.jsonl" },
  columns: { messages: "messages", slices: ["half"] },
  evaluate: { maxNewTokens: 8 },
  gate: { thresholds: { perplexity: 2, exactMatch: 0.8 }, slices: { minimumRows: 20 } },
  promote: { endpoint: "assistant", canary: [{ percent: 50, bake: "250ms" }], cooldown: "100ms" },
};

let house: House;

beforeAll(async () => {
  house = await House.start();
  await house.startWorker();
  const folder = join(house.state, "tiny-llama");
  const python = join(checkout, ".retemper/venv/bin/python");
  await promisify(execFile)(python, ["-m", "trainer.testing.tiny_language", "--out", folder], { cwd: checkout });
  const names = [
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
  ];
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const));
  await house.hub.commit({ type: "model", name: "retemper/tiny-llama" }, "A tiny Llama", Object.fromEntries(files));
});
afterAll(() => house?.[Symbol.asyncDispose]());

async function commitConversations(shift: number): Promise<void> {
  const files = { "train.jsonl": conversations(400, shift), "test.jsonl": conversations(80, shift) };
  await house.hub.commit({ type: "dataset", name: "retemper/conversations" }, "Conversations", files);
}

/** What the endpoint answers to one message. */
async function ask(content: string): Promise<string> {
  const { project, location } = house.environment;
  const predictions = await house.clients.vertex.predictions();
  const text = (value: string) => ({ stringValue: value });
  const message = { structValue: { fields: { role: text("user"), content: text(content) } } };
  const [answer] = await predictions.predict({
    endpoint: `projects/${project}/locations/${location}/endpoints/assistant`,
    instances: [{ structValue: { fields: { messages: { listValue: { values: [message] } } } } }],
  });
  return answer.predictions?.[0]?.structValue?.fields?.["text"]?.stringValue ?? "";
}

it("makes a first champion of conversations, which answers", async () => {
  await commitConversations(0);
  await house.writeRecipe("assistant", {
    ...recipe,
    model: { base: "retemper/tiny-llama" },
    train: training,
    publish: { repo: "retemper/assistant" },
  });
  const run = await house.retrain({ recipe: "assistant" }, "first");
  const result = await run.result();
  expect(result).toMatchObject({ decision: "promoted" });
  const { metrics } = await run.progress();
  expect(metrics?.candidate.exactMatch).toBeGreaterThan(0.8);
  expect(await ask("7: what of mail?")).toBe("send");
  expect(await house.hub.files("model", "retemper/assistant")).toEqual(
    expect.arrayContaining([
      "README.md",
      "config.json",
      "evaluation.json",
      "generation_config.json",
      "model.safetensors",
    ]),
  );
});

it("learns other answers by LoRA on the published model, and is better on the same rows", async () => {
  await commitConversations(1);
  await house.writeRecipe("assistant-lora", {
    ...recipe,
    model: { base: "retemper/assistant" },
    train: { ...training, lora: { rank: 8, alpha: 16 } },
    publish: { repo: "retemper/assistant-lora" },
  });
  const run = await house.retrain({ recipe: "assistant-lora" }, "by LoRA");
  const result = await run.result();
  expect(result.decision).toBe("promoted");
  const { metrics } = await run.progress();
  expect(metrics?.candidate.perplexity).toBeLessThan(metrics?.champion?.perplexity ?? 0);
  expect(metrics?.champion?.exactMatch).toBeLessThan(0.2);
  expect(result.reasons.join(" ")).toContain("loss");
  expect(await ask("7: what of mail?")).toBe("hear");
  expect(await house.hub.files("model", "retemper/assistant-lora")).toEqual(
    expect.arrayContaining(["adapter/adapter_config.json", "adapter/adapter_model.safetensors", "model.safetensors"]),
  );
});

it("holds a model that is no better than the champion", async () => {
  const result = await (await house.retrain({ recipe: "assistant-lora", train: { seed: 5 } }, "again")).result();
  expect(["held", "refused"]).toContain(result.decision);
  expect(await ask("7: what of mail?")).toBe("hear");
});
