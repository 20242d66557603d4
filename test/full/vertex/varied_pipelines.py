"""Pipelines that use the Python SDK's language in as many ways as one would, compiled into a folder: `FOLDER/NAME.json`."""

import json
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from kfp import compiler, dsl
from kfp.dsl import (
    HTML,
    Artifact,
    ClassificationMetrics,
    Dataset,
    Input,
    Markdown,
    Metrics,
    Model,
    Output,
    OutputPath,
    PipelineTaskFinalStatus,
)

folder = Path(sys.argv[1])


@dsl.component
def say(text: str) -> str:
    return text


@dsl.component
def number(value: int) -> int:
    return value


@dsl.component
def write(text: str, data: Output[Dataset]):
    data.metadata["length"] = len(text)
    with open(data.path, "w") as file:
        file.write(text)


@dsl.component
def write_twice(text: str, count: int, data: Output[Dataset]):
    with open(data.path, "w") as file:
        file.write(f"{text}{count}")


@dsl.component
def read_all(data: List[Artifact]) -> list:
    return [open(one.path).read() for one in data]


@dsl.component
def read(data: Input[Dataset]) -> str:
    return open(data.path).read() + str(data.metadata.get("length", ""))


@dsl.component
def fail(text: str) -> str:
    raise ValueError(text)


# A choice in a choice, over parameters and artifacts.
@dsl.pipeline
def choose_colour(colour: str, data: str) -> Dataset:
    with dsl.If(colour == "red & blue"):
        first = write(text=f"{data}-big-red")
    with dsl.Else():
        second = write(text=f"{data}-big")
    return dsl.OneOf(first.outputs["data"], second.outputs["data"])


@dsl.pipeline
def choose(size: int, colour: str, data: str) -> NamedTuple("Out", [("word", str), ("file", Dataset)]):
    with dsl.If(size > 10):
        chosen = choose_colour(colour=colour, data=data).output
        big = say(text="big")
    with dsl.Elif(size > 5):
        third = write(text=f"{data}-middle")
        middle = say(text="middle")
    with dsl.Else():
        fourth = write(text=f"{data}-small")
        small = say(text="small")
    word = dsl.OneOf(big.output, middle.output, small.output)
    file = dsl.OneOf(chosen, third.outputs["data"], fourth.outputs["data"])
    out = NamedTuple("Out", [("word", str), ("file", Dataset)])
    return out(word=word, file=file)


@dsl.pipeline
def nested_choice(size: int = 11, colour: str = "red & blue") -> str:
    chosen = choose(size=size, colour=colour, data="data")
    return read(data=chosen.outputs["file"]).output


# Loops of artifacts, collected into pipelines inside.
@dsl.pipeline
def reader(data: List[Dataset]) -> list:
    return read_all(data=data).output


@dsl.pipeline
def collect_into_pipeline(words: list = ["a", "b", "c"]) -> list:
    with dsl.ParallelFor(words) as word:
        with dsl.ParallelFor([1, 2]) as count:
            made = write_twice(text=word, count=count)
    flat = reader(data=dsl.Collected(made.outputs["data"]))
    return flat.output


@dsl.component
def split(count: int) -> List[str]:
    return [f"item {index}" for index in range(count)]


@dsl.pipeline
def loop_of_output(count: int = 3, none: int = 0) -> list:
    with dsl.ParallelFor(split(count=count).output, parallelism=1) as item:
        made = write(text=item)
    with dsl.ParallelFor(split(count=none).output) as item:
        write(text=item)
    return read_all(data=dsl.Collected(made.outputs["data"])).output


# What a pipeline's end is told.
@dsl.component
def tell(status: PipelineTaskFinalStatus, note: str, out: OutputPath(str)):
    with open(out, "w") as file:
        file.write(f"{note}|{status.state}|{status.pipeline_task_name}|{status.error_message}")


@dsl.pipeline
def final_status(note: str = "end"):
    end = tell(note=note)
    with dsl.ExitHandler(end, name="guarded"):
        fail(text="no luck").set_retry(num_retries=2, backoff_duration="0s", backoff_factor=2, backoff_max_duration="1s")
        say(text="beside")


# A failed task before one that goes on.
@dsl.component
def join(left: str = "left's default", right: Optional[str] = None, more: Optional[dict] = None, flag: bool = True) -> str:
    return f"{left}|{right}|{more}|{flag}"


@dsl.pipeline
def goes_on(flag: bool = False) -> str:
    return join(left=fail(text="gone").output, right="r", more={"a": 1}, flag=flag).ignore_upstream_failure().output


