import { LIST, listValue, VARCHAR } from "@duckdb/node-api";
import { literal } from "../database.ts";
import type { Pass, Phase } from "../engine/phase.ts";
import { passing } from "../near-duplicates/find.ts";
import { write } from "./completions.ts";
import { problemOf, readConversation } from "./conversation.ts";
import { ChatTemplate, TemplateRefusal } from "./template.ts";

const mostOfARefusal = 120;
/** Which mark places in texts while these are written. */
const noncharacters = /[\u{fdd0}-\u{fdef}]/u;

/**
 * A bucket's conversations by the base model's chat template: `columns.parquet` with their texts and completions (JSON,
 * `[[start, end), …]` in code points), `drops.parquet` with those that cannot be learnt from.
 */
const render: Phase = {
  name: "chat.render",
  title: "writing the conversations as text",
  pieces: ({ buckets }) => buckets,
  async run(work, bucket) {
    const folder = work.plan.passes.baseModel;
    if (folder === undefined) throw new Error("conversations without a base model");
    const template = await ChatTemplate.read(folder);
    using database = await work.database();
    database.define("chat", LIST(VARCHAR), (messages) => listValue(written(template, messages)));
    await database.run(`CREATE TABLE chats AS SELECT id, messages, chat(messages) AS chat FROM ${work.rows(bucket)}`);
    await database.run(`
      COPY (SELECT id, coalesce(chat[1], messages) AS text, coalesce(chat[2], '[]') AS completions FROM chats ORDER BY id)
      TO ${literal(work.target("columns.parquet"))} ${passing}`);
    await database.run(`
      COPY (SELECT id, chat[3] AS reason FROM chats WHERE chat[3] IS NOT NULL ORDER BY id)
      TO ${literal(work.target("drops.parquet"))} ${passing}`);
    return null;
  },
};

/** Text, completions and NULL; or twice NULL, and why it cannot be learnt from. */
function written(template: ChatTemplate, json: string): (string | null)[] {
  if (noncharacters.test(json)) return [null, null, "a message has code points that are no characters"];
  const conversation = readConversation(json);
  const problem = problemOf(conversation);
  if (problem !== null) return [null, null, problem];
  try {
    const { text, completions } = write(template, conversation);
    if (completions.length === 0) return [null, null, "the chat template leaves out what the assistant says"];
    return [text, JSON.stringify(completions), null];
  } catch (error) {
    if (!(error instanceof TemplateRefusal)) throw error;
    return [null, null, `the chat template refuses it: ${error.message.slice(0, mostOfARefusal)}`];
  }
}

/** Conversations become what a language model reads. */
export const chat: Pass = {
  name: "chat",
  at: "rows",
  phases: [render],
  adds: ["text", "completions"],
  drops: true,
  statistics: async () => ({}),
};
