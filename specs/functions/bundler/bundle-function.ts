import { readFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";
import type { DefinitionNode, FunctionNode } from "../../nodes/index.ts";
import {
  type Captured,
  capture,
  dialectOf,
  FunctionError,
  type FunctionProblem,
  functionName,
} from "../capture/index.ts";
import type { FunctionInterface, InputKind } from "../runtime/interface.ts";
import { installedPackage } from "./packages.ts";
import { isExternal, isLanguage, targetOf } from "./resolve.ts";

export interface FunctionProgram {
  /** An ES module that needs Node alone, and the packages that the component lists. */
  readonly text: string;
  /** Packages that went along, as `name@version`. */
  readonly bundled: readonly string[];
}

/** Makes a function and all that it uses one program, the same bytes each time. Throws {@link FunctionError}. */
export async function bundleFunction(
  node: FunctionNode,
  options: { readonly minify: boolean },
): Promise<FunctionProgram> {
  const assembly = new Assembly(node);
  const bundle = await rolldown({
    input: start,
    cwd: node.source.file === null ? "/" : dirname(node.source.file),
    platform: "node",
    tsconfig: false,
    // CommonJS modules of packages may ask where they are; the program is an ES module.
    transform: { define: { __filename: "import.meta.filename", __dirname: "import.meta.dirname" } },
    resolve: { extensionAlias: { ".js": [".ts", ".tsx", ".js"], ".mjs": [".mts", ".mjs"] } },
    plugins: [assembly.plugin],
    logLevel: "silent",
    experimental: { attachDebugInfo: "none" },
  });
  try {
    const { output } = await bundle.generate({
      format: "esm",
      codeSplitting: false,
      minify: options.minify,
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    assembly.throwProblems();
    return { text: assembly.check(output[0]), bundled: assembly.bundled };
  } catch (error) {
    throw assembly.explain(error);
  } finally {
    await bundle.close();
  }
}

/** The program's first module. */
const start = "\0retemper:start";

/** In source and in what is built of it, the runtime is a file beside this one's folder. */
const runtime = fileURLToPath(new URL(`../runtime/run${extname(import.meta.url)}`, import.meta.url));

/** Linux takes 2 MiB of words and variables together; this leaves room for the task's own. */
const largestProgram = 1_500_000;

type RolldownError = Error & { readonly code?: string };

class Assembly {
  readonly plugin: Plugin;
  readonly #node: FunctionNode;
  readonly #packages = new Set<string>();
  #captured: Captured = { entry: "", modules: new Map(), problems: [] };
  readonly #problems: FunctionProblem[] = [];

  constructor(node: FunctionNode) {
    this.#node = node;
    const assembly = this;
    this.plugin = {
      name: "retemper",
      async buildStart() {
        assembly.#captured = await capture(node, {
          resolve: async (specifier, importer) => {
            if (isExternal(specifier, node.packages)) return { kind: "external" };
            return targetOf(specifier, (await this.resolve(specifier, importer))?.id ?? null);
          },
          read: (file) => readFile(file, "utf8"),
        });
        assembly.#problems.push(...assembly.#captured.problems);
        assembly.throwProblems();
      },
      resolveId(specifier) {
        if (specifier === start || assembly.#captured.modules.has(specifier)) return specifier;
        return isExternal(specifier, node.packages) ? { id: specifier, external: true } : null;
      },
      load(id) {
        if (id === start) return { code: assembly.#writeStart(), moduleType: "js" };
        const code = assembly.#captured.modules.get(id);
        if (code !== undefined) return { code, moduleType: dialectOf(id) };
        return assembly.#admit(id) ? null : { code: "export {};", moduleType: "js" };
      },
    };
  }

  get bundled(): readonly string[] {
    return [...this.#packages].sort();
  }

  throwProblems(): void {
    const [first, ...others] = this.#problems;
    if (first !== undefined) throw new FunctionError([first, ...others]);
  }

  /** What failed, in the author's terms. */
  explain(error: unknown): unknown {
    if (error instanceof FunctionError) return error;
    const [first, ...others] = this.#problems;
    if (first !== undefined) return new FunctionError([first, ...others]);
    const { errors = [] } = error as { readonly errors?: readonly RolldownError[] };
    if (errors.some(({ code }) => code === "PLUGIN_ERROR")) return error;
    const [one, ...more] = errors.map(({ message }) => this.#problem("not-bundled", this.#node.name, message));
    return one === undefined ? error : new FunctionError([one, ...more]);
  }

  check({ code, imports, dynamicImports, fileName }: OutputChunk): string {
    for (const each of [...imports, ...dynamicImports]) {
      if (each === fileName || isExternal(each, this.#node.packages)) continue;
      const message = `\`${each}\` is neither installed here nor among the packages of the task: install it, or list it under \`packages\` with its version.`;
      this.#problems.push(this.#problem("uncaptured", each, message));
    }
    const size = Buffer.byteLength(code);
    if (size > largestProgram) {
      const message = `The program has ${size} bytes, and a container's command takes ${largestProgram}: list large packages under \`packages\`, with their versions.`;
      this.#problems.push(this.#problem("not-bundled", this.#node.name, message));
    }
    this.throwProblems();
    return code;
  }

  /** Whether a module of a package can go along. */
  #admit(id: string): boolean {
    if (id.startsWith(dirname(runtime))) return true;
    if (isLanguage(id)) {
      this.#problems.push(
        this.#problem(
          "uncaptured",
          id,
          `\`${id}\` belongs to the language that pipelines are written in, which is not there when the task runs.`,
        ),
      );
      return false;
    }
    const found = id.includes("node_modules") ? installedPackage(id) : null;
    if (found !== null) this.#packages.add(`${found.name}@${found.version}`);
    if (found?.native !== true && !id.endsWith(".node")) return true;
    const name = found?.name ?? id;
    if (!this.#problems.some((each) => each.name === name)) {
      const message = `\`${name}\` has native code, which is made for one machine: list it under \`packages\`, as ${JSON.stringify(name)}: ${JSON.stringify(found?.version ?? "")}.`;
      this.#problems.push(this.#problem("uncaptured", name, message));
    }
    return false;
  }

  #problem(code: FunctionProblem["code"], name: string, message: string): FunctionProblem {
    const { file, line, column } = this.#node.source;
    return { code, task: this.#node.name, name, message, location: file === null ? null : { file, line, column } };
  }

  #writeStart(): string {
    const { name, inputs, outputs } = this.#node;
    const face: FunctionInterface = {
      name,
      inputs: Object.fromEntries(Object.entries(inputs).map(([input, each]) => [input, kindOf(each)])),
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([output, each]) => [output, each.kind === "artifact" ? "artifact" : each.type]),
      ),
    };
    return [
      `import { run } from ${JSON.stringify(runtime)};`,
      `import { ${functionName} } from ${JSON.stringify(this.#captured.entry)};`,
      `await run(${JSON.stringify(face)}, ${functionName});`,
    ].join("\n");
  }
}

function kindOf(definition: DefinitionNode): InputKind {
  if (definition.kind === "parameter") return definition.type;
  return definition.list ? "artifacts" : "artifact";
}
