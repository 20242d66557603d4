import { VertexError } from "./errors.ts";
import { type ApiVersion, apiVersionOf, type ServiceName } from "./protos.ts";

export interface CallContext {
  /** Headers sent before the answer. */
  readonly responseHeaders: Map<string, string>;
  /** Aborted when the client goes away or its deadline passes. */
  readonly signal: AbortSignal;
}

/**
 * A method as a plain function of its request; it throws {@link VertexError}. One that streams its answer gives an
 * async iterable, one that is streamed its requests is given one.
 */
export type Method = (request: never, context: CallContext) => Answer | Promise<Answer>;
// biome-ignore lint/suspicious/noConfusingVoidType: an empty answer is google.protobuf.Empty
export type Answer = object | AsyncIterable<object> | void;

export type Methods = { readonly [Service in ServiceName]?: Readonly<Record<string, Method>> };

export interface CallOptions {
  readonly methods: Methods;
  /** Runs before every method; what it throws is the answer. */
  readonly before: (method: string) => void | Promise<void>;
  /** An answer as the clients of that version of the API read it. */
  readonly after: (answer: Answer, version: ApiVersion) => Answer;
  readonly log: (line: string) => void;
}

/** Calls methods, whatever the transport. */
export interface Caller {
  /** The implementation of a method, the same in every version of the API; undefined when it has none. */
  find(service: string, method: string): Method | undefined;
  call(name: string, method: Method, request: object, context: CallContext): Promise<Answer>;
  /** The error as it is sent; a bug is logged. */
  fail(name: string, thrown: unknown): VertexError;
}

export function createCaller({ methods, before, after, log }: CallOptions): Caller {
  return {
    find: (service, method) => {
      const name = service.slice(service.lastIndexOf(".") + 1);
      const known = (methods as Readonly<Record<string, Readonly<Record<string, Method>> | undefined>>)[name];
      const found = known !== undefined && Object.hasOwn(known, method) ? known[method] : undefined;
      const version = apiVersionOf(service);
      return found && (async (request, context) => after(await found(request, context), version));
    },
    async call(name, method, request, context) {
      await before(name);
      return method(request as never, context);
    },
    fail(name, thrown) {
      if (!(thrown instanceof VertexError))
        log(`${name} broke: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
      return VertexError.from(thrown);
    },
  };
}

export function isStream(answer: Answer): answer is AsyncIterable<object> {
  return typeof answer === "object" && Symbol.asyncIterator in answer;
}
