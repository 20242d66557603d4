import { existsSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "tokenizers";

/** Counts tokens as the base model does; natively, and several texts at a time. */
export class TokenCounter {
  readonly #tokenizer: Tokenizer;
  readonly #addSpecialTokens: boolean;

  private constructor(tokenizer: Tokenizer, addSpecialTokens: boolean) {
    this.#tokenizer = tokenizer;
    this.#addSpecialTokens = addSpecialTokens;
  }

  /** Null where the model has no `tokenizer.json`. Texts by a chat template have their special tokens already. */
  static read(folder: string, options: { readonly addSpecialTokens: boolean }): TokenCounter | null {
    const path = join(folder, "tokenizer.json");
    if (!existsSync(path)) return null;
    const tokenizer = Tokenizer.fromFile(path);
    tokenizer.disableTruncation();
    tokenizer.disablePadding();
    return new TokenCounter(tokenizer, options.addSpecialTokens);
  }

  async count(texts: readonly string[]): Promise<number[]> {
    const encodings = await this.#tokenizer.encodeBatch([...texts], { addSpecialTokens: this.#addSpecialTokens });
    return encodings.map((encoding) => encoding.getLength());
  }
}
