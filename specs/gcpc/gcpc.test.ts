import { type DescMessage, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { artifactType, compile, importer, pipeline, string, validateSpec } from "../index.ts";
import { PipelineDeploymentConfigSchema, PipelineSpecSchema } from "../ir/generated/pipeline_spec_pb.js";
import { nodeFromYaml, parseSpecDocuments, toYaml } from "../load/index.ts";
import type { ContainerNode, LoadedNode } from "../nodes/index.ts";
import { endpointCreateOp, modelDeployOp } from "./generated/v1/endpoint.ts";
import { gcpcModules } from "./index.ts";

const names = Object.keys(gcpcModules) as (keyof typeof gcpcModules)[];
type Node = Parameters<typeof compile>[0];
const all: (readonly [string, Node])[] = [];
for (const module of names) {
  const components: Readonly<Record<string, Node>> = await gcpcModules[module]();
  for (const [name, component] of Object.entries(components)) all.push([`${module}: ${name}`, component]);
}

test("there are all that Google lists", () => {
  expect(all.length).toBe(116);
});

describe("every component is valid and comes back the same", () => {
  test.each(all)("%s", (_, component) => {
    const { spec } = compile(component);
    expect(validateSpec(spec)).toEqual([]);

    const text = toYaml(spec);
    expect(parseSpecDocuments(text)).toEqual({ spec });
    const { inputs, outputs } = component.node as ContainerNode | LoadedNode;
    expect(nodeFromYaml(text)).toMatchObject({ inputs, outputs });

    expect(roundTrip(PipelineSpecSchema, spec)).toEqual(spec);
    expect(roundTrip(PipelineDeploymentConfigSchema, spec.deploymentSpec)).toEqual(spec.deploymentSpec);
  });
});

test("they are wired as any other component, and checked by the compiler", () => {
  const deploy = pipeline("deploy", { inputs: { model: string() } }, ({ model }) => {
    const imported = importer(artifactType("google.VertexModel"), { uri: model });
    const endpoint = endpointCreateOp({ display_name: "champion" });
    modelDeployOp({ model: imported, endpoint: endpoint.endpoint, dedicated_resources_min_replica_count: 1 });
    // @ts-expect-error: a model is no endpoint.
    const wrong = () => modelDeployOp({ model: imported, endpoint: imported });
    // @ts-expect-error: it must be told which model.
    const missing = () => modelDeployOp({});
    expect([wrong, missing]).toHaveLength(2);
  });
  expect(compile(deploy).spec.root?.dag?.tasks?.["model-deploy"]?.inputs).toEqual({
    artifacts: {
      endpoint: { taskOutputArtifact: { producerTask: "endpoint-create", outputArtifactKey: "endpoint" } },
      model: { taskOutputArtifact: { producerTask: "importer", outputArtifactKey: "artifact" } },
    },
    parameters: { dedicated_resources_min_replica_count: { runtimeValue: { constant: 1 } } },
  });
});

function roundTrip(schema: DescMessage, json: unknown): JsonValue {
  return toJson(schema, fromJson(schema, json as JsonValue)) as JsonValue;
}
