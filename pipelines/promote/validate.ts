import { type Parsed, parseWith } from "../schema/parse.ts";
import { validate } from "./generated/request.js";
import type { PromoteRequest } from "./request.ts";

export function validatePromoteRequest(value: unknown): Parsed<PromoteRequest> {
  return parseWith(validate, value);
}
