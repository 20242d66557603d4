import { VertexError } from "./errors.ts";
import { type FilterFields, parseFilter } from "./filter.ts";

/** The common part of every List request. */
export interface ListRequest {
  readonly filter?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly orderBy?: string;
  readonly readMask?: { readonly paths?: readonly string[] };
}

export interface ListFields<T> extends FilterFields<T> {
  readonly name: (item: T) => string;
  /** Snake case, as in `order_by`; absent values come last. */
  readonly orders: Readonly<Record<string, (item: T) => string | number | undefined>>;
  readonly defaultOrder: string;
}

const defaultPageSize = 100;
const largestPageSize = 1000;

/** Filters, orders and cuts a page; the token names the item that ended the page before. */
export function listPage<T>(
  all: readonly T[],
  request: ListRequest,
  fields: ListFields<T>,
): { items: T[]; nextPageToken: string } {
  const { filter = "", pageSize = 0, pageToken = "", orderBy = "" } = request;
  if (pageSize < 0) throw new VertexError("INVALID_ARGUMENT", "page_size: should not be negative.");
  const compare = parseOrder(orderBy === "" ? fields.defaultOrder : orderBy, fields);
  const sorted = all.filter(parseFilter(filter, fields)).sort(compare);
  const start = pageToken === "" ? 0 : startAfter(sorted, decodeToken(pageToken, filter, orderBy), fields);
  const size = pageSize === 0 ? defaultPageSize : Math.min(pageSize, largestPageSize);
  const items = sorted.slice(start, start + size);
  const last = items.at(-1);
  const more = last !== undefined && start + size < sorted.length;
  return { items, nextPageToken: more ? encodeToken({ after: fields.name(last), filter, orderBy }) : "" };
}

function parseOrder<T>(orderBy: string, fields: ListFields<T>): (a: T, b: T) => number {
  const keys = orderBy.split(",").map((part) => {
    const [name = "", direction = "asc"] = part.trim().split(/\s+/);
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const of = fields.orders[snake];
    if (of === undefined || !["asc", "desc"].includes(direction)) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `order_by: "${part.trim()}" isn't one of ${Object.keys(fields.orders).join(", ")}, with "desc" or without.`,
      );
    }
    return { of, sign: direction === "desc" ? -1 : 1 };
  });
  return (a, b) => {
    for (const { of, sign } of keys) {
      const [left, right] = [of(a), of(b)];
      if (left === right) continue;
      if (left === undefined) return 1;
      if (right === undefined) return -1;
      return left < right ? -sign : sign;
    }
    return fields.name(a) < fields.name(b) ? -1 : 1;
  };
}

interface Token {
  readonly after: string;
  readonly filter: string;
  readonly orderBy: string;
}

function encodeToken(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function decodeToken(text: string, filter: string, orderBy: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString()) as Token;
    if (token.filter === filter && token.orderBy === orderBy) return token;
  } catch {
    // Falls through to the one refusal.
  }
  throw new VertexError("INVALID_ARGUMENT", "page_token: it comes from another request.");
}

function startAfter<T>(sorted: readonly T[], token: Token, fields: ListFields<T>): number {
  const index = sorted.findIndex((item) => fields.name(item) === token.after);
  if (index < 0) throw new VertexError("INVALID_ARGUMENT", "page_token: the list has changed; start again.");
  return index + 1;
}

/** Keeps what a FieldMask names, snake or camel case, nested by dots; an absent or empty mask, or `*`, keeps everything. */
export function applyReadMask<T extends object>(message: T, mask: ListRequest["readMask"]): Partial<T> {
  const paths = mask?.paths ?? [];
  if (paths.length === 0 || paths.includes("*")) return message;
  const kept: Record<string, unknown> = {};
  for (const path of paths) copyPath(message, kept, path.split(".").map(camelCase));
  return kept as Partial<T>;
}

function copyPath(from: object, to: Record<string, unknown>, [head = "", ...rest]: readonly string[]): void {
  const value: unknown = Reflect.get(from, head);
  if (value === undefined) return;
  if (rest.length === 0 || typeof value !== "object" || value === null) {
    to[head] = value;
    return;
  }
  to[head] ??= {};
  const inner = to[head] as Record<string, unknown>;
  copyPath(value, inner, rest);
}

export function camelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** The fields of an update that its mask names; throws INVALID_ARGUMENT for one that can't be updated. */
export function pickMasked<T extends object, K extends keyof T & string>(
  message: T,
  paths: readonly string[] | undefined,
  updatable: readonly K[],
): Partial<Pick<T, K>> {
  if (paths === undefined || paths.length === 0) throw new VertexError("INVALID_ARGUMENT", "update_mask: is required.");
  const picked: Partial<Pick<T, K>> = {};
  for (const path of paths) {
    const [head = ""] = path.split(".", 1);
    const key = updatable.find((candidate) => candidate === camelCase(head));
    if (key === undefined) {
      throw new VertexError(
        "INVALID_ARGUMENT",
        `update_mask: "${path}" can't be updated; ${updatable.join(", ")} can.`,
      );
    }
    picked[key] = message[key];
  }
  return picked;
}
