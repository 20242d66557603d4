import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { CorruptedTransfer } from "../errors.ts";

export interface Expected {
  readonly name: string;
  readonly bytes: number;
  /** sha256 of the content for a large file, git's blob id (sha1) for a small one; undefined when the Hub gives neither. */
  readonly oid: string | undefined;
}

/** Passes bytes on, and fails before the last one if they are not the ones expected: the upload is then never finished. */
export function verify({ name, bytes, oid }: Expected): Transform {
  const large = oid?.length === 64;
  const hash = createHash(large ? "sha256" : "sha1");
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
  if (!large) hash.update(`blob ${bytes}\0`);
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (count !== bytes) return done(new CorruptedTransfer(`${name} has ${count} bytes instead of ${bytes}`));
      const found = hash.digest("hex");
      if (oid !== undefined && found !== oid)
        return done(new CorruptedTransfer(`${name} has the hash ${found} instead of ${oid}`));
      return done();
    },
  });
}
