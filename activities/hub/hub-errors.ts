import { HubApiError } from "@huggingface/hub";
import { suggestion } from "../../pipelines/schema/problems.ts";
import { HttpError } from "../clients/http.ts";
import { UserError } from "../errors.ts";

/** What a person needs to know of a repo to mend an error about it. */
export interface Subject {
  /** `model owner/name` or `dataset owner/name`. */
  readonly what: string;
  /** Its page on the Hub. */
  readonly page: string;
  /** Name of the environment variable with our token; null when the configuration names none. */
  readonly tokenVariable: string | null;
}

export function isStatus(error: unknown, ...statuses: readonly number[]): boolean {
  if (error instanceof HttpError) return statuses.includes(error.status);
  return error instanceof HubApiError && statuses.includes(error.statusCode);
}

export function gated({ what, page, tokenVariable }: Subject, cause: unknown): UserError {
  const token = tokenVariable === null ? "a token" : `the token in $${tokenVariable}`;
  const message = `the ${what} is gated or private: accept its license at ${page}, with the account of ${token}`;
  return new UserError("Gated", message, [], cause);
}

export function missingRevision({ what, page }: Subject, revision: string, cause: unknown): UserError {
  return new UserError("NotFound", `the ${what} has no revision ${revision} (${page})`, [], cause);
}

export function missingRepo(
  { what, page }: Subject,
  name: string,
  similar: readonly string[],
  cause: unknown,
): UserError {
  const message = `there is no ${what} (${page}), or it is private and our token may not read it${suggestion(name, similar)}`;
  return new UserError("NotFound", message, [], cause);
}

export function missingFile({ what }: Subject, revision: string, path: string, paths: readonly string[]): UserError {
  return new UserError("NotFound", `the ${what} has no file ${path} at ${revision}${suggestion(path, paths)}`);
}

/** Of an error while writing: what a person must mend, or the error itself. */
export function writing({ page, tokenVariable }: Subject, error: unknown): unknown {
  if (!isStatus(error, 401, 403)) return error;
  const remedy =
    tokenVariable === null
      ? "name a variable with a token (hub.tokenVariable)"
      : `give $${tokenVariable} a token that may write there`;
  return new UserError("Unauthorized", `the Hub does not let us write to ${page}: ${remedy}`, [], error);
}
