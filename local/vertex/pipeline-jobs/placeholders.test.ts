import { expect, test } from "vitest";
import { fill, fillArgument, type PlaceholderScope, valueText } from "./placeholders.ts";

const scope: PlaceholderScope = {
  parameters: { text: 'say "hi"', count: 3, list: [1, "a"], sneaky: "{{$.inputs.parameters['text']}}" },
  templates: {
    pools: [{ args: ["{{$.inputs.parameters['count']}}", "{{$.json_escape[1]}}"] }],
    loop: "{{$.inputs.parameters['loop']}}",
  },
  artifacts: {
    data: [
      {
        name: "n",
        displayName: "d",
        uri: "gs://bucket/data",
        schemaTitle: "system.Dataset",
        schemaVersion: "0.0.1",
        metadata: { rows: 5 },
        createTime: 0,
      },
    ],
  },
  names: { pipeline_job_name: "job-1" },
  outputs: { parameterFiles: { out: "/gcs/bucket/out" }, artifactUris: { model: "gs://bucket/model" } },
  executorInput: () => '{"a":"b"}',
};

test.each([
  ["{{$.inputs.parameters['text']}}", 'say "hi"'],
  ["{{$.inputs.parameters['text'].json_escape[1]}}", 'say \\"hi\\"'],
  ["n={{$.inputs.parameters['count']}}, {{$.inputs.parameters['list']}}", 'n=3, [1,"a"]'],
  ["{{$.inputs.artifacts['data'].path}} {{$.inputs.artifacts['data'].uri}}", "/gcs/bucket/data gs://bucket/data"],
  ["{{$.inputs.artifacts['data'].metadata['rows']}}", "5"],
  [
    "{{$.outputs.parameters['out'].output_file}} {{$.outputs.artifacts['model'].path}}",
    "/gcs/bucket/out /gcs/bucket/model",
  ],
  ["{{$.pipeline_job_name}} {{$}}", 'job-1 {"a":"b"}'],
  ["{{$.json_escape[2]}}", '{\\\\\\"a\\\\\\":\\\\\\"b\\\\\\"}'],
  // The spec's own text is filled in where it is put.
  ["{{$.inputs.parameters['pools']}}", '[{"args":["3","{\\"a\\":\\"b\\"}"]}]'],
  // A value from outside never is.
  ["{{$.inputs.parameters['sneaky']}}", "{{$.inputs.parameters['text']}}"],
  ["{{ not ours }}", "{{ not ours }}"],
])("%s", (text, filled) => {
  expect(fill(text, scope)).toBe(filled);
});

test.each([
  "{{$.inputs.parameters['none']}}",
  "{{$.outputs.artifacts['none'].uri}}",
  "{{$.nothing}}",
  "{{$.inputs.parameters['loop']}}",
])("%s is an error", (text) => {
  expect(() => fill(text, scope)).toThrow(expect.objectContaining({ code: "INVALID_PLACEHOLDER" }));
});

test("an optional argument is there or not", () => {
  const argument = (input: string) =>
    fillArgument(
      JSON.stringify({
        IfPresent: { InputName: input, Then: ["--n", { Concat: ["=", "{{$.inputs.parameters['count']}}"] }] },
      }),
      scope,
    );
  expect(argument("count")).toEqual(["--n", "=3"]);
  expect(argument("none")).toEqual([]);
});

test("numbers are written without an exponent", () => {
  expect(valueText(1e21)).toBe("1000000000000000000000");
  expect(valueText(0.5)).toBe("0.5");
});
