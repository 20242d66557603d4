import type { IncomingMessage, ServerResponse } from "node:http";

/** One request, on its way to an answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** The names in a template: `/b/:bucket/o/:object` has bucket and object; `*path` takes the rest, slashes included. */
type ParameterNames<Template extends string> = Template extends `${infer Head}/${infer Tail}`
  ? ParameterNames<Head> | ParameterNames<Tail>
  : Template extends `:${infer Name}` | `*${infer Name}`
    ? Name
    : never;

export type Parameters<Template extends string> = Readonly<Record<ParameterNames<Template>, string>>;

export interface Route {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
  readonly handle: (parameters: Readonly<Record<string, string>>, exchange: Exchange) => void | Promise<void>;
}

/** `methods` is one method, or several with `|` between them. */
export function route<const Template extends string>(
  methods: string,
  template: Template,
  handle: (parameters: Parameters<Template>, exchange: Exchange) => void | Promise<void>,
): Route {
  const pattern = template
    .split("/")
    .map((segment) => {
      if (segment.startsWith(":")) return `(?<${segment.slice(1)}>[^/]+)`;
      if (segment.startsWith("*")) return `(?<${segment.slice(1)}>.*)`;
      return segment.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("/");
  return {
    methods: methods.split("|"),
    pattern: new RegExp(`^${pattern}$`, "s"),
    handle: (parameters, exchange) => handle(parameters as Parameters<Template>, exchange),
  };
}

export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/**
 * The first route that fits. The path is read as it came, not through `URL`, which would resolve an object that is
 * named `..` away. Undefined when none fits or the path is not valid percent-encoding.
 */
export function matchRoute(routes: readonly Route[], request: IncomingMessage): Match | undefined {
  const [path = "/", search = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
  for (const route of routes) {
    if (!route.methods.includes(request.method ?? "GET")) continue;
    const groups = route.pattern.exec(path)?.groups;
    if (groups === undefined && !route.pattern.test(path)) continue;
    const parameters = decode(groups ?? {});
    return parameters && { route, parameters, query: new URLSearchParams(search) };
  }
  return undefined;
}

function decode(groups: Record<string, string>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}
