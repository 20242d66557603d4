import type { PlatformSpec } from "../../../specs/ir/platform.ts";
import type { PipelineSpec } from "../../../specs/ir/types.ts";
import { CommandError } from "../user-error.ts";
import { terminal } from "../view/terminal.ts";
import { isModule } from "./author-module.ts";

export interface ReadSpec {
  readonly spec: PipelineSpec;
  readonly platform: PlatformSpec | undefined;
}

/** A valid spec: of a file or address, or compiled from an author's module. */
export async function readSpec(reference: string): Promise<ReadSpec> {
  if (isModule(reference)) {
    const [{ loadTarget }, { compileTarget }] = await Promise.all([
      import("./author-module.ts"),
      import("./compile-target.ts"),
    ]);
    const { spec, platform } = await compileTarget(await loadTarget(reference));
    return { spec, platform };
  }
  const [{ readSpecDocument }, { checkSpec }] = await Promise.all([
    import("./spec-document.ts"),
    import("./check-spec.ts"),
  ]);
  const document = await readSpecDocument(reference);
  // What Vertex would refuse can be looked at all the same.
  const problems = (await checkSpec(document)).filter(({ group }) => group !== "limit");
  if (problems.length > 0) {
    const { problemsText } = await import("./problems-view.ts");
    throw new CommandError(
      "INVALID_SPEC",
      `This is no valid spec.\n\n${problemsText(reference, problems, terminal().columns)}`,
    );
  }
  return { spec: document.spec as PipelineSpec, platform: document.platform as PlatformSpec | undefined };
}
