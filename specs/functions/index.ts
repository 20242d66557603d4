/** TypeScript functions as components: what makes programs of them. It reads files, so the language does not import it. */
export { type Bundled, type BundledFunction, type BundleOptions, bundle } from "./bundle.ts";
export { FunctionError, type FunctionProblem } from "./capture/problem.ts";
