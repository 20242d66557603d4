import { randomInt } from "node:crypto";
import { VertexError } from "./errors.ts";

/** `projects/P/locations/L`, parsed. */
export interface Location {
  readonly project: string;
  readonly location: string;
  readonly name: string;
}

export function parseLocation(parent: string | undefined): Location {
  const match = /^projects\/([^/]+)\/locations\/([^/]+)$/.exec(parent ?? "");
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new VertexError(
      "INVALID_ARGUMENT",
      `parent: "${parent ?? ""}" should be projects/PROJECT/locations/LOCATION`,
    );
  }
  return { project: match[1], location: match[2], name: match[0] };
}

/** The location that a resource stands in. */
export function locationOf(name: string): Location {
  return parseLocation(name.split("/").slice(0, 4).join("/"));
}

/** The last segment of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Checks the form `projects/P/locations/L/COLLECTION/ID` of a name that a request gives. */
export function parseName(name: string | undefined, collection: string): string {
  if (!new RegExp(`^projects/[^/]+/locations/[^/]+/${collection}/[^/]+$`).test(name ?? "")) {
    throw new VertexError(
      "INVALID_ARGUMENT",
      `name: "${name ?? ""}" should be projects/PROJECT/locations/LOCATION/${collection}/ID`,
    );
  }
  return name ?? "";
}

/** A numeric id of 19 digits, as Vertex makes them: never above 2^63. */
export function newNumericId(): string {
  return `${randomInt(1, 9)}${String(randomInt(1e9)).padStart(9, "0")}${String(randomInt(1e9)).padStart(9, "0")}`;
}
