import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** How the Python SDK starts a lightweight component: its source into a file, and its executor on that file. */
const script =
  /^\s*program_path=\$\(mktemp -d\)\s+printf "%s" "\$0" > "\$program_path\/ephemeral_component\.py"\s+_KFP_RUNTIME=true python3 -m kfp\.dsl\.executor_main\s+--component_module_path\s+"\$program_path\/ephemeral_component\.py"\s+"\$@"\s*$/;

export interface DirectStart {
  readonly argv: readonly string[];
  /** Of these, those of the SDK's executor. */
  readonly arguments: readonly string[];
}

/** Tells the SDK that it runs a component, so that it loads only what that takes. */
export const runtimeVariable = { _KFP_RUNTIME: "true" } as const;

/**
 * Does what that script does without a shell of its own, which saves several processes a task. The source is written
 * into the folder. Undefined for any other command.
 */
export function startDirectly(argv: readonly string[], folder: string): DirectStart | undefined {
  const [shell = "", flags = "", text = "", source = "", ...args] = argv;
  if (!/(^|\/)sh$/.test(shell) || flags !== "-ec" || !script.test(text)) return undefined;
  const file = join(folder, "ephemeral_component.py");
  writeFileSync(file, source);
  const executorArguments = ["--component_module_path", file, ...args];
  return { argv: ["python3", "-m", "kfp.dsl.executor_main", ...executorArguments], arguments: executorArguments };
}
