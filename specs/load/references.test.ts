import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DescMessage, fromJson, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  PipelineDeploymentConfigSchema,
  PipelineSpecSchema,
  PlatformSpecSchema,
} from "../ir/generated/pipeline_spec_pb.js";
import { nodeFromYaml, parseSpecDocuments, type SpecDocuments, toYaml } from "./index.ts";

const folder = fileURLToPath(new URL("../../../shared/kfp/", import.meta.url));
const files = globSync(`${folder}{golden,regenerated}/**/*.yaml`).sort();

describe.runIf(existsSync(folder))("reference specs beside the checkout", () => {
  test("there are many", () => {
    expect(files.length).toBeGreaterThan(200);
  });

  test.each(files.map((file) => file.slice(folder.length)))("%s loads, is valid and comes back the same", (file) => {
    const text = readFileSync(`${folder}${file}`, "utf8");
    const documents = parseSpecDocuments(text, file);
    expect(nodeFromYaml(text, file).name).toMatch(/^[a-z0-9-]+$/);

    const written = toYaml(documents.spec, documents.platform);
    expect(parseSpecDocuments(written)).toEqual(documents);
    expect(throughMessages(documents)).toEqual(documents);
  });
});

/** As the messages that the descriptors define, and back. */
function throughMessages({ spec, platform }: SpecDocuments): SpecDocuments {
  return {
    spec: {
      ...roundTrip(PipelineSpecSchema, spec),
      deploymentSpec: roundTrip(PipelineDeploymentConfigSchema, spec.deploymentSpec),
    },
    ...(platform && { platform: roundTrip(PlatformSpecSchema, platform) }),
  } as SpecDocuments;
}

function roundTrip(schema: DescMessage, json: unknown): JsonObject {
  return toJson(schema, fromJson(schema, json as JsonValue)) as JsonObject;
}
