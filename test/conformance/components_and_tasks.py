"""Components of many forms, and pipelines that tell their tasks much, compiled with the real kfp.

`components-and-tasks.test.ts` has the same in TypeScript. Standard output is a JSON object of the compiled specs, by name.
"""

import json
import sys
from typing import Dict, List, NamedTuple, Optional

from google.protobuf import json_format
from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset, Input, Model, Output, OutputPath


@dsl.container_component
def every_type(
    a_text: str,
    a_number: int,
    a_rate: float,
    a_flag: bool,
    a_list: list,
    a_struct: dict,
    typed_list: List[str],
    typed_struct: Dict[str, int],
    text: OutputPath(str),
    number: OutputPath(int),
    rate: OutputPath(float),
    flag: OutputPath(bool),
    items: OutputPath(list),
    fields: OutputPath(dict),
):
    return dsl.ContainerSpec(
        image="every",
        command=["run", a_text, a_number],
        args=[a_rate, a_flag, a_list, a_struct, typed_list, typed_struct, text, number, rate, flag, items, fields],
    )


@dsl.container_component
def every_default(
    a_text: str = 'with "quotes", a\nline, ü, 日本 and {{braces}}',
    an_empty_text: str = "",
    a_number: int = -7,
    a_large_number: int = 2**40,
    a_rate: float = 1e-7,
    a_large_rate: float = 1e21,
    a_whole_rate: float = 3.0,
    yes: bool = True,
    no: bool = False,
    an_empty_list: list = [],
    a_list: list = [1, 2.5, "three", [True]],
    an_empty_struct: dict = {},
    a_struct: dict = {"b": 1, "a": {"deep": [[], "x"]}},
    maybe: Optional[str] = None,
    perhaps: Optional[dict] = None,
):
    return dsl.ContainerSpec(image="default", args=[a_text, maybe, perhaps])


@dsl.container_component
def placeholders(
    data: Input[Dataset],
    model: Input[Model],
    text: str,
    report: Output[HTML],
    out: Output[Model],
    answer: OutputPath(str),
    extra: Optional[str] = None,
    base: Input[Model] = None,
):
    return dsl.ContainerSpec(
        image="placeholders",
        command=["sh", "-c", f"run {data.uri}/part --text={text}", "--{{$}}"],
        args=[
            data.path,
            data.uri,
            data.metadata,
            model.metadata["framework"],
            report.path,
            out.uri,
            out.metadata["a b"],
            answer,
            dsl.ConcatPlaceholder(["--text=", text, "/", data.uri]),
            dsl.ConcatPlaceholder(["a", dsl.ConcatPlaceholder([text, "b"])]),
            dsl.IfPresentPlaceholder("extra", then=["--extra", extra]),
            dsl.IfPresentPlaceholder("extra", then=extra, else_="none"),
            dsl.IfPresentPlaceholder("base", then=["--base", base.path], else_=["--scratch"]),
            dsl.ConcatPlaceholder(["x=", dsl.IfPresentPlaceholder("extra", then=extra, else_='ü"quoted"')]),
            dsl.IfPresentPlaceholder("extra", then=[dsl.ConcatPlaceholder(["--e=", extra]), "and"], else_=["no", "way"]),
        ],
    )


@dsl.container_component
def Under_Scored_2(a: str = "x"):
    return dsl.ContainerSpec(image="named")


@dsl.container_component
def whole_input():
    return dsl.ContainerSpec(image="whole", args=["--executor_input", "{{$}}", "--path", "{{$.outputs.output_file}}"])


@dsl.container_component
def make(text: OutputPath(str), number: OutputPath(int), data: Output[Dataset], thing: Output[Artifact]):
    return dsl.ContainerSpec(image="make", args=[text, number, data.path, thing.path])


@dsl.container_component
def take(data: Input[Dataset], thing: Input[Artifact], other: Input[Artifact] = None):
    return dsl.ContainerSpec(image="take", args=[data.path])


@dsl.container_component
def say(text: str, fields: dict = {}, items: list = []):
    return dsl.ContainerSpec(image="say", args=[text, fields, items])


@dsl.container_component
def take_many(many: Input[List[Dataset]], maybe: Input[List[Artifact]] = None):
    return dsl.ContainerSpec(image="many", args=[many])


@dsl.pipeline(name="constants", description="Says: \"ü\"\nand more.", display_name="All constants")
def constants(
    text: str = 'it\'s "so" {x}',
    number: int = 10**15,
    rate: float = 2,
    flag: bool = False,
    items: List[Dict[str, int]] = [{"a": 1}, {}],
    fields: dict = {"n": "", "r": 1.5, "i": 2, "deep": {"l": [[]]}},
    nothing: Optional[str] = None,
    no_fields: Optional[dict] = None,
    needed: str = "",
):
    every_type(
        a_text="1",
        a_number=2**31,
        a_rate=3.0,
        a_flag=True,
        a_list=[1, 2.0, "3", {"a": []}],
        a_struct={"z": 1, "a": [0.1, -1e-9, 1e300]},
        typed_list=[],
        typed_struct={},
    )
    every_type(
        a_text=text,
        a_number=number,
        a_rate=rate,
        a_flag=flag,
        a_list=items,
        a_struct=fields,
        typed_list=["\u2028", "\t"],
        typed_struct={"ü": 1},
    )
    every_default(maybe=nothing, perhaps=no_fields, a_text=needed)
    every_default()