@dsl.pipeline
def defaults(text: Optional[str] = None, struct: dict = {"a": {"b": [1, 2.5, True]}}, items: list = [1, "x", {"y": []}]) -> str:
    @dsl.component
    def look(text: Optional[str] = None, struct: dict = {}, items: list = [], rate: float = 1e-7, big: int = 12345678901) -> str:
        import json

        return json.dumps([text, struct, items, rate, big])

    return look(text=text, struct=struct, items=items).output


# Placeholders inside constants, dicts and lists.
@dsl.component
def dump(struct: Dict[str, str], items: List[str], text: str) -> str:
    import json

    return json.dumps([struct, items, text])


@dsl.pipeline
def woven(name: str = 'quote " and \\ and {brace} and \n line', count: int = 3) -> str:
    inner = say(text=f"<{name}>")
    task = dump(
        struct={"job": dsl.PIPELINE_JOB_NAME_PLACEHOLDER, "name": name, "said": inner.output},
        items=[f"{name}!", "plain", inner.output],
        text=f"{count} of {inner.output} in {dsl.PIPELINE_TASK_NAME_PLACEHOLDER}",
    )
    return task.output


# Containers with parts that may be absent.
@dsl.container_component
def shell(first: str, out: OutputPath(str), data: Output[Dataset], second: Optional[str] = None, count: int = 2):
    return dsl.ContainerSpec(
        image="alpine:3.20",
        command=["sh", "-c", 'out=$1; data=$2; shift 2; mkdir -p "$(dirname "$out")" "$(dirname "$data")"; printf "%s;" "$@" > "$out"; printf "%s" "$COLOUR" > "$data"', "sh"],
        args=[
            out,
            data.path,
            dsl.ConcatPlaceholder(["--first=", first, "/", dsl.ConcatPlaceholder([count, "x"])]),
            dsl.IfPresentPlaceholder(input_name="second", then=["--second", second], else_=["--none", "given"]),
            dsl.IfPresentPlaceholder(input_name="second", then=dsl.ConcatPlaceholder(["s=", second])),
            data.uri,
        ],
    )


@dsl.pipeline
def containers(first: str = "a b", second: str = "c'd") -> NamedTuple("Out", [("one", str), ("two", str), ("three", str)]):
    one = shell(first=first).set_env_variable("COLOUR", "red")
    two = shell(first=first, second=second, count=5).set_caching_options(False).set_cpu_limit("500m").set_memory_limit("64M")
    three = read(data=one.outputs["data"])
    out = NamedTuple("Out", [("one", str), ("two", str), ("three", str)])
    return out(one=one.outputs["out"], two=two.outputs["out"], three=three.output)


# Reports and metrics, an artifact anywhere, and one by its URI.
@dsl.component
def report(metrics: Output[Metrics], curve: Output[ClassificationMetrics], page: Output[HTML], text: Output[Markdown], model: Output[Model]):
    metrics.log_metric("accuracy", 0.5)
    curve.log_roc_curve([0.0, 0.5, 1.0], [0.0, 0.7, 1.0], [1.0, 0.5, 0.0])
    curve.log_confusion_matrix(["a", "b"], [[1, 2], [3, 4]])
    for one in (page, text):
        with open(one.path, "w") as file:
            file.write("<b>x</b>")
    import os

    os.makedirs(model.path)
    with open(os.path.join(model.path, "weights"), "w") as file:
        file.write("w")
    model.metadata["framework"] = {"name": "torch", "versions": [1, 2]}


@dsl.component
def by_uri() -> Dataset:
    uri = dsl.get_uri(suffix="mine")
    path = uri.replace("gs://", "/gcs/")
    import os

    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("by uri")
    return Dataset(uri=uri, metadata={"length": 7})


@dsl.component
def check(metrics: Input[Metrics], curve: Input[ClassificationMetrics], model: Input[Model]) -> dict:
    import os

    return {"metrics": metrics.metadata, "matrix": curve.metadata["confusionMatrix"]["rows"], "model": model.metadata, "files": os.listdir(model.path)}


@dsl.pipeline
def reports() -> NamedTuple("Out", [("seen", dict), ("read", str)]):
    made = report()
    seen = check(metrics=made.outputs["metrics"], curve=made.outputs["curve"], model=made.outputs["model"])
    out = NamedTuple("Out", [("seen", dict), ("read", str)])
    return out(seen=seen.output, read=read(data=by_uri().output).output)


# Importers, twice the same, and with metadata from inputs.
@dsl.component
def look_at(data: Input[Dataset]) -> str:
    return f"{data.uri} {sorted(data.metadata.items())}"


