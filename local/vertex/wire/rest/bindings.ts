import { apiVersions, type HttpRule, loadProtos, type Service, type ServiceMethod } from "../protos.ts";
import { type PathTemplate, parsePathTemplate } from "./path-template.ts";

/** A method, where HTTP reaches it. */
export interface Binding {
  /** `Service.Method`. */
  readonly name: string;
  readonly service: Service;
  readonly method: ServiceMethod;
  readonly rule: HttpRule;
  readonly template: PathTemplate;
}

export interface BindingMatch {
  readonly binding: Binding;
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Operations stand below the resource that they are of
 * (https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.operations), not where their own
 * annotations say.
 */
const operationRules: Readonly<Record<string, readonly HttpRule[]>> = Object.fromEntries(
  (
    [
      ["ListOperations", "GET", "{name=*}/operations", ""],
      ["GetOperation", "GET", "{name=*/operations/*}", ""],
      ["DeleteOperation", "DELETE", "{name=*/operations/*}", ""],
      ["CancelOperation", "POST", "{name=*/operations/*}:cancel", "*"],
      ["WaitOperation", "POST", "{name=*/operations/*}:wait", "*"],
    ] as const
  ).map(([method, verb, path, body]) => [
    method,
    apiVersions.flatMap((version) =>
      // Of the location, of a resource, and of one below another.
      ["", "/*/*", "/*/*/*/*"].map((deeper) => ({
        verb,
        path: `/${version}/${path.replace("{name=*", `{name=projects/*/locations/*${deeper}`)}`,
        body,
      })),
    ),
  ]),
);

/** Every way to call a method by HTTP, of the whole API. */
export function loadBindings(): readonly Binding[] {
  return loadProtos().services.flatMap((service) =>
    service.methods.flatMap((method) => {
      const rules = service.name === "Operations" ? (operationRules[method.name] ?? []) : method.http;
      return rules.map((rule) => ({
        name: `${service.name}.${method.name}`,
        service,
        method,
        rule,
        template: parsePathTemplate(rule.path),
      }));
    }),
  );
}

/** The method that a request calls; undefined when there is none. */
export function findBinding(bindings: readonly Binding[], verb: string, path: string): BindingMatch | undefined {
  for (const binding of bindings) {
    if (binding.rule.verb !== verb) continue;
    const variables = binding.template.match(path);
    if (variables !== undefined) return { binding, variables };
  }
  return undefined;
}