@dsl.pipeline(name="texts-and-data")
def texts_and_data(a: str, b: int = 1, c: float = 0.5, d: bool = True):
    made = make()
    say(text=f"{a}{b}{c}{d} {a} {made.outputs['text']}, {made.outputs['number']}")
    say(
        text=f"{made.outputs['number']}",
        fields={
            "whole": made.outputs["text"],
            "key": f"{b} of {made.outputs['number']}",
            "deep": [{"list": [a, b, c, d, 1, 1.0, "x"]}],
        },
        items=[a, f"<{a}>", [made.outputs["number"]], {"again": made.outputs["number"]}],
    )
    say(text=f"{dsl.PIPELINE_JOB_NAME_PLACEHOLDER}-{a}", items=[dsl.PIPELINE_ROOT_PLACEHOLDER])
    say(text=dsl.PIPELINE_TASK_ID_PLACEHOLDER, fields={"at": dsl.PIPELINE_JOB_CREATE_TIME_UTC_PLACEHOLDER})


@dsl.pipeline(name="inner")
def inner(
    name: str, data: Input[Dataset], many: Input[List[Dataset]], base: Input[Artifact] = None, extra: Optional[int] = None
) -> Dataset:
    """The one inside."""
    made = make()
    take(data=data, thing=made.outputs["thing"], other=base)
    say(text=f"{name} {extra}", items=[extra])
    take_many(many=many)
    return made.outputs["data"]


@dsl.pipeline(name="outer")
def outer(data: Input[Dataset], many: Input[List[Dataset]], maybe: Input[Model] = None, run: str = "r") -> Artifact:
    first = inner(name=run, data=data, many=many)
    second = inner(name="b", data=first.output, many=many, base=maybe, extra=3)
    second.set_display_name("the second").set_caching_options(False).set_retry(2)
    third = inner(name=f"{run}-c", data=second.output, many=many, base=data).after(first)
    take(data=third.output, thing=data).set_caching_options(False)
    return third.output


Both = NamedTuple("Both", [("text", str), ("data", Dataset)])


@dsl.pipeline(name="documented")
def documented(name: str, number: int = 1, data: Input[Dataset] = None, many: Input[List[Dataset]] = None) -> Both:
    """Says what it does.

    And at more length.

    Args:
        name: Of what,
            in two lines.
        number: How many.
        data: "Some" data.
        many: Many of them.

    Returns:
        text: What was said.
        data: What was made.
    """
    made = make()
    say(text=f"{name}-{number}")
    take(data=data, thing=made.outputs["thing"])
    take_many(many=many)
    return Both(made.outputs["text"], made.outputs["data"])


@dsl.pipeline(name="documents")
def documents(name: str) -> str:
    """Takes and gives what is documented elsewhere."""
    done = documented(name=name)
    say(text=done.outputs["text"])
    return done.outputs["text"]


@dsl.pipeline(name="told", pipeline_root="gs://bucket/root")
def told(cpu: str = "1", memory: str = "2G", kind: str = "NVIDIA_L4", count: str = "1", image: str = "i:1"):
    made = make()
    (
        say(text="1")
        .set_cpu_request("500m")
        .set_cpu_limit("2")
        .set_memory_request("512Mi")
        .set_memory_limit("2Gi")
        .set_accelerator_type("NVIDIA_TESLA_T4")
        .set_accelerator_limit(8)
    )
    say(text="2").set_cpu_request(cpu).set_memory_request(memory).set_memory_limit(made.outputs["text"])
    say(text="3").set_accelerator_type(kind).set_accelerator_limit(count).set_container_image(image)
    say(text="4").set_env_variable("B", "1").set_env_variable("A", "{{x}}").set_env_variable("B", "2").set_env_variable("C", "")
    say(text="5").set_container_image("other:1").set_display_name("Fünf").after(made)
    say(text="6").set_retry(0).set_caching_options(True, cache_key="k")
    say(text="7").set_retry(9, backoff_duration="90s", backoff_factor=1.5, backoff_max_duration="2h")
    say(text=f"{cpu}").set_cpu_limit(cpu).set_caching_options(False)
    say(text="").set_cpu_limit("0").set_memory_limit("0").set_caching_options(True, cache_key="").set_display_name("")
    Under_Scored_2()
    Under_Scored_2(a="y").after(made)
    whole_input()


@dsl.pipeline(name="imports", description="", display_name="", pipeline_root="")
def imports(uri: str, version: int = 1):
    made = make()
    first = dsl.importer(
        artifact_uri=uri, artifact_class=Model, reimport=True, metadata={"v": version, "n": [1, 2.5, "ü"]}
    )
    second = dsl.importer(
        artifact_uri=made.outputs["text"], artifact_class=Dataset, metadata={"a": f"<{uri}>", "b": f"{made.outputs['number']}"}
    ).after(first)
    third = dsl.importer(artifact_uri="gs://b/c", artifact_class=Artifact).set_caching_options(False)
    third.set_display_name("third")
    take(data=second.output, thing=first.output, other=third.output)


compiled = [
    every_type,
    every_default,
    placeholders,
    Under_Scored_2,
    whole_input,
    make,
    take,
    take_many,
    constants,
    texts_and_data,
    inner,
    outer,
    documented,
    documents,
    told,
    imports,
]
json.dump({each.name: json_format.MessageToDict(each.pipeline_spec) for each in compiled}, sys.stdout)
