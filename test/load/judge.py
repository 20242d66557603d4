"""The Python SDK as a judge of what loads. Reads a JSON list of questions from standard input, answers with one of
answers.

- {"read": TEXT}: the documents that PyYAML reads.
- {"compile": TEXT}: the spec of a component, compiled by itself.
- {"use": TEXT, "arguments": {...}}: the spec of a pipeline "outer" that uses it twice.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import yaml  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from kfp import components, dsl  # noqa: E402


def answer(question):
    if "read" in question:
        return list(yaml.safe_load_all(question["read"]))
    if "compile" in question:
        component = components.load_component_from_text(question["compile"])
        return json_format.MessageToDict(component.pipeline_spec)
    component = components.load_component_from_text(question["use"])

    @dsl.pipeline(name="outer")
    def outer():
        component(**question["arguments"])
        component(**question["arguments"])

    return json_format.MessageToDict(outer.pipeline_spec)


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
