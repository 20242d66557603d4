import { expect, test } from "vitest";
import type { PipelineSpec } from "../../../../specs/ir/types.ts";
import { mapImages, parseImageMapping } from "./map-images.ts";

const image = "europe-docker.pkg.dev:443/p/r/trainer";
const spec: PipelineSpec = {
  deploymentSpec: {
    executors: {
      tagged: { container: { image: `${image}:v1`, command: ["python", "-m", "train"], args: ["--fast"] } },
      pinned: { container: { image: `${image}@sha256:abc` } },
      other: { container: { image: "alpine" } },
      importer: { importer: {} },
    },
  },
};
const executors = (...texts: readonly string[]) =>
  mapImages(spec, texts.map(parseImageMapping)).spec.deploymentSpec?.executors ?? {};

test("a program is put before the command of every component of an image, whatever its tag", () => {
  const mapped = executors(`${image}=uv run --with "numpy < 2"`);
  expect(mapped["tagged"]?.container).toMatchObject({
    command: ["uv", "run", "--with", "numpy < 2", "python", "-m", "train"],
    args: ["--fast"],
  });
  expect(mapped["pinned"]?.container?.command).toEqual(["uv", "run", "--with", "numpy < 2"]);
  expect(mapped["pinned"]?.container?.image).toBe(mapped["tagged"]?.container?.image);
  expect(mapped["other"]).toEqual(spec.deploymentSpec?.executors?.["other"]);
  expect(mapped["importer"]).toEqual({ importer: {} });
});

test("a mapping with a tag is of that one only, and one may be no program at all", () => {
  const mapped = executors(`${image}:v1=`);
  expect(mapped["tagged"]?.container?.command).toEqual(["python", "-m", "train"]);
  expect(mapped["tagged"]?.container?.image).not.toBe(`${image}:v1`);
  expect(mapped["pinned"]).toEqual(spec.deploymentSpec?.executors?.["pinned"]);
});

test("mappings that meet no image are told", () => {
  expect(mapImages(spec, ["alpine=env", "alpin=env"].map(parseImageMapping)).unused).toEqual(["alpin"]);
});

test.each(["alpine", "=env", "two words=env"])("%j is no mapping", (text) => {
  expect(() => parseImageMapping(text)).toThrow(expect.objectContaining({ code: "INVALID_IMAGE" }));
});
