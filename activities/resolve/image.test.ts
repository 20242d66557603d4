import { expect, test } from "vitest";
import { parseImage } from "./image.ts";

test.each([
  ["us-docker.pkg.dev/p/r/trainer:1", { host: "us-docker.pkg.dev", repository: "p/r/trainer", tag: "1", digest: null }],
  ["localhost:5000/trainer", { host: "localhost:5000", repository: "trainer", tag: "latest" }],
  ["python", { host: "registry-1.docker.io", repository: "library/python", tag: "latest" }],
  ["owner/image:x", { host: "registry-1.docker.io", repository: "owner/image", tag: "x" }],
  ["gcr.io/a/b@sha256:00", { name: "gcr.io/a/b", digest: "sha256:00" }],
])("parseImage(%s)", (image, expected) => {
  expect(parseImage(image)).toMatchObject(expected);
});
