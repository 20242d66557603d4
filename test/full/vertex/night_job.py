"""A pipeline of the Python SDK whose last part is over a limit; written to the file that is named."""

import sys
from typing import List

from kfp import compiler, dsl
from kfp.dsl import Dataset, Input, Model, Output


@dsl.component(base_image="python:3.11")
def split(parts: int, data: Output[Dataset]) -> List[int]:
    import os

    os.makedirs(data.path)
    for part in range(parts):
        with open(os.path.join(data.path, f"{part}.txt"), "w") as file:
            file.write("\n".join(str(part * 10 + row) for row in range(10)))
    data.metadata["rows"] = parts * 10
    return list(range(parts))


@dsl.component(base_image="python:3.11")
def total(data: Input[Dataset], part: int, sums: Output[Dataset]):
    with open(f"{data.path}/{part}.txt") as file:
        rows = [int(row) for row in file]
    with open(sums.path, "w") as file:
        file.write(str(sum(rows)))
    sums.metadata["part"] = part


@dsl.component(base_image="python:3.11")
def scale(sums: Input[Dataset], limit: int) -> int:
    with open(sums.path) as file:
        value = int(file.read())
    if value > limit:
        raise ValueError(f"{value} of part {sums.metadata['part']} is over the limit {limit}")
    return value * 2


@dsl.component(base_image="python:3.11")
def train(data: Input[Dataset], model: Output[Model]):
    model.metadata["rows"] = data.metadata["rows"]
    with open(model.path, "w") as file:
        file.write("weights")


@dsl.component(base_image="python:3.11")
def report(scaled: List[int], model: Input[Model]) -> str:
    with open(model.path) as file:
        return f"{sum(scaled)} of {model.metadata['rows']} rows, {file.read()} at {model.uri}"


@dsl.pipeline(name="modelling")
def modelling(data: Input[Dataset]) -> Model:
    return train(data=data).outputs["model"]


@dsl.pipeline(name="night-job")
def night_job(parts: int = 3, limit: int = 200):
    made = split(parts=parts)
    trained = modelling(data=made.outputs["data"])
    with dsl.ParallelFor(made.outputs["Output"]) as part:
        summed = total(data=made.outputs["data"], part=part)
        scaled = scale(sums=summed.outputs["sums"], limit=limit)
    report(scaled=dsl.Collected(scaled.output), model=trained.output)


compiler.Compiler().compile(night_job, sys.argv[1])
