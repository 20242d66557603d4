import type { PlatformSpecJson } from "../ir/generated/pipeline_spec_pb.js";
import { validatePlatform } from "../ir/platform.ts";
import type { PipelineSpec } from "../ir/types.ts";
import { validateSpec } from "../ir/validate.ts";
import type { SpecDocuments } from "./bind.ts";
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

export function asSpecDocuments(documents: readonly unknown[], source: string): SpecDocuments {
  const [spec, platform] = documents;
  if (spec === undefined || spec === null || documents.length > 2) {
    const count = spec === null ? 0 : documents.length;
    throw new LoadError(
      "not-a-component",
      source,
      `a compiled pipeline is one document, or two with a platform document, and not ${count}.`,
    );
  }
  const problems: LoadProblem[] = [...validateSpec(spec)];
  if (problems.length === 0 && platform !== undefined && platform !== null) {
    problems.push(
      ...validatePlatform(platform, spec as PipelineSpec).map(({ path, message }) => ({
        path: `platform document, ${path}`,
        message,
      })),
    );
  }
  if (problems.length > 0) throw new LoadError("invalid-spec", source, "this is no valid pipeline spec.", problems);
  return {
    spec: spec as PipelineSpec,
    ...(platform !== undefined && platform !== null && { platform: platform as PlatformSpecJson }),
  };
}
