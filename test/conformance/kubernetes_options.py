"""Compiles pipelines with the real kfp and kfp-kubernetes.

Standard input is a JSON list of {"body", "config"}: the lines of a pipeline's function, and an expression for its
PipelineConfig. Standard output is a list of the compiled documents, or of the message of the error, one for each.
"""

import json
import pathlib
import sys
import tempfile

import yaml
from kfp import compiler, dsl, kubernetes


@dsl.container_component
def make(name: dsl.OutputPath(str), labels: dsl.OutputPath(dict), several: dsl.OutputPath(list)):
    return dsl.ContainerSpec(image="make")


@dsl.container_component
def use():
    return dsl.ContainerSpec(image="use")


@dsl.container_component
def take(name: str, labels: dict, several: list):
    return dsl.ContainerSpec(image="take")


@dsl.pipeline(name="inner", pipeline_config=dsl.PipelineConfig(active_deadline_seconds=7))
def inner(name: str, labels: dict):
    # One component only: of several, kfp gives a pipeline's options to tasks of the one around it.
    task = use()
    kubernetes.use_secret_as_env(task, name, {"a": "A"})
    kubernetes.add_node_selector_json(task, labels)


def compiled(body, config):
    @dsl.pipeline(name="options", pipeline_config=eval(config, globals()))
    def options(name: str, labels: dict, several: list):
        take(name=name, labels=labels, several=several)
        exec(body, {**globals(), "name": name, "labels": labels, "several": several})

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "pipeline.yaml")
        compiler.Compiler().compile(options, str(path))
        return list(yaml.safe_load_all(path.read_text()))


def attempt(case):
    try:
        return {"documents": compiled(case["body"], case["config"])}
    except (ValueError, TypeError) as error:
        return {"error": str(error)}


json.dump([attempt(case) for case in json.load(sys.stdin)], sys.stdout)
