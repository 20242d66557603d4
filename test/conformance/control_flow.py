"""Pipelines with nested control flow, compiled with the real kfp.

`control-flow.test.ts` has the same in TypeScript. Standard output is a JSON object of the compiled specs, by name.
"""

import json
import sys
from typing import Dict, List, NamedTuple

from google.protobuf import json_format
from kfp import dsl
from kfp.dsl import Dataset, Input, Output, OutputPath

Both = NamedTuple("Both", [("numbers", List[int]), ("data", List[Dataset])])
Some = NamedTuple("Some", [("data", Dataset), ("text", str)])


@dsl.container_component
def make(
    x: str,
    text: OutputPath(str),
    number: OutputPath(int),
    rate: OutputPath(float),
    flag: OutputPath(bool),
    items: OutputPath(list),
    numbers: OutputPath(List[int]),
    flags: OutputPath(List[Dict[str, bool]]),
):
    return dsl.ContainerSpec(image="make", command=["make", x, text, number, rate, flag, items, numbers, flags])


@dsl.container_component
def use(text: str = "", number: int = 0, rate: float = 0.5, flag: bool = False, items: list = []):
    return dsl.ContainerSpec(image="use", args=[text, number, rate, flag, items])


@dsl.container_component
def make_data(x: str, data: Output[Dataset]):
    return dsl.ContainerSpec(image="make", args=[x, data.path])


@dsl.container_component
def use_data(data: Input[Dataset]):
    return dsl.ContainerSpec(image="use", args=[data.uri])


@dsl.container_component
def use_all(data: Input[List[Dataset]]):
    return dsl.ContainerSpec(image="use", args=[data])


@dsl.container_component
def finish(status: dsl.PipelineTaskFinalStatus, text: str = ""):
    return dsl.ContainerSpec(image="finish", args=[status, text])


@dsl.container_component
def say(text: str):
    return dsl.ContainerSpec(image="say", args=[text])


@dsl.pipeline
def branches_in_a_loop(drum: bool = True, again: bool = True, trials: List[int] = [1, 2, 3]):
    with dsl.ParallelFor(trials) as trial:
        made = make(x="trial").set_caching_options(False)
        with dsl.If(drum == True):
            with dsl.If(trial == 3):
                say(text="last")
        with dsl.If(made.outputs["number"] < 5000):
            with dsl.If(made.outputs["text"] == "even"):
                even = make(x="low even")
            with dsl.Else():
                odd = make(x="low odd")
            say(text=dsl.OneOf(even.outputs["text"], odd.outputs["text"]))
        with dsl.Elif(made.outputs["number"] > 5000):
            with dsl.If(made.outputs["rate"] >= 0.25):
                high = make(x="high")
            with dsl.Else():
                higher = make(x="higher")
            say(text=dsl.OneOf(high.outputs["text"], higher.outputs["text"]))
        with dsl.Else():
            say(text="exactly")
            with dsl.If(again == True):
                with dsl.ParallelFor([1, 2]) as _:
                    say(text="again")
    use(items=dsl.Collected(made.outputs["number"]))


@dsl.pipeline
def nested(start: int, names: list):
    made = make(x="m")
    with dsl.If(start > 1):
        with dsl.If(made.outputs["number"] < 3):
            with dsl.ParallelFor(names) as name:
                with dsl.If(name == "u"):
                    inner = make(x=name)
                    with dsl.ParallelFor(inner.outputs["items"], parallelism=1) as item:
                        with dsl.If(item != name):
                            use(text=item, number=made.outputs["number"])
                        with dsl.Else():
                            use(text=name, number=inner.outputs["number"], rate=made.outputs["rate"])
                last = make(x="w")
            use(items=dsl.Collected(last.outputs["flag"]))
    with dsl.Else():
        use(number=start)


