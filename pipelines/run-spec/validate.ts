import { type Parsed, parseWith } from "../schema/parse.ts";
import { validate } from "./generated/request.js";
import type { RunSpecRequest } from "./request.ts";

export function validateRunSpecRequest(value: unknown): Parsed<RunSpecRequest> {
  return parseWith(validate, value);
}
