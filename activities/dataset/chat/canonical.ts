import type { Recipe } from "../../../pipelines/retrain/recipe.ts";
import { identifier, literal } from "../database.ts";

type Columns = Recipe["columns"];

/** What ShareGPT's `from` is called elsewhere. */
const shareGptRoles = {
  human: "user",
  gpt: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
  model: "assistant",
};

/**
 * A conversation as `messages`, as SQL of type JSON; NULL where it is none. Takes lists of `{role, content}`, ShareGPT's
 * lists of `{from, value}`, or their JSON; or a prompt, with an input below it, and a completion (Alpaca's `instruction`,
 * `input` and `output`). The recipe's system column comes first; its tools are carried by the first message.
 */
export function canonicalMessages(columns: Columns, typeOf: (name: string) => string): string {
  const turns =
    columns.prompt === undefined ? listed(columns.messages ?? "messages", typeOf) : asked(columns, columns.prompt);
  const system =
    columns.system === undefined
      ? turns
      : `CASE WHEN trim(coalesce(CAST(${identifier(columns.system)} AS VARCHAR), '')) = '' THEN ${turns}
           ELSE list_prepend(json_object('role', 'system', 'content', CAST(${identifier(columns.system)} AS VARCHAR)), ${turns}) END`;
  if (columns.tools === undefined) return `to_json(${system})`;
  const tools = json(columns.tools, typeOf);
  return `to_json(list_transform(${system}, (one, place) ->
    CASE WHEN place = 1 AND json_type(${tools}) = 'ARRAY' THEN json_merge_patch(one, json_object('tools', ${tools})) ELSE one END))`;
}

/** A list of JSON: fields without a value are left out. */
function listed(name: string, typeOf: (name: string) => string): string {
  const list = json(name, typeOf);
  const roles = Object.entries(shareGptRoles).map(([from, role]) => `WHEN ${literal(from)} THEN ${literal(role)}`);
  const role = `CASE lower(one ->> '$.from') ${roles.join(" ")} ELSE lower(one ->> '$.from') END`;
  return `CASE WHEN json_type(${list}) = 'ARRAY' THEN list_transform(CAST(${list} AS JSON[]), one ->
    CASE WHEN json_type(one) = 'OBJECT' AND (one ->> '$.role') IS NULL AND (one ->> '$.from') IS NOT NULL
      THEN json_object('role', ${role}, 'content', one -> '$.value')
      WHEN json_type(one) = 'OBJECT' THEN json_merge_patch('{}', one) ELSE one END) END`;
}

function asked({ input, completion = "completion" }: Columns, prompt: string): string {
  const [question, answer] = [prompt, completion].map((name) => `CAST(${identifier(name)} AS VARCHAR)`);
  const about = input === undefined ? "''" : `coalesce(CAST(${identifier(input)} AS VARCHAR), '')`;
  const whole = `CASE WHEN trim(${about}) = '' THEN ${question} ELSE ${question} || chr(10) || chr(10) || ${about} END`;
  return `CASE WHEN ${question} IS NOT NULL THEN
    [json_object('role', 'user', 'content', ${whole}), json_object('role', 'assistant', 'content', ${answer})] END`;
}

function json(name: string, typeOf: (name: string) => string): string {
  const isText = ["VARCHAR", "JSON"].includes(typeOf(name));
  return isText ? `TRY_CAST(${identifier(name)} AS JSON)` : `to_json(${identifier(name)})`;
}
