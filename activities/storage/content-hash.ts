import { createHash } from "node:crypto";
import { NativeCrc32c } from "../clients/crc32c.ts";
import { CorruptedTransfer } from "../errors.ts";

/** What a content should be. */
export interface ExpectedContent {
  /** For messages. */
  readonly name: string;
  readonly bytes: number;
  /** In hex sha256, or git's blob id (sha1); in base64 crc32c; undefined where nobody knows it. */
  readonly oid: string | undefined;
}

/** Hash of a content that comes piece by piece. */
export class ContentHash {
  readonly #expected: ExpectedContent;
  readonly #hash: Checksum | null;
  #bytes = 0;

  constructor(expected: ExpectedContent) {
    this.#expected = expected;
    const { oid, bytes } = expected;
    this.#hash = oid === undefined ? null : checksumFor(oid, bytes);
  }

  update(piece: Buffer): void {
    this.#bytes += piece.length;
    this.#hash?.update(piece);
  }

  /** Throws `CorruptedTransfer` unless all of the content came, and nothing else. */
  check(): void {
    const { name, bytes, oid } = this.#expected;
    if (this.#bytes !== bytes) throw new CorruptedTransfer(`${name} has ${this.#bytes} bytes instead of ${bytes}`);
    const found = this.#hash?.result();
    if (found !== oid) throw new CorruptedTransfer(`${name} has the hash ${found} instead of ${oid}`);
  }
}

interface Checksum {
  update(piece: Buffer): void;
  result(): string;
}

function checksumFor(oid: string, bytes: number): Checksum {
  if (oid.endsWith("==")) {
    const crc32c = new NativeCrc32c();
    return { update: (piece) => crc32c.update(piece), result: () => crc32c.toString() };
  }
  const hash = createHash(oid.length === 64 ? "sha256" : "sha1");
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
  if (oid.length === 40) hash.update(`blob ${bytes}\0`);
  return { update: (piece) => hash.update(piece), result: () => hash.digest("hex") };
}
