import type { Program } from "../../../local/vertex/testing/specs.ts";

export interface Lightweight extends Pick<Program, "inputDefinitions" | "outputDefinitions"> {
  /** Of the Python function, which has the component's name. */
  readonly source: string;
  readonly image?: string;
  readonly packages?: readonly string[];
  /** Version of kfp that the component installs. */
  readonly kfp?: string;
}

/** A component and its executor, in the form that `@dsl.component` compiles to. */
export function lightweight(
  name: string,
  { source, image = "python:3.11", packages = [], kfp = "2.17.0", ...io }: Lightweight,
) {
  const pip = (parts: readonly string[]) =>
    `python3 -m pip install --quiet --no-warn-script-location ${parts.map((part) => `'${part}'`).join(" ")}`;
  const installs = [
    ...(packages.length > 0 ? [pip(packages)] : []),
    pip([`kfp==${kfp}`, "--no-deps", 'typing-extensions>=3.7.4,<5; python_version<"3.9"']),
  ].join("  &&  ");
  return {
    components: { [name]: { ...io, executorLabel: `exec-${name}` } },
    executors: {
      [`exec-${name}`]: {
        container: {
          image,
          command: [
            "sh",
            "-c",
            `\nif ! [ -x "$(command -v pip)" ]; then\n    python3 -m ensurepip || python3 -m ensurepip --user || apt-get install python3-pip\nfi\n\nPIP_DISABLE_PIP_VERSION_CHECK=1 ${installs} && "$0" "$@"\n`,
            "sh",
            "-ec",
            'program_path=$(mktemp -d)\n\nprintf "%s" "$0" > "$program_path/ephemeral_component.py"\n_KFP_RUNTIME=true python3 -m kfp.dsl.executor_main                         --component_module_path                         "$program_path/ephemeral_component.py"                         "$@"\n',
            `\nimport kfp\nfrom kfp import dsl\nfrom kfp.dsl import *\nfrom typing import *\n\n${source}\n`,
          ],
          args: ["--executor_input", "{{$}}", "--function_to_execute", name],
        },
      },
    },
  };
}
