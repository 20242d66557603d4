import {
  type ArtifactType,
  type Component,
  component,
  type Inputs,
  type ParameterDefinition,
} from "../../builders/index.ts";
import { SpecError } from "../../error.ts";
import type { FunctionNode, FunctionSource, ParameterKind } from "../../nodes/index.ts";
import { here } from "../../origin.ts";
import type { FunctionBody } from "./io.ts";

/** Runs a function where its author names no image. https://hub.docker.com/_/node */
export const nodeImage = "node:26.10.0-slim";

/** What a function gives, by output. */
export type FunctionResults = Readonly<
  Record<string, ArtifactType | ParameterDefinition<ParameterKind, unknown, "required">>
>;

export interface FunctionDefinition<In extends Inputs, Out extends FunctionResults> {
  readonly description?: string;
  readonly inputs?: In;
  readonly outputs?: Out;
  /** An image that has Node 24 or later; Node's own when left out. */
  readonly image?: string;
  /**
   * npm packages that are installed when the task starts, with their exact versions: for those with native code, or that
   * read files of their own. All others need no mention: what the function imports goes along in its bundle.
   */
  readonly packages?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A component that is a TypeScript function. It can use what its module declares and imports; `bundle` makes one program
 * of it, which runs on Node's image. What cannot go along, such as a variable of a function around it, is an error then.
 *
 * Declarations go along as code, and run anew with each task: a `const` that is read from a file or a variable here is read
 * there. So what is known only now, the path of a file for one, is an input.
 *
 * ```ts
 * const scale = 100;
 *
 * export const summarise = task(
 *   "summarise",
 *   { inputs: { data: Dataset, top: int({ default: 3 }) }, outputs: { report: Markdown, best: double() } },
 *   async ({ inputs, outputs }) => {
 *     const scores = parse(await readFile(inputs.data.path, "utf8")).slice(0, inputs.top);
 *     await writeFile(outputs.report.path, `Mean: ${mean(scores)}`);
 *     return { best: Math.max(...scores) * scale };
 *   },
 * );
 * ```
 *
 * Throws `SpecError`.
 */
export function task<
  const In extends Inputs = Record<never, never>,
  const Out extends FunctionResults = Record<never, never>,
>(
  name: string,
  definition: FunctionDefinition<In, Out>,
  body: FunctionBody<NoInfer<In>, NoInfer<Out>>,
): Component<In, Out, FunctionNode> {
  const { location } = here();
  const source: FunctionSource = Object.freeze({
    text: String(body),
    file: location?.file ?? null,
    line: location?.line ?? 0,
    column: location?.column ?? 0,
  });
  const packages = Object.freeze({ ...definition.packages });
  for (const [each, version] of Object.entries(packages)) {
    if (exactVersion.test(version)) continue;
    const message = `the package ${each} needs an exact version, such as 1.2.3, not ${JSON.stringify(version)}: a task that runs again installs the same.`;
    throw new SpecError("invalid-value", message, { task: name }, { location });
  }
  const node: FunctionNode = Object.freeze({
    kind: "function",
    name,
    ...(definition.description !== undefined && { description: definition.description }),
    inputs: definition.inputs ?? {},
    outputs: definition.outputs ?? {},
    source,
    image: definition.image ?? nodeImage,
    packages,
    environment: definition.env ?? {},
  });
  return component(node);
}

/** https://semver.org/#backusnaur-form-grammar-for-valid-semver-versions */
const exactVersion = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
