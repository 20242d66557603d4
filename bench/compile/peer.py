"""The same pipelines in the Python SDK: `peer.py whole SHAPE FILE` compiles one, `peer.py measure SHAPE SAMPLES` times it."""

import json
import os
import sys
import tempfile
import time
import warnings

from kfp import compiler, dsl

warnings.filterwarnings("ignore")


def step(name):
    @dsl.container_component
    def run(text: str, out: dsl.OutputPath(str)):
        return dsl.ContainerSpec(
            image="alpine", command=["sh", "-c", 'echo "$0" > "$1"'], args=[text, out]
        )

    run.component_spec.name = name
    return run


def hello():
    echo = step("echo")

    @dsl.pipeline(name="hello")
    def run(name: str):
        echo(text=name)

    return run


def components28():
    steps = [step(f"step-{index}") for index in range(28)]

    @dsl.pipeline(name="components-28")
    def run(text: str):
        last = text
        for each in steps:
            last = each(text=last).outputs["out"]

    return run


def chain(tasks):
    echo = step("echo")

    def make():
        @dsl.pipeline(name="chain")
        def run(text: str):
            last = text
            for _ in range(tasks):
                last = echo(text=last).outputs["out"]

        return run

    return make


shapes = {
    "hello": hello,
    "components28": components28,
    "chain500": chain(500),
    "chain1000": chain(1000),
    "chain2000": chain(2000),
}


def whole(shape, file):
    compiler.Compiler().compile(shapes[shape](), file)


def measure(shape, samples):
    """Seconds from the author's function to the file, as JSON and as YAML. The decorator compiles, the compiler writes."""
    times = {"json": [], "yaml": []}
    with tempfile.TemporaryDirectory() as folder:
        whole("components28", os.path.join(folder, "warm.yaml"))
        for _ in range(samples):
            begin = time.perf_counter()
            made = shapes[shape]()
            decorated = time.perf_counter() - begin
            for form in ("json", "yaml"):
                begin = time.perf_counter()
                compiler.Compiler().compile(made, os.path.join(folder, f"out.{form}"))
                times[form].append(decorated + time.perf_counter() - begin)
    print(json.dumps(times))


if sys.argv[1] == "whole":
    whole(sys.argv[2], sys.argv[3])
else:
    measure(sys.argv[2], int(sys.argv[3]))
