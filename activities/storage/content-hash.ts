import { createHash, type Hash } from "node:crypto";
import { CorruptedTransfer } from "../errors.ts";

/** What a content should be. */
export interface ExpectedContent {
  /** For messages. */
  readonly name: string;
  readonly bytes: number;
  /** sha256 of the content, or git's blob id (sha1); undefined where nobody knows it. */
  readonly oid: string | undefined;
}

/** Hash of a content that comes piece by piece. */
export class ContentHash {
  readonly #expected: ExpectedContent;
  readonly #hash: Hash | null;
  #bytes = 0;

  constructor(expected: ExpectedContent) {
    this.#expected = expected;
    const { oid, bytes } = expected;
    this.#hash = oid === undefined ? null : createHash(oid.length === 64 ? "sha256" : "sha1");
    // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
    if (oid?.length === 40) this.#hash?.update(`blob ${bytes}\0`);
  }

  update(piece: Buffer): void {
    this.#bytes += piece.length;
    this.#hash?.update(piece);
  }

  /** Throws `CorruptedTransfer` unless all of the content came, and nothing else. */
  check(): void {
    const { name, bytes, oid } = this.#expected;
    if (this.#bytes !== bytes) throw new CorruptedTransfer(`${name} has ${this.#bytes} bytes instead of ${bytes}`);
    const found = this.#hash?.digest("hex");
    if (found !== oid) throw new CorruptedTransfer(`${name} has the hash ${found} instead of ${oid}`);
  }
}
