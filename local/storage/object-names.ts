import { createHash } from "node:crypto";
import { join, sep } from "node:path";
import { StorageError } from "./errors.ts";

/** https://cloud.google.com/storage/docs/buckets#naming */
export function checkBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name) || name.includes("..")) {
    throw new StorageError("INVALID", `Invalid bucket name: '${name}'`);
  }
}

/** https://cloud.google.com/storage/docs/objects#naming */
export function checkObjectName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes === 0) throw new StorageError("INVALID", "Required parameter: name");
  if (bytes > 1024) throw new StorageError("INVALID", "The object's name is longer than 1024 bytes in UTF-8");
  if (name === "." || name === ".." || /[\r\n\0]/.test(name) || name.startsWith(".well-known/acme-challenge/")) {
    throw new StorageError("INVALID", `Invalid object name: ${JSON.stringify(name)}`);
  }
}

/**
 * Where an object stands as a plain file of its bucket's folder. Undefined for a name that no file can have there:
 * one that leaves the folder (`a/../../b`), ends in a slash, or has an empty or too long part.
 */
export function plainPath(bucketFolder: string, name: string): string | undefined {
  const parts = name.split("/");
  const fits = parts.every(
    (part) =>
      part !== "" &&
      part !== "." &&
      part !== ".." &&
      Buffer.byteLength(part) <= 255 &&
      (sep === "/" || !part.includes(sep)),
  );
  return fits ? join(bucketFolder, ...parts) : undefined;
}

/** Where an object stands whose name no file can have, or whose place a folder or a file takes already. */
export function asidePath(asideFolder: string, bucket: string, name: string): string {
  return join(asideFolder, createHash("sha256").update(`${bucket}/${name}`).digest("hex"));
}

/** Google lists names in the order of their UTF-8 bytes. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
