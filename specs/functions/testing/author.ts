import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { functionContainer } from "../../emit/function-container.ts";
import type { ContainerNode, DefinitionNodes, FunctionNode } from "../../nodes/index.ts";
import { bundle } from "../index.ts";

/** An author's folder, with the modules that a test writes there. */
export class Author {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "author-")));

  /** Writes files, by path. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  /** The component that the first `task(` of a module makes, as if the module had been run. */
  component(path: string, more: Partial<FunctionNode> = {}): { readonly node: FunctionNode } {
    const file = join(this.folder, path);
    const before =
      readFileSync(file, "utf8")
        .split(/\btask\(/)[0]
        ?.split("\n") ?? [];
    const source = { text: "", file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const node: FunctionNode = {
      kind: "function",
      name: "work",
      inputs: {},
      outputs: {},
      source,
      image: "node",
      packages: {},
      environment: {},
      ...more,
    };
    return { node };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const output = { kind: "parameter", type: "list", optional: false } as const;

/** An output for tests that look at what a function returns: `return { result: […] }`. */
export const result: DefinitionNodes = { result: output };

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Its output parameters, as the executor output has them. */
  readonly returned: Readonly<Record<string, unknown>>;
  readonly artifacts: Readonly<Record<string, { readonly artifacts: readonly unknown[] }>>;
}

/** Runs a container's command line here, on this Node, with a bucket that is a folder. */
export async function runContainer(
  { command }: Pick<ContainerNode, "command">,
  bucket: string,
  given: {
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly artifacts?: Readonly<Record<string, readonly unknown[]>>;
    readonly outputs?: readonly string[];
    readonly outputArtifacts?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    /** Called with each line on standard output. */
    readonly onOutput?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Ended> {
  const executorInput = {
    inputs: {
      parameterValues: given.parameters ?? {},
      artifacts: mapValues(given.artifacts ?? {}, (artifacts) => ({ artifacts })),
    },
    outputs: {
      parameters: Object.fromEntries(
        (given.outputs ?? []).map((name) => [name, { outputFile: join(bucket, "out", name) }]),
      ),
      artifacts: Object.fromEntries(
        (given.outputArtifacts ?? []).map((name) => [
          name,
          {
            artifacts: [
              { name: "", uri: `gs://bucket/out/${name}`, type: { schemaTitle: "system.Artifact" }, metadata: {} },
            ],
          },
        ]),
      ),
      outputFile: join(bucket, "out", "executor_output.json"),
    },
  };
  const [, ...words] = command.map(String);
  const child = spawn(process.execPath, [...words, "--executor-input", JSON.stringify(executorInput)], {
    env: { PATH: process.env["PATH"], RETEMPER_GCS_ROOT: dirname(bucket), ...given.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (given.onOutput !== undefined) {
    const { onOutput } = given;
    child.stdout.on("data", (data: Buffer) => onOutput(data.toString(), (signal) => child.kill(signal)));
  }
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const written = status === 0 ? (JSON.parse(readFileSync(executorInput.outputs.outputFile, "utf8")) as Written) : {};
  return {
    status: status as number | null,
    stdout,
    stderr,
    returned: written.parameterValues ?? {},
    artifacts: written.artifacts ?? {},
  };
}

interface Written {
  readonly parameterValues?: Ended["returned"];
  readonly artifacts?: Ended["artifacts"];
}

/** Bundles a component and runs it. */
export async function runComponent(
  component: { readonly node: FunctionNode },
  author: Author,
  given: Parameters<typeof runContainer>[2] = {},
): Promise<Ended> {
  const { node } = await bundle(component);
  const bucket = join(author.folder, "buckets", "bucket");
  return runContainer(functionContainer(node), bucket, { outputs: Object.keys(node.outputs), ...given });
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
