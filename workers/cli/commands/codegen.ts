import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand } from "citty";
import colours from "picocolors";
import {
  type CodegenComponent,
  readComponent,
  readPythonComponents,
  writeModule,
} from "../../../specs/codegen/index.ts";
import { componentFromSpec } from "../../../specs/load/bind.ts";
import type { DefinitionNodes } from "../../../specs/nodes/index.ts";
import { guard } from "../guard.ts";
import { CommandError } from "../user-error.ts";
import { type Terminal, terminal, truncate } from "../view/terminal.ts";

/** The environment with the pinned `kfp` that the set-up makes. */
const pinnedPython = fileURLToPath(new URL("../../../.retemper/kfp/bin/python", import.meta.url));

export const codegen = defineCommand({
  meta: { name: "codegen", description: "Write TypeScript bindings for components of the Python SDK." },
  args: {
    source: {
      type: "positional",
      description: "A component's or pipeline's YAML or JSON (file, https:// or gs://), or a Python file of components",
      required: true,
    },
    output: { type: "string", alias: "o", description: "The module to write (standard output when left out)" },
    python: { type: "string", description: "A Python with kfp and all that the Python file imports" },
    language: { type: "string", description: "What the module imports", default: "retemper/specs" },
  },
  run: ({ args }) =>
    guard(async () => {
      const components = args.source.endsWith(".py")
        ? await readPythonComponents(args.source, pythonFor(args.python))
        : [await readComponent(args.source, { readObject })];
      const module = writeModule(components, { source: basename(args.source), language: args.language });
      if (args.output === undefined) {
        process.stdout.write(module);
        return 0;
      }
      await writeFile(args.output, module);
      const out = terminal();
      out.write(summary(args.output, components, out));
      return 0;
    }),
});

function pythonFor(named: string | undefined): string {
  if (named !== undefined) return named;
  if (existsSync(pinnedPython)) return pinnedPython;
  throw new CommandError(
    "NO_PYTHON",
    "There is no Python with kfp yet. Name one that has it: --python PATH (in it: pip install kfp).",
  );
}

/** From the storage of the configured environment, which may be this machine's. */
async function readObject(uri: string): Promise<string> {
  const { createClients } = await import("../../../activities/clients/clients.ts");
  const { readConfiguration } = await import("../../config/read-configuration.ts");
  const configuration = await readConfiguration();
  const clients = createClients(await configuration.environment(), configuration.readVariable);
  try {
    return await clients.storage.readExisting(uri);
  } finally {
    await clients.close();
  }
}

function summary(output: string, components: readonly CodegenComponent[], { columns }: Terminal): string {
  const width = Math.max(...components.map(({ name }) => name.length));
  const lines = components.map(({ name, documents }) => {
    const { inputs, outputs } = componentFromSpec(() => documents).node;
    const taken = names(inputs, true).join(", ") || "nothing";
    const given = names(outputs, false).join(", ") || "nothing";
    return `  ${name.padEnd(width)}  ${colours.dim(truncate(`${taken} → ${given}`, columns - width - 4))}\n`;
  });
  return `${colours.green("✓")} ${output}\n${lines.join("")}`;
}

function names(definitions: DefinitionNodes, optional: boolean): readonly string[] {
  return Object.entries(definitions).map(
    ([name, definition]) => `${name}${optional && definition.optional ? "?" : ""}`,
  );
}
