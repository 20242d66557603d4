import { SpecError } from "../error.ts";
import type { ContainerNode, FunctionNode } from "../nodes/index.ts";
import { placeholder } from "../nodes/index.ts";

/** The container that runs a TypeScript function. Throws `SpecError` where it was not bundled. */
export function functionContainer(component: FunctionNode): ContainerNode {
  const { name, inputs, outputs, image, environment, description, bundle, source } = component;
  if (bundle === undefined) {
    const location = source.file === null ? null : { ...source, file: source.file };
    const message = "is a TypeScript function: bundle the pipeline before it is compiled, or use `retemper compile`.";
    throw new SpecError("not-bundled", message, { task: name }, { location });
  }
  return {
    kind: "container",
    name,
    ...(description !== undefined && { description }),
    inputs,
    outputs,
    image,
    command: ["node", "--input-type=module", "--eval", bundle, "--"],
    arguments: ["--executor-input", placeholder.executorInput],
    environment,
  };
}
