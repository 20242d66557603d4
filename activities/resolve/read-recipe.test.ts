import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../errors.ts";
import { inTemporaryFolder } from "../temporary.ts";
import { parseRecipe, readRecipe } from "./read-recipe.ts";

const problemsOf = (text: string) => {
  try {
    parseRecipe(text, "x.yaml");
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error("expected a UserError");
};

describe("parseRecipe", () => {
  test("says at which line and column the YAML breaks", () => {
    const error = problemsOf("name: x\ntrain: {epochs: 1\ngate: ]\n");
    expect(error.code).toBe("InvalidRecipe");
    expect(error.problems[0]?.message).toMatch(/^line \d+, column \d+: /);
  });

  test("lists every problem with its path, place and the nearest name", () => {
    const error = problemsOf(
      [
        "name: x",
        "task: text-classification",
        "model: { base: o/m }",
        "data: { source: hub, dataset: o/d, train: t.parquet }",
        "train:",
        "  epcohs: 2",
        "  batchSize: many",
        "  hardware: { tpu: v5e, topology: 2x2 }",
        "gate: {}",
        "promote:",
        "  endpoint: e",
        "  canary:",
        "    - { percent: 10, bake: 1m }",
        "    - { percent: 500, bake: 1m }",
      ].join("\n"),
    );
    const byPath = new Map(error.problems.map(({ path, message }) => [path, message]));
    expect(byPath.get("train.epcohs")).toContain("did you mean epochs?");
    expect(byPath.get("train.epcohs")).toContain("(line 6, column 3)");
    expect(byPath.get("train.batchSize")).toContain("(line 7, column 3)");
    expect(byPath.get("promote.canary[1].percent")).toContain("line 14");
    expect(error.problems).toHaveLength(3);
  });
});

describe("readRecipe", () => {
  test("suggests the nearest recipe, and reads no file outside its folder", async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, "debian-sections.yaml"), "name: debian-sections");
      const near = await readRecipe(folder, "debian-section").catch((error: unknown) => error);
      expect(near).toMatchObject({ code: "NotFound" });
      expect(String(near)).toContain("did you mean debian-sections?");
      const outside = await readRecipe(folder, "../debian-sections").catch((error: unknown) => error);
      expect(outside).toMatchObject({ code: "NotFound" });
    });
  });
});
