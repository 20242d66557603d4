/**
 * Components and specs from elsewhere. This reads files and the network, so the language itself never imports it.
 */
export {
  componentFromSpec,
  type LoadedComponent,
  type ParameterOf,
  type SpecDocuments,
  type UntypedComponent,
  type UntypedValue,
} from "./bind.ts";
export { componentFromYaml, nodeFromYaml } from "./component.ts";
export { parseSpecDocuments } from "./documents.ts";
export { type LoadOptions, loadComponent, readSource } from "./load-component.ts";
export { LoadError, type LoadErrorCode, type LoadProblem } from "./load-error.ts";
export { readYaml } from "./read-yaml.ts";
export { toYaml } from "./write-yaml.ts";