@dsl.pipeline
def one_of(start: int) -> int:
    made = make(x="m")
    with dsl.ParallelFor([1, 2]) as item:
        with dsl.If(item == 2):
            with dsl.If(start == 7):
                one, one_data = make(x="1"), make_data(x="1")
            with dsl.Elif(made.outputs["number"] == 3):
                two, two_data = make(x="2"), make_data(x="2")
            with dsl.Else():
                three, three_data = make(x="3"), make_data(x="3")
            number = dsl.OneOf(one.outputs["number"], two.outputs["number"], three.outputs["number"])
            use(number=number)
            data = dsl.OneOf(one_data.output, two_data.output, three_data.output)
            use_data(data=data)
            with dsl.If(start == 8):
                use(number=number)
            with dsl.ParallelFor([9]) as _:
                use_data(data=data)
    with dsl.If(start == 5):
        first = make(x="p")
    with dsl.Else():
        with dsl.If(start == 6):
            second = make(x="r")
        with dsl.Else():
            third = make(x="s")
        use(number=dsl.OneOf(second.outputs["number"], third.outputs["number"]))
        fourth = make(x="t")
    return dsl.OneOf(first.outputs["number"], fourth.outputs["number"])


@dsl.pipeline
def collected() -> Both:
    with dsl.ParallelFor([1, 2]) as _:
        with dsl.ParallelFor([3, 4]) as item:
            with dsl.If(item == 4):
                made = make(x="m")
                data = make_data(x="d")
        use(items=dsl.Collected(made.outputs["number"]))
        use_all(data=dsl.Collected(data.output))
    use(items=dsl.Collected(made.outputs["number"]))
    with dsl.ParallelFor([5]) as _:
        use(items=dsl.Collected(made.outputs["text"]))
    return Both(dsl.Collected(made.outputs["number"]), dsl.Collected(data.output))


@dsl.pipeline
def items():
    made = make(x="m")
    with dsl.ParallelFor(made.outputs["numbers"]) as number:
        use(number=number)
    with dsl.ParallelFor(made.outputs["flags"]) as flags:
        use(flag=flags.a)
        with dsl.If(flags.b == True):
            use(flag=flags.a)
    with dsl.ParallelFor([[1, 2], [3]]) as several:
        with dsl.ParallelFor(several) as item:
            use(text=item)
    with dsl.ParallelFor([{"a": [1, 2]}, {"a": [3]}]) as struct:
        use(items=struct.a)
        with dsl.ParallelFor(struct.a) as item:
            use(text=item)
    with dsl.ParallelFor([1e-05, 1e20, 0.1, 100.0]) as rate:
        use(rate=rate)
    with dsl.ParallelFor(["é", '"q"', "😀"], parallelism=2) as text:
        say(text=text)


@dsl.pipeline
def texts(names: list, start: str):
    with dsl.ParallelFor(["a", "b"]) as name:
        say(text=f"x {name} y {start}")
    with dsl.ParallelFor(names) as name:
        say(text=f"x {name} y")
    made = make(x=start)
    with dsl.ParallelFor(made.outputs["items"]) as item:
        say(text=f"x {item} y {made.outputs['text']}")
        with dsl.If(made.outputs["number"] == 3):
            say(text=f"z {start} {made.outputs['text']} {made.outputs['number']} {start}")
    use(items=[1, {"x": [start, 2.5]}, f"-{start}-"])


@dsl.pipeline
def numbers(number: int, rate: float, flag: bool, text: str):
    with dsl.If(number != rate):
        say(text="a")
    with dsl.If(rate > 1e-07):
        say(text="b")
    with dsl.If(rate <= 123456789.125):
        say(text="c")
    with dsl.If(number >= -5):
        say(text="d")
    with dsl.If(flag != True):
        say(text="e")
    with dsl.If(text > "a"):
        say(text="f")
    with dsl.If(number > 2.5):
        say(text="g")


@dsl.pipeline
def exit_handlers(message: str = "m"):
    before = make(x="before")
    first = finish(text=message)
    with dsl.ExitHandler(first, name="the first"):
        made = make(x=before.outputs["text"])
        with dsl.If(made.outputs["number"] == 3):
            with dsl.ParallelFor(before.outputs["items"], parallelism=2) as item:
                say(text=item)
        with dsl.Else():
            say(text=message)
    second = use(text="plain")
    with dsl.ExitHandler(second) as handled:
        say(text="y").after(before)
    say(text="last").after(handled)


