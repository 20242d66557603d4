import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fromDocuments } from "./codegen-component.ts";
import { compileComponents } from "./python-program.ts";
import type { CodegenComponent } from "./types.ts";

/**
 * - `python`: the interpreter cannot be run, or its `kfp` is missing or fails.
 * - `empty`: the Python file has no component.
 */
export type CodegenErrorCode = "python" | "empty";

/** Why bindings cannot be written. */
export class CodegenError extends Error {
  override readonly name = "CodegenError";
  readonly code: CodegenErrorCode;

  constructor(code: CodegenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What the Python program says of a component. */
interface Compiled {
  readonly name: string;
  readonly description: string | null;
  readonly inputs: readonly string[];
  readonly spec: unknown;
  readonly platform: unknown;
}

/**
 * The components of a Python file, compiled by the real `kfp`.
 *
 * @param interpreter A Python that has `kfp` and all that the file imports.
 */
export async function readPythonComponents(file: string, interpreter: string): Promise<readonly CodegenComponent[]> {
  const folder = await mkdtemp(join(tmpdir(), "retemper-codegen-"));
  try {
    const program = join(folder, "compile_components.py");
    const result = join(folder, "components.json");
    await writeFile(program, compileComponents);
    await run(interpreter, [program, resolve(file), result], file);
    const compiled = JSON.parse(await readFile(result, "utf8")) as readonly Compiled[];
    if (compiled.length === 0) {
      throw new CodegenError("empty", `${file}: there is no component in this file, and no pipeline.`);
    }
    return compiled.map((component) => asCodegenComponent(component, file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function asCodegenComponent(compiled: Compiled, source: string): CodegenComponent {
  const { name, description, inputs, spec, platform } = compiled;
  const component = fromDocuments(platform === null ? [spec] : [spec, platform], `${source}, ${name}`);
  return { ...component, name, inputOrder: inputs, ...(description !== null && { description }) };
}

async function run(interpreter: string, args: readonly string[], file: string): Promise<void> {
  const child = spawn(interpreter, args, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const status = await new Promise<number | null>((settle, fail) => {
    child.on("error", (cause) =>
      fail(
        new CodegenError(
          "python",
          `${interpreter} cannot be run: ${cause.message}. Name a Python with kfp: --python PATH.`,
          {
            cause,
          },
        ),
      ),
    );
    child.on("close", settle);
  });
  if (status !== 0) {
    throw new CodegenError("python", `${file} cannot be compiled by ${interpreter}:\n${output.trim()}`);
  }
}
