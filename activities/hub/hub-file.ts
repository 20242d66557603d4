import { BrokenAnswer } from "../clients/http.ts";
import { type Head, isFull, type RangeClient, rangeError } from "../clients/range-client.ts";
import { UserError } from "../errors.ts";
import type { ExpectedContent } from "../storage/content-hash.ts";

/** Statuses of an address that the Hub gave and that has expired. */
const expired = [401, 403, 404, 410];
const mostRedirects = 5;

/**
 * A file of a repo at a commit, readable from any byte on. The Hub sends large files' readers elsewhere, to an address
 * that is good for a while: it is asked for once, and again when it has expired. Every answer is held against what the
 * Hub listed. https://huggingface.co/docs/hub/xet/legacy-git-lfs
 */
export class HubFile {
  readonly #address: URL;
  readonly #expected: ExpectedContent;
  readonly #token: () => string | undefined;
  readonly #client: RangeClient;
  /** Where the Hub sends readers; null before it was asked, or where it sends the bytes itself. */
  #location: URL | null = null;

  /** `address` is the file's under `/resolve/`; the token is told to the Hub, and to nobody else. */
  constructor(client: RangeClient, address: URL, expected: ExpectedContent, token: () => string | undefined) {
    this.#client = client;
    this.#address = address;
    this.#expected = expected;
    this.#token = token;
  }

  /**
   * Fills `target` from byte `start` on, in one try; `onBytes` tells how many more have arrived, also before it throws.
   * Throws `SourceChanged` when the file is not the listed one, and an `HttpError` when the Hub refuses.
   */
  async read(start: number, target: Buffer, onBytes: (count: number) => void, signal: AbortSignal): Promise<void> {
    const range = `bytes=${start}-${start + target.length - 1}`;
    let url = this.#location ?? this.#address;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const headers = this.#headers(url, range);
      const head = await this.#client.get({ url, headers, target, onBytes, signal });
      if (this.#isHub(url)) this.#checkEtag(head);
      const next = head.status >= 300 && head.status < 400 ? head.headers.get("location") : undefined;
      if (next === undefined) return this.#checkRange(url, head, start, target);
      url = new URL(next, url);
      this.#location = this.#isHub(url) ? null : url;
    }
    throw new BrokenAnswer(`${this.#address.host} redirects ${this.#expected.name} in a circle`);
  }

  #headers(url: URL, range: string): Record<string, string> {
    const token = this.#isHub(url) ? this.#token() : undefined;
    return {
      range,
      // What is compressed has other ranges.
      "accept-encoding": "identity",
      "user-agent": "retemper",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  #checkRange(url: URL, head: Head, start: number, target: Buffer): void {
    const { bytes, name } = this.#expected;
    const { status, headers } = head;
    const range = headers.get("content-range") ?? "";
    const total = /\/(\d+)$/.exec(range)?.[1];
    if (total !== undefined && Number(total) !== bytes) throw this.#changed(`${total} bytes instead of ${bytes}`);
    if (status >= 400) {
      if (this.#isHub(url) || !expired.includes(status)) throw rangeError({ url }, head);
      this.#location = null;
      throw new BrokenAnswer(`the address of ${name} has expired: ${url.host} answered with ${status}`);
    }
    const isRight = status === 206 ? range.startsWith(`bytes ${start}-`) : target.length === bytes;
    if (!isRight || !isFull(head, target)) {
      throw new BrokenAnswer(`${url.host} sent another range of ${name} than it was asked for`);
    }
  }

  /** The Hub's own answers, redirects too, say which content they are about. */
  #checkEtag({ status, headers }: Head): void {
    const etag = headers.get("x-linked-etag") ?? (status < 300 ? headers.get("etag") : undefined);
    const found = /^(?:W\/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?$/.exec(etag ?? "")?.[1];
    const { oid } = this.#expected;
    if (status >= 400 || found === undefined || found.length !== oid?.length || found === oid) return;
    throw this.#changed(`the hash ${found} instead of ${oid}`);
  }

  #changed(what: string): UserError {
    const { name } = this.#expected;
    return new UserError(
      "SourceChanged",
      `${name} has ${what}: the Hub has another file than it listed at the same revision; start a new run`,
    );
  }

  #isHub(url: URL): boolean {
    return url.origin === this.#address.origin;
  }
}