@dsl.pipeline
def imports(uri: str = "gs://bucket/imported.txt", version: str = "7") -> NamedTuple("Out", [("seen", str), ("read", str)]):
    one = dsl.importer(artifact_uri=uri, artifact_class=Dataset, reimport=False, metadata={"version": version, f"key-{version}": "x"})
    two = dsl.importer(artifact_uri="gs://bucket/imported.txt", artifact_class=Dataset, reimport=True, metadata={"length": 3})
    out = NamedTuple("Out", [("seen", str), ("read", str)])
    return out(seen=look_at(data=one.output).output, read=read(data=two.output).output)


# Packages, helpers, and files that travel in the component.
embedded = folder / "embedded"
embedded.mkdir(parents=True, exist_ok=True)
(embedded / "settings.json").write_text('{"rate": 3}')
(embedded / "helper.py").write_text("def double(x):\n    return 2 * x\n")


def triple(x: int) -> int:
    return 3 * x


@dsl.component(packages_to_install=["iniconfig==2.0.0"], additional_funcs=[triple])
def packaged(value: int) -> str:
    import iniconfig

    return f"{iniconfig.__name__} {triple(value)}"


@dsl.component(embedded_artifact_path=str(embedded))
def with_files(files: dsl.EmbeddedInput[Dataset]) -> str:
    import json
    import os

    from helper import double

    with open(os.path.join(files.path, "settings.json")) as file:
        return str(double(json.load(file)["rate"]))


@dsl.pipeline
def packages(value: int = 2) -> NamedTuple("Out", [("one", str), ("two", str)]):
    out = NamedTuple("Out", [("one", str), ("two", str)])
    return out(one=packaged(value=value).output, two=with_files().output)


# The path of a bucket that a program makes by itself.
@dsl.component
def mounted(bucket: str) -> str:
    import os

    with open(os.path.join("/gcs", bucket, "imported.txt")) as file:
        return file.read()


@dsl.pipeline
def by_path(bucket: str = "bucket") -> str:
    return mounted(bucket=bucket).output


# A pipeline in a pipeline that is tried again, and a retry inside a loop.
@dsl.component
def second_time(file: str, name: str) -> str:
    path = f"{file}-{name}".replace("gs://", "/gcs/")
    import os

    if not os.path.exists(path):
        open(path, "w").close()
        raise RuntimeError("the first time")
    return name


@dsl.pipeline
def inner_retry(file: str, name: str) -> str:
    return second_time(file=file, name=name).output


@dsl.pipeline
def retries(file: str = "gs://bucket/tried") -> list:
    @dsl.component
    def gather(items: list, one: str) -> list:
        return [*items, one]

    whole = inner_retry(file=file, name="whole").set_retry(num_retries=1, backoff_duration="0s")
    with dsl.ParallelFor(["x", "y"]) as name:
        each = second_time(file=file, name=name).set_retry(num_retries=1, backoff_duration="0s")
    return gather(items=dsl.Collected(each.output), one=whole.output).output


# Google's component that imports an evaluation.
from google_cloud_pipeline_components.preview.model_evaluation import ModelImportEvaluationOp  # noqa: E402
from google_cloud_pipeline_components.types.artifact_types import VertexModel  # noqa: E402


@dsl.component
def measure(accuracy: float, metrics: Output[Metrics]):
    import json

    sliced = {"slicedMetrics": [{"metrics": {"classification": {"auPrc": accuracy}}}]}
    with open(metrics.path, "w") as file:
        json.dump(sliced, file)


@dsl.component
def evaluation_name(resources: str) -> str:
    return resources


@dsl.pipeline
def evaluation(model: str, accuracy: float = 0.75) -> str:
    registered = dsl.importer(
        artifact_uri="gs://bucket/model", artifact_class=VertexModel, metadata={"resourceName": model}
    )
    measured = measure(accuracy=accuracy)
    imported = ModelImportEvaluationOp(
        model=registered.output, metrics=measured.outputs["metrics"], problem_type="classification", display_name="held out"
    )
    return evaluation_name(resources=imported.outputs["gcp_resources"]).output


pipelines = (
    nested_choice,
    collect_into_pipeline,
    loop_of_output,
    final_status,
    goes_on,
    defaults,
    woven,
    containers,
    reports,
    imports,
    packages,
    by_path,
    retries,
    evaluation,
)
told = {}
for pipeline in pipelines:
    try:
        compiler.Compiler().compile(pipeline, str(folder / f"{pipeline.name}.json"))
    except Exception as error:
        told[pipeline.name] = str(error)
print(json.dumps(told))
