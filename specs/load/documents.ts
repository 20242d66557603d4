import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import { validatePlatform } from "../ir/platform.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { type SpecProblem, validateSpec } from "../ir/validate.ts";
import type { SpecDocuments } from "./bind.ts";
import { componentNode } from "./component-node.ts";
import { LoadError, type LoadProblem } from "./load-error.ts";
import { readYaml } from "./read-yaml.ts";

/**
 * The pipeline spec of a YAML or JSON text, and its platform document where there is one.
 * Throws `LoadError` with every problem.
 *
 * @param source What messages call the text: its file or address.
 */
export function parseSpecDocuments(text: string, source = "text"): SpecDocuments {
  return asSpecDocuments(readYaml(text, source), source);
}

/** The same from documents that were read. */
export function asSpecDocuments(documents: readonly unknown[], source: string): SpecDocuments {
  return checked(documents, source, () => false);
}

/**
 * The same for a component. Of a single container, what the pipeline around it gives does not matter: the Python SDK
 * writes it wrong where an input and an output have the same name.
 */
export function asComponentDocuments(documents: readonly unknown[], source: string): SpecDocuments {
  return checked(
    documents,
    source,
    ({ code, path }, spec) =>
      code === "reference" && path.startsWith("/root/dag/outputs/") && componentNode({ spec }).kind === "container",
  );
}

function checked(
  documents: readonly unknown[],
  source: string,
  ignored: (problem: SpecProblem, spec: PipelineSpec) => boolean,
): SpecDocuments {
  const [spec, platform] = documents;
  if (spec === undefined || spec === null || documents.length > 2) {
    const count = spec === null ? 0 : documents.length;
    const message = `a compiled pipeline is one document, or two with a platform document, and not ${count}.`;
    throw new LoadError("not-a-component", source, message);
  }
  const problems: LoadProblem[] = validateSpec(spec).filter((problem) => !ignored(problem, spec as PipelineSpec));
  if (problems.length === 0 && platform !== undefined && platform !== null) {
    const ofPlatform = validatePlatform(platform, spec as PipelineSpec);
    problems.push(...ofPlatform.map(({ path, message }) => ({ path: `platform document, ${path}`, message })));
  }
  if (problems.length > 0) throw new LoadError("invalid-spec", source, "this is no valid pipeline spec.", problems);
  return {
    spec: spec as PipelineSpec,
    ...(platform !== undefined && platform !== null && { platform: platform as PlatformSpecJson }),
  };
}
