import { codes, type FieldViolation, invalidArgument } from "../wire/errors.ts";
import { isObject } from "../wire/json.ts";
import type { ReplicaReference } from "./admin.ts";
import type { MethodFault, StartDelay } from "./faults.ts";

/** The body of each request of the admin API, by path; each is a POST. All but the last two answer `{}`. */
export interface AdminRequests {
  /** The next calls of a method are refused. */
  readonly "/faults/method": MethodFault;
  /** The next starts of a kind take longer. */
  readonly "/faults/delay": StartDelay;
  /** The next CustomJobs find no resources. */
  readonly "/faults/stockout": { readonly times: number };
  /** No fault waits any more. */
  readonly "/faults/clear": Readonly<Record<string, never>>;
  /** A running CustomJob loses its machines. */
  readonly "/preempt": { readonly customJob: string };
  /** The next deployed models answer every prediction with 500. */
  readonly "/replicas/break": { readonly times: number };
  readonly "/replicas/fail": ReplicaReference;
  readonly "/replicas/health": ReplicaReference & { readonly healthy: boolean };
  /** Only where the server runs by a driven clock. Answers {@link ClockReading}. */
  readonly "/clock/advance": { readonly milliseconds: number };
  /** Answers {@link ClockReading}. */
  readonly "/clock": Readonly<Record<string, never>>;
}

export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly driven: boolean;
}

type Check = (value: unknown) => string | undefined;

const count: Check = (value) =>
  Number.isInteger(value) && Number(value) > 0 ? undefined : "should be a number from 1";
const duration: Check = (value) =>
  typeof value === "number" && value >= 0 ? undefined : "should be milliseconds, from 0";
const text: Check = (value) => (typeof value === "string" && value !== "" ? undefined : "should be a text");
const optionalText: Check = (value) => (value === undefined ? undefined : text(value));
const index: Check = (value) =>
  Number.isInteger(value) && Number(value) >= 0 ? undefined : "should be a number from 0";
const flag: Check = (value) => (typeof value === "boolean" ? undefined : "should be true or false");
const oneOf =
  (known: readonly string[]): Check =>
  (value) =>
    known.includes(value as string) ? undefined : `should be one of ${known.join(", ")}`;

const replica = { endpoint: text, deployedModelId: text, index } as const;

const checks: { readonly [Path in keyof AdminRequests]: Readonly<Record<string, Check>> } = {
  "/faults/method": { method: text, code: oneOf(codes), message: optionalText, times: count },
  "/faults/delay": { kind: oneOf(["CustomJob", "DeployedModel"]), milliseconds: duration, times: count },
  "/faults/stockout": { times: count },
  "/faults/clear": {},
  "/preempt": { customJob: text },
  "/replicas/break": { times: count },
  "/replicas/fail": replica,
  "/replicas/health": { ...replica, healthy: flag },
  "/clock/advance": { milliseconds: duration },
  "/clock": {},
};

export const adminPaths = Object.keys(checks) as readonly (keyof AdminRequests)[];

/** Throws INVALID_ARGUMENT with every problem. */
export function parseAdminRequest<Path extends keyof AdminRequests>(path: Path, body: unknown): AdminRequests[Path] {
  const given = isObject(body) ? body : {};
  const violations: FieldViolation[] =
    given === body ? [] : [{ field: "body", description: "should be a JSON object" }];
  const known = checks[path];
  for (const [field, check] of Object.entries(known)) {
    const description = check(given[field]);
    if (description !== undefined) violations.push({ field, description });
  }
  for (const field of Object.keys(given)) {
    if (!Object.hasOwn(known, field)) violations.push({ field, description: "is unknown" });
  }
  if (violations.length > 0) throw invalidArgument(violations);
  return given as unknown as AdminRequests[Path];
}
