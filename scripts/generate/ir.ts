import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { createFileRegistry, type DescMessage, type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { compileValidator } from "./ir/compile.ts";
import { messageSchema } from "./ir/schema.ts";

/**
 * Writes the types, the JSON schema and the validator of the Kubeflow Pipelines IR to `specs/ir/generated/`,
 * from `specs/ir/descriptors.binpb`.
 *
 * With `--refresh`, takes the descriptors anew from PyPI first; `ir/requirements.txt` pins the release.
 */

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const descriptors = join(root, "specs/ir/descriptors.binpb");
const generated = join(root, "specs/ir/generated");

const { values: options } = parseArgs({ options: { refresh: { type: "boolean", default: false } } });
if (options.refresh) await refreshDescriptors();
await generateTypes();
await generateSchema();

async function refreshDescriptors(): Promise<void> {
  const packages = await mkdtemp(join(tmpdir(), "retemper-descriptors-"));
  try {
    const requirements = join(root, "scripts/generate/ir/requirements.txt");
    await run("python3", [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--no-deps",
      "--target",
      packages,
      "--requirement",
      requirements,
    ]);
    await run("python3", [join(root, "scripts/generate/ir/descriptors.py"), packages, descriptors]);
  } finally {
    await rm(packages, { recursive: true });
  }
}

async function generateTypes(): Promise<void> {
  const template = {
    version: "v2",
    plugins: [
      {
        local: join(root, "node_modules/.bin/protoc-gen-es"),
        out: generated,
        // JavaScript with declarations: the TypeScript form has enums, which Node cannot erase.
        opt: ["target=js+dts", "json_types=true", "import_extension=js"],
        include_imports: true,
      },
    ],
  };
  const buf = join(root, "node_modules/.bin/buf");
  await run(buf, [
    "generate",
    descriptors,
    "--template",
    JSON.stringify(template),
    "--exclude-path",
    "google/protobuf",
  ]);
}

async function generateSchema(): Promise<void> {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(descriptors)));
  const schema = messageSchema(
    message(registry, "PipelineSpec"),
    "https://retemper.dev/schemas/pipeline-spec-2.1.json",
    new Map([["ml_pipelines.PipelineSpec.deployment_spec", message(registry, "PipelineDeploymentConfig")]]),
  );
  await writeFile(join(generated, "pipeline-spec.schema.json"), `${JSON.stringify(schema, null, 2)}\n`);
  await writeFile(join(generated, "validate.js"), compileValidator(schema));
}

function message(registry: FileRegistry, name: string): DescMessage {
  const found = registry.getMessage(`ml_pipelines.${name}`);
  if (found === undefined) throw new Error(`The descriptors have no message ml_pipelines.${name}.`);
  return found;
}