@dsl.pipeline
def clean_up(text: str = "q", status: dsl.PipelineTaskFinalStatus = None):
    with dsl.If(text == "q"):
        say(text=text)


@dsl.pipeline
def pipeline_as_exit(message: str = "hi"):
    with dsl.ExitHandler(clean_up(text=message), name="the whole"):
        say(text=message)


@dsl.pipeline
def innermost(start: int) -> int:
    with dsl.ParallelFor([1, 2]) as item:
        made = make(x="in")
        with dsl.If(item == start):
            use(number=made.outputs["number"])
    return make(x="out").outputs["number"]


@dsl.pipeline
def middle(start: int) -> int:
    one = innermost(start=start)
    two = innermost(start=one.output)
    with dsl.If(two.output == 4):
        innermost(start=5)
    return two.output


@dsl.pipeline
def pipelines_in_pipelines(start: int = 3) -> int:
    one = middle(start=start)
    with dsl.ParallelFor([7, 8], parallelism=2) as item:
        two = middle(start=item)
        use(number=two.output)
        middle(start=one.output)
    return one.output


@dsl.pipeline
def imports(uri: str, names: list):
    first = dsl.importer(artifact_uri=uri, artifact_class=Dataset, reimport=True)
    use_data(data=first.output)
    with dsl.ParallelFor(names) as name:
        second = dsl.importer(
            artifact_uri=name, artifact_class=Dataset, metadata={"k": name, "j": {"v": [uri, "w"]}}
        )
        use_data(data=second.output)
        use_data(data=first.output)
    with dsl.If(uri == "gs://x"):
        third = dsl.importer(artifact_uri="gs://y", artifact_class=Dataset)
        use_data(data=third.output)


@dsl.pipeline
def artifact_inputs(one: Input[Dataset], several: Input[List[Dataset]], start: str) -> Some:
    use_data(data=one)
    use_all(data=several)
    with dsl.ParallelFor(several) as each:
        use_data(data=each)
        with dsl.If(start == "x"):
            use_data(data=each)
            use_data(data=one)
    with dsl.If(start == "g"):
        use_all(data=several)
        left = make_data(x="1")
    with dsl.Else():
        right = make_data(x="2")
    return Some(dsl.OneOf(left.output, right.output), make(x=start).outputs["text"])


@dsl.pipeline
def order(start: int):
    first = say(text="a")
    with dsl.If(start == 1):
        say(text="b").after(first)
    with dsl.Else():
        otherwise = say(text="c")
    after_branches = say(text="d").after(otherwise)
    with dsl.ParallelFor([1]) as item:
        with dsl.If(item == 1):
            inside = say(text="e")
    say(text="f").after(inside, after_branches)
    made = make(x="g")
    finish(text="h").after(made).ignore_upstream_failure()
    with dsl.ParallelFor([1]) as _:
        inner = make(x="i")
        finish(text=inner.outputs["text"]).ignore_upstream_failure()


@dsl.pipeline
def settings(start: str, cpu: str):
    say(text="1").set_display_name("hello")
    say(text="2").set_retry(3, backoff_duration="5s", backoff_factor=3, backoff_max_duration="1h")
    say(text="3").set_cpu_limit(cpu)
    with dsl.If(start == "x", name="a branch"):
        say(text="4").set_caching_options(True, cache_key="key")
    with dsl.Elif(start == "y", name="another"):
        say(text="5").set_cpu_limit("2")
    with dsl.Else(name="the last"):
        say(text="6").set_env_variable("A", "b").set_memory_limit("4G")
    with dsl.ParallelFor(["1", "2"], name="a loop") as item:
        say(text="7").set_cpu_limit(item)


pipelines = [
    branches_in_a_loop,
    nested,
    one_of,
    collected,
    items,
    texts,
    numbers,
    exit_handlers,
    pipeline_as_exit,
    pipelines_in_pipelines,
    imports,
    artifact_inputs,
    order,
    settings,
]
json.dump({each.name: json_format.MessageToDict(each.pipeline_spec) for each in pipelines}, sys.stdout)
