import { createHash, type Hash } from "node:crypto";
import { crc32c } from "@node-rs/crc32";

/** Base64, as Google writes them. */
export interface Checksums {
  readonly crc32c: string;
  readonly md5: string;
}

/** What a client says that its bytes hash to; null where it says nothing. */
export interface ExpectedChecksums {
  readonly crc32c: string | null;
  readonly md5: string | null;
}

/** Both checksums of a stream, chunk by chunk. */
export class ChecksumStream {
  #crc32c = 0;
  readonly #md5: Hash = createHash("md5");
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  update(chunk: Buffer): void {
    this.#crc32c = crc32c(chunk, this.#crc32c);
    this.#md5.update(chunk);
    this.#bytes += chunk.length;
  }

  /** The checksums so far; more may follow. */
  digest(): Checksums {
    return { crc32c: encodeCrc32c(this.#crc32c), md5: this.#md5.copy().digest("base64") };
  }
}

/** Big-endian, base64. https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function encodeCrc32c(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString("base64");
}

/**
 * The checksum of two contents, one after the other, from their checksums and the second one's length: appending a zero
 * bit is a linear map over GF(2), and so is appending any number of them.
 */
export function combineCrc32c(first: number, second: number, secondBytes: number): number {
  let shifted = first;
  let power = appendZeroBit;
  for (let bits = BigInt(secondBytes) * 8n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) shifted = apply(power, shifted);
    power = power.map((column) => apply(power, column));
  }
  return (shifted ^ second) >>> 0;
}

/** Column n: what becomes of bit n. 0x82f63b78 is Castagnoli's polynomial, bits reversed. */
const appendZeroBit = Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0x82f63b78 : 2 ** (bit - 1)));

function apply(matrix: readonly number[], vector: number): number {
  let sum = 0;
  for (let bit = 0, rest = vector; rest !== 0; bit++, rest >>>= 1) if (rest & 1) sum ^= matrix[bit] ?? 0;
  return sum >>> 0;
}

export function decodeCrc32c(text: string): number {
  return Buffer.from(text, "base64").readUInt32BE(0);
}

export async function crc32cOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let value = 0;
  for await (const chunk of chunks) value = crc32c(chunk, value);
  return encodeCrc32c(value);
}

/** Reads `crc32c=…,md5=…`. https://cloud.google.com/storage/docs/xml-api/reference-headers#xgooghash */
export function parseGoogHash(header: string | undefined): ExpectedChecksums {
  const parts = (header ?? "").split(",").map((part) => part.trim());
  const value = (name: string) => parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  return { crc32c: value("crc32c"), md5: value("md5") };
}

/** A sentence about the first checksum that differs; undefined when all that is expected holds. */
export function checksumMismatch(
  expected: ExpectedChecksums,
  actual: { readonly crc32c: string; readonly md5: string | null },
): string | undefined {
  for (const kind of ["crc32c", "md5"] as const) {
    const claimed = expected[kind];
    if (claimed !== null && claimed !== actual[kind]) {
      const name = kind === "md5" ? "MD5" : "CRC32C";
      return `Provided ${name} hash "${claimed}" doesn't match calculated ${name} hash "${actual[kind]}".`;
    }
  }
  return undefined;
}
