"""The executor output of Kubeflow Pipelines: metadata that the program gives its output artifacts.

See https://www.kubeflow.org/docs/components/pipelines/user-guides/data-handling/artifacts/ and `ExecutorOutput` in
https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.errors import InputError
from trainer.files import write_json


def parse_executor_input(text: str) -> dict[str, Any]:
    """Raises InputError where it names no output file."""
    try:
        value = json.loads(text)
        value["outputs"]["outputFile"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError("INVALID_ARGUMENTS", f"--executor-input names no outputs.outputFile: {error!r}") from error
    return value


def write_executor_output(executor_input: Mapping[str, Any], metadata: Mapping[str, Mapping[str, Any]]) -> None:
    """`metadata`: output artifact → what it is to carry. Artifacts that the component does not have are left out."""
    outputs = executor_input["outputs"]
    written = {}
    for name, added in metadata.items():
        for artifact in outputs.get("artifacts", {}).get(name, {}).get("artifacts", [])[:1]:
            merged = {**artifact.get("metadata", {}), **added}
            written[name] = {
                "artifacts": [{"name": artifact.get("name", ""), "uri": artifact["uri"], "metadata": merged}]
            }
    write_json(Path(outputs["outputFile"]), {"artifacts": written})
