"""The Python SDK as a judge: each line of standard input is a JSON object {"source", "file", "names"}, each line of standard
output the specs of those pipelines, {"specs": {NAME: ...}}, or what the SDK said against one, {"error"}."""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import kfp.dsl  # noqa: E402, F401
from google.protobuf import json_format  # noqa: E402

answers = sys.stdout
# What a pipeline's source prints is no answer.
sys.stdout = sys.stderr


def answer(question):
    names = {"__name__": "judged"}
    exec(compile(question["source"], question["file"], "exec"), names)
    return {name: json_format.MessageToDict(names[name].pipeline_spec) for name in question["names"]}


for line in sys.stdin:
    try:
        reply = {"specs": answer(json.loads(line))}
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=answers, flush=True)
