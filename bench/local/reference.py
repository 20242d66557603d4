"""The reference of `npm run bench -- local`: the Python SDK compiles the pipelines, and its local runner runs them.

compile FOLDER: writes NAME.yaml for each pipeline.
run SPEC FOLDER none|each: prints the seconds that a run took; `each` makes a virtual environment for each task.
"""

import functools
import os
import sys
import time

from kfp import compiler, components, dsl, local

# Both runners have the same kfp at hand, except where a task is to install its own.
component = functools.partial(dsl.component, base_image="python:3.11", install_kfp_package=False)


@component
def increment(number: int) -> int:
    return number + 1


@component
def sleep(seconds: float):
    import time

    time.sleep(seconds)


@dsl.component(base_image="python:3.11")
def greet(name: str) -> str:
    return f"hello {name}"


@dsl.pipeline
def chain(number: int = 0) -> int:
    for _ in range(100):
        number = increment(number=number).set_caching_options(False).output
    return number


@dsl.pipeline
def fan_out():
    for _ in range(32):
        sleep(seconds=1.0).set_caching_options(False)


@dsl.pipeline
def inner(number: int) -> int:
    first = increment(number=number).set_caching_options(False)
    return increment(number=first.output).set_caching_options(False).output


@dsl.pipeline
def middle(number: int) -> int:
    left = inner(number=number)
    right = inner(number=left.output)
    return right.output


@dsl.pipeline
def nested(number: int = 0) -> int:
    for _ in range(3):
        number = middle(number=number).output
    return number


@dsl.pipeline
def lightweight() -> str:
    first = greet(name="one").set_caching_options(False)
    return greet(name=first.output).set_caching_options(False).output


def compile_all(folder: str) -> None:
    for pipeline in (chain, fan_out, nested, lightweight):
        compiler.Compiler().compile(pipeline, os.path.join(folder, f"{pipeline.name}.yaml"))


def run(spec: str, folder: str, environments: str) -> None:
    pipeline = components.load_component_from_file(spec)
    local.init(local.SubprocessRunner(use_venv=environments == "each"), pipeline_root=folder, raise_on_error=True)
    begin = time.perf_counter()
    pipeline()
    print(f"\nseconds {time.perf_counter() - begin}")


if __name__ == "__main__":
    {"compile": compile_all, "run": run}[sys.argv[1]](*sys.argv[2:])
