import { join, matchesGlob } from "node:path";
import { type WalkCursor, walkBucket } from "./bucket-walk.ts";
import type { Catalog, ObjectRecord } from "./catalog.ts";
import { StorageError } from "./errors.ts";
import { compareNames } from "./object-names.ts";
import type { ObjectStore } from "./object-store.ts";

/** https://cloud.google.com/storage/docs/json_api/v1/objects/list; an empty string where nothing is asked. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Inclusive. */
  readonly startOffset: string;
  /** Exclusive. */
  readonly endOffset: string;
  readonly matchGlob: string;
  /** Objects whose name ends in the delimiter are items as well as prefixes. */
  readonly includeTrailingDelimiter: boolean;
  readonly maxResults: number;
  readonly pageToken: string;
}

export interface ListPage {
  readonly items: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | null;
}

/** One page, in the order of names; a token stays good however objects come and go. */
export async function listObjects(
  store: ObjectStore,
  catalog: Catalog,
  bucket: string,
  request: ListRequest,
): Promise<ListPage> {
  const items: ObjectRecord[] = [];
  const prefixes: string[] = [];
  const cursor = startAt(request);
  let last: PageToken | undefined;
  for await (const name of names(store, catalog, bucket, request.prefix, cursor)) {
    if (last?.name === name && !last.isPrefix) continue;
    if (request.endOffset !== "" && compareNames(name, request.endOffset) >= 0) break;
    const group = groupOf(name, request);
    if (group === undefined && request.matchGlob !== "" && !matchesGlob(name, request.matchGlob)) continue;
    // A file may vanish between the walk and this look.
    const isItem = group === undefined || (request.includeTrailingDelimiter && group === name);
    const record = isItem ? await store.describe(bucket, name) : undefined;
    if (group === undefined && record === undefined) continue;
    if (items.length + prefixes.length >= request.maxResults && last !== undefined) {
      return { items, prefixes, nextPageToken: encodeToken(last) };
    }
    if (record !== undefined) items.push(record);
    if (group !== undefined) {
      prefixes.push(group);
      cursor.skip = group;
    }
    last = { name: group ?? name, isPrefix: group !== undefined };
  }
  return { items, prefixes, nextPageToken: null };
}

interface PageToken {
  readonly name: string;
  readonly isPrefix: boolean;
}

function startAt(request: ListRequest): WalkCursor {
  if (request.pageToken === "") return { from: request.startOffset, skip: "" };
  const token = decodeToken(request.pageToken);
  // The smallest name after an item: itself and a zero byte, which no name holds.
  return token.isPrefix ? { from: token.name, skip: token.name } : { from: `${token.name}\0`, skip: "" };
}

function groupOf(name: string, { prefix, delimiter }: ListRequest): string | undefined {
  if (delimiter === "") return undefined;
  const at = name.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : name.slice(0, at + delimiter.length);
}

/** Merges the files of the bucket's folder with the objects that stand aside; a name of both comes once. */
async function* names(
  store: ObjectStore,
  catalog: Catalog,
  bucket: string,
  prefix: string,
  cursor: WalkCursor,
): AsyncGenerator<string> {
  const aside = catalog.asideNames(bucket, cursor.from).filter((name) => name.startsWith(prefix));
  const isSkipped = (name: string) => cursor.skip !== "" && name.startsWith(cursor.skip);
  let next = 0;
  for await (const name of walkBucket(join(store.folders.buckets, bucket), prefix, cursor)) {
    for (; next < aside.length && compareNames(aside[next] ?? "", name) < 0; next++) {
      if (!isSkipped(aside[next] ?? "")) yield aside[next] ?? "";
    }
    if (aside[next] === name) next++;
    if (!isSkipped(name)) yield name;
  }
  for (; next < aside.length; next++) {
    if (!isSkipped(aside[next] ?? "")) yield aside[next] ?? "";
  }
}

function encodeToken(token: PageToken): string {
  return Buffer.from(JSON.stringify([token.name, token.isPrefix])).toString("base64url");
}

function decodeToken(text: string): PageToken {
  try {
    const [name, isPrefix] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as unknown[];
    if (typeof name === "string" && typeof isPrefix === "boolean") return { name, isPrefix };
  } catch {
    // Falls through to the one answer for every bad token.
  }
  throw new StorageError("INVALID", `Invalid value for pageToken: ${text}`);
}
