import { StorageError } from "./errors.ts";

/** https://cloud.google.com/storage/docs/request-preconditions; null where the request does not ask. */
export interface Preconditions {
  readonly generationMatch: number | null;
  readonly generationNotMatch: number | null;
  readonly metagenerationMatch: number | null;
  readonly metagenerationNotMatch: number | null;
}

export const noPreconditions: Preconditions = {
  generationMatch: null,
  generationNotMatch: null,
  metagenerationMatch: null,
  metagenerationNotMatch: null,
};

/** Reads `ifGenerationMatch` and its kin; with the prefix `ifSource`, those of a copy's source. */
export function readPreconditions(query: URLSearchParams, prefix: "if" | "ifSource" = "if"): Preconditions {
  return {
    generationMatch: readNumber(query, `${prefix}GenerationMatch`),
    generationNotMatch: readNumber(query, `${prefix}GenerationNotMatch`),
    metagenerationMatch: readNumber(query, `${prefix}MetagenerationMatch`),
    metagenerationNotMatch: readNumber(query, `${prefix}MetagenerationNotMatch`),
  };
}

/** A whole number of the query; null when it is not given. */
export function readNumber(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d+$/.test(text)) throw new StorageError("INVALID", `Invalid value for ${name}: ${text}`);
  return Number(text);
}

/** `live` is undefined where there is no object: its generation is 0. `verb` decides between 304 and 412. */
export function checkPreconditions(
  conditions: Preconditions,
  live: { readonly generation: number; readonly metageneration: number } | undefined,
  verb: "read" | "write",
): void {
  const generation = live?.generation ?? 0;
  const metageneration = live?.metageneration ?? null;
  if (
    (conditions.generationMatch !== null && conditions.generationMatch !== generation) ||
    (conditions.metagenerationMatch !== null && conditions.metagenerationMatch !== metageneration)
  ) {
    throw failed();
  }
  if (
    (conditions.generationNotMatch !== null && conditions.generationNotMatch === generation) ||
    (conditions.metagenerationNotMatch !== null && conditions.metagenerationNotMatch === metageneration)
  ) {
    throw verb === "read" ? new StorageError("NOT_MODIFIED", "Not Modified") : failed();
  }
}

function failed(): StorageError {
  return new StorageError("PRECONDITION_FAILED", "At least one of the pre-conditions you specified did not hold.");
}
