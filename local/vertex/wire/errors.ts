import { status } from "@grpc/grpc-js";

/** The codes of google.rpc.Code that Vertex answers with. */
export const codes = [
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
] as const;
export type Code = (typeof codes)[number];

/** google.rpc.Status, as it is stored and sent. */
export interface Status {
  readonly code: number;
  readonly message: string;
}

export interface FieldViolation {
  /** Path of the field in the request, such as `pipeline_job.labels`. */
  readonly field: string;
  readonly description: string;
}

/** One of google.rpc's error details, in the form that protobufjs packs into an Any. */
export type ErrorDetail =
  | {
      readonly "@type": "type.googleapis.com/google.rpc.BadRequest";
      readonly fieldViolations: readonly FieldViolation[];
    }
  | {
      readonly "@type": "type.googleapis.com/google.rpc.ErrorInfo";
      readonly reason: string;
      readonly domain: string;
      readonly metadata: Readonly<Record<string, string>>;
    };

const domain = "aiplatform.googleapis.com";

/** What a method answers when it refuses; sent with Google's code and details (https://google.aip.dev/193). */
export class VertexError extends Error {
  override readonly name = "VertexError";
  readonly code: Code;
  readonly details: readonly ErrorDetail[];

  constructor(code: Code, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** The numeric google.rpc.Code. */
  get number(): number {
    return status[this.code];
  }

  toStatus(): Status {
    return { code: this.number, message: this.message };
  }

  static from(error: unknown): VertexError {
    if (error instanceof VertexError) return error;
    return new VertexError("INTERNAL", error instanceof Error ? error.message : String(error));
  }
}

/** Lists every problem of a request at once. */
export function invalidArgument(violations: readonly FieldViolation[]): VertexError {
  const message = violations.map(({ field, description }) => `${field}: ${description}`).join("\n");
  return new VertexError("INVALID_ARGUMENT", `List of found errors:\t${message}`, [
    { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: violations },
  ]);
}

export function notFound(kind: string, name: string): VertexError {
  return new VertexError("NOT_FOUND", `${kind} ${name} is not found.`, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "RESOURCE_NOT_FOUND",
      domain,
      metadata: { resource: name },
    },
  ]);
}

export function alreadyExists(kind: string, name: string): VertexError {
  return new VertexError("ALREADY_EXISTS", `${kind} ${name} already exists.`, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "RESOURCE_ALREADY_EXISTS",
      domain,
      metadata: { resource: name },
    },
  ]);
}

/** @param why the reason, where there is one to tell */
export function unimplemented(what: string, why?: string): VertexError {
  const reason = why === undefined ? "." : `: ${why}.`;
  return new VertexError("UNIMPLEMENTED", `${what} is not implemented by local Vertex${reason}`, [
    {
      "@type": "type.googleapis.com/google.rpc.ErrorInfo",
      reason: "METHOD_NOT_IMPLEMENTED",
      domain,
      metadata: { what },
    },
  ]);
}
