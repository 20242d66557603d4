"""Runs a compiled pipeline with the Python SDK's local runner: SPEC ARGUMENTS_JSON FOLDER, prints what came of it as JSON.

The runner would install kfp anew in each task; here every task runs in this very environment, which has it.
"""

import json
import sys

from kfp import components, local
from kfp.local import subprocess_task_handler


def without_installs(handler_init):
    def init(self, image, full_command, *args, **kwargs):
        if full_command[:2] == ["sh", "-c"] and "pip install" in full_command[2]:
            full_command = full_command[3:]
        handler_init(self, image, full_command, *args, **kwargs)

    return init


def main() -> None:
    spec, arguments, folder = sys.argv[1:]
    handler = subprocess_task_handler.SubprocessTaskHandler
    handler.__init__ = without_installs(handler.__init__)
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=folder, raise_on_error=True)
    try:
        task = components.load_component_from_file(spec)(**json.loads(arguments))
        outputs = {}
        for name, value in task.outputs.items():
            outputs[name] = value if not hasattr(value, "uri") else {"type": value.schema_title, "metadata": value.metadata}
        result = {"state": "SUCCEEDED", "outputs": outputs}
    except Exception as error:
        result = {"state": "FAILED", "error": f"{type(error).__name__}: {error}"}
    print("\n" + json.dumps(result, default=str))


if __name__ == "__main__":
    main()
