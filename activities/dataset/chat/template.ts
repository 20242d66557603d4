import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Conversation } from "./conversation.ts";
import { PythonTemplate } from "./dialect.ts";

/** What a template says of a conversation that it does not take. */
export class TemplateRefusal extends Error {
  readonly code = "TemplateRefusal";
}

export interface Rendered {
  readonly text: string;
  /** What `{% generation %}` encloses, in UTF-16 code units; null where the template has no such block. */
  readonly generated: readonly (readonly [number, number])[] | null;
}

/** Characters that no text has (https://www.unicode.org/faq/private_use.html#nonchar4): around what is generated. */
const opening = "\u{fdd0}";
const closing = "\u{fdd1}";
const marks = /[\u{fdd0}\u{fdd1}]/gu;

interface TokenizerConfig {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
  readonly [name: string]: unknown;
}

/**
 * A base model's chat template, rendered as transformers' `apply_chat_template` does.
 * https://huggingface.co/docs/transformers/chat_templating
 */
export class ChatTemplate {
  readonly #template: PythonTemplate;
  readonly #toolTemplate: PythonTemplate;
  readonly #specialTokens: Readonly<Record<string, string>>;
  readonly #hasGeneration: boolean;

  constructor(source: string, specialTokens: Readonly<Record<string, string>> = {}, toolSource = source) {
    this.#template = new PythonTemplate(marked(source));
    this.#toolTemplate = toolSource === source ? this.#template : new PythonTemplate(marked(toolSource));
    this.#specialTokens = specialTokens;
    this.#hasGeneration = generationTag.test(source);
  }

  /** Reads it from the model's folder. Throws `InvalidData` where the model has none, or one that cannot be read. */
  static async read(folder: string): Promise<ChatTemplate> {
    const config = await readJson<TokenizerConfig>(join(folder, "tokenizer_config.json"));
    const map = await readJson<Record<string, unknown>>(join(folder, "special_tokens_map.json"));
    const path = join(folder, "chat_template.jinja");
    const inConfig = config?.chat_template;
    const named = new Map(Array.isArray(inConfig) ? inConfig.map(({ name, template }) => [name, template]) : []);
    const alone = typeof inConfig === "string" ? inConfig : named.get("default");
    const source = existsSync(path) ? await readFile(path, "utf8") : alone;
    const bad = (message: string): UserError =>
      new UserError("InvalidData", "conversations cannot be written as text", [{ path: "model.base", message }]);
    if (source === undefined) throw bad("has no chat template: name a model that was tuned to follow instructions");
    try {
      return new ChatTemplate(source, specialTokens({ ...map, ...config }), named.get("tool_use"));
    } catch (error) {
      throw bad(`has a chat template that cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Throws `TemplateRefusal`. */
  render({ messages, tools }: Conversation, options: { readonly generationPrompt?: boolean } = {}): Rendered {
    const template = tools === null ? this.#template : this.#toolTemplate;
    let text: string;
    try {
      text = template.render({
        ...this.#specialTokens,
        messages,
        tools,
        documents: null,
        add_generation_prompt: options.generationPrompt ?? false,
      });
    } catch (error) {
      throw new TemplateRefusal(error instanceof Error ? error.message : String(error), { cause: error });
    }
    return this.#hasGeneration ? unmarked(text) : { text, generated: null };
  }
}

const generationTag = /\{%[-+]?\s*generation\s*[-+]?%\}/;

/** Puts marks in the place of `{% generation %}` and its end, with the white space that a block's tag takes away. */
function marked(source: string): string {
  return source.replaceAll(
    /(^[ \t]*)?\{%([-+]?)\s*(end)?generation\s*([-+]?)%\}\n?/gm,
    (_, __, before: string, end: string | undefined, after: string) =>
      `{{${before === "-" ? "-" : ""} '${end === undefined ? opening : closing}' ${after === "-" ? "-" : ""}}}`,
  );
}

function unmarked(text: string): Rendered {
  const generated: [number, number][] = [];
  let removed = 0;
  let start = 0;
  for (const { index, 0: mark } of text.matchAll(marks)) {
    if (mark === opening) start = index - removed;
    else generated.push([start, index - removed]);
    removed++;
  }
  return { text: text.replaceAll(marks, ""), generated };
}

/** Names of special tokens that templates may use. */
function specialTokens(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (!name.endsWith("_token")) continue;
    if (typeof value === "string") tokens[name] = value;
    else if (isToken(value)) tokens[name] = value.content;
  }
  return tokens;
}

function isToken(value: unknown): value is { readonly content: string } {
  return typeof value === "object" && value !== null && "content" in value && typeof value.content === "string";
}

async function readJson<Content>(path: string): Promise<Content | null> {
  if (!existsSync(path)) return null;
  const content: Content = JSON.parse(await readFile(path, "utf8"));
  return content;
}
