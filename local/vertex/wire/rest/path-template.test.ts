import { expect, test } from "vitest";
import { parsePathTemplate } from "./path-template.ts";

const parent = "projects/p/locations/us-central1";

test.each([
  ["/v1/{parent=projects/*/locations/*}/models", `/v1/${parent}/models`, { parent }],
  [
    "/v1/{name=projects/*/locations/*/models/*}",
    `/v1/${parent}/models/1@champion`,
    { name: `${parent}/models/1@champion` },
  ],
  ["/v1/{name=projects/*/locations/*/models/*}", `/v1/${parent}/models/1%402`, { name: `${parent}/models/1@2` }],
  [
    "/v1/{model.name=projects/*/locations/*/models/*}",
    `/v1/${parent}/models/1`,
    { "model.name": `${parent}/models/1` },
  ],
  ["/v1/{name=operations/**}:cancel", "/v1/operations/a/b/c:cancel", { name: "operations/a/b/c" }],
  ["/v1/{name=projects/*/locations/*/models/*}", `/v1/${parent}/models/1:deleteVersion`, undefined],
  ["/v1/{name=projects/*/locations/*/models/*}", `/v1/${parent}/models/1/more`, undefined],
  ["/v1/{parent=projects/*/locations/*}/models", `/v1/${parent}/models/`, undefined],
])("%s of %s", (template, path, values) => {
  expect(parsePathTemplate(template).match(path)).toEqual(values);
});
