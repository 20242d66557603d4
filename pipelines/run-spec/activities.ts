import type { SpecReference } from "../retrain/run.ts";
import type { RunSpecRequest } from "./request.ts";

/** What `run-spec` needs from the outside world; implemented in `activities/`. */
export interface RunSpecActivities {
  /** Checks the request. Throws non-retryable `InvalidRequest` with every problem in its details. */
  parseRunSpecRequest(input: { request: unknown }): Promise<RunSpecRequest>;
  /**
   * Reads the spec at its address, JSON or YAML, validates it against the schema and Vertex's limits,
   * and stores it by its digest. Throws non-retryable `NotFound` or `InvalidSpec`, listing every problem.
   */
  readSpec(input: { uri: string }): Promise<SpecReference>;
}
