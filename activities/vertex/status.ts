import { status } from "@grpc/grpc-js";

/** An error of a gRPC call, or the one that a long-running operation ended with. */
export interface GrpcError extends Error {
  readonly code: number;
}

const names = new Map(
  Object.entries(status)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .map(([name, code]) => [code, name]),
);

/** Codes after which the same call may well succeed. https://grpc.io/docs/guides/status-codes/ */
const transient: ReadonlySet<number> = new Set([
  status.CANCELLED,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.INTERNAL,
  status.UNAVAILABLE,
]);

export function isGrpcError(error: unknown): error is GrpcError {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return typeof error.code === "number" && error.code > 0 && error.code <= 16;
}

export function hasStatus(error: unknown, code: number): error is GrpcError {
  return isGrpcError(error) && error.code === code;
}

/** Vertex answers FAILED_PRECONDITION while another operation holds the endpoint: that passes. */
export function isTransientGrpc(error: GrpcError): boolean {
  return (
    transient.has(error.code) || (error.code === status.FAILED_PRECONDITION && /other operation/i.test(error.message))
  );
}

export function grpcStatusName(code: number): string {
  return names.get(code) ?? `GRPC_${code}`;
}

/** `NOT_FOUND: words`, once: the client puts the status before the message too. */
export function describeGrpc(error: GrpcError): string {
  const words = error.message.replace(/^\d+ [A-Z_]+: /, "");
  return `${grpcStatusName(error.code)}: ${words}`;
}
