"""
Whether a team's own trainer keeps the contract: run it on the command of your image, before a recipe names it.

    npx retemper contract [--task text-classification|causal-lm] [--deterministic] -- COMMAND …
    python -m trainer.testing.conformance [the same]

COMMAND is what a recipe's `train.command` says, in a container or not (`docker run --rm -v /tmp:/tmp IMAGE python
train.py`); the options of docs/architecture.md, "The trainer's command line", are put behind it. It is run on tiny
models and data in a temporary folder. Prints a line a check, as JSON with --json; exit 1 when one fails.
docs/trainer-contract.md has the contract in words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from trainer.contract.validate import problems
from trainer.errors import InputError
from trainer.testing.tiny_bert import write_tiny_bert
from trainer.testing.tiny_language import write_tiny_language
from trainer.tests import conversations, samples

_SECONDS = 600
# How long it may go on after SIGTERM: Vertex kills a machine's programs soon after.
_SECONDS_TO_STOP = 60


class Broken(Exception):
    """A check failed; says what was found."""


@dataclass(frozen=True)
class Trial:
    """A folder with a base model, data, and a place for what comes out."""

    command: list[str]
    task: str
    folder: Path

    def arguments(self, run: str, **changes: Any) -> list[str]:
        place = self.folder / run
        place.mkdir(exist_ok=True)
        shared = samples.TRAIN_CONFIG if self.task == "text-classification" else conversations.TRAIN_CONFIG
        paths = {
            "base-model": self.folder / "base",
            "data": self.folder / "data",
            "checkpoints": place / "checkpoints",
            "model": place / "model",
            "metrics": place / "metrics.json",
        }
        options = [part for name, path in paths.items() for part in (f"--{name}", str(path))]
        executor = {
            "outputs": {
                "outputFile": str(place / "executor_output.json"),
                "artifacts": {
                    name: {"artifacts": [{"name": name, "uri": f"gs://bucket/{name}", "metadata": {}}]}
                    for name in ("model", "metrics")
                },
            }
        }
        config = {**shared, "epochs": 2, "checkpointEvery": 2, **changes}
        return [*self.command, "--config", json.dumps(config), *options, "--executor-input", json.dumps(executor)]

    def run(self, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(arguments, capture_output=True, text=True, timeout=_SECONDS)


def it_trains(trial: Trial) -> None:
    """Exit status 0, and a model of the Hub: config.json, safetensors, tokenizer.json."""
    finished = trial.run(trial.arguments("whole"))
    if finished.returncode != 0:
        raise Broken(f"exit status {finished.returncode}: {finished.stderr.strip()[-500:]}")
    model = trial.folder / "whole" / "model"
    missing = [name for name in ("config.json", "tokenizer.json") if not (model / name).is_file()]
    if not list(model.glob("*.safetensors")):
        missing.append("*.safetensors")
    if missing:
        raise Broken(f"--model has no {', '.join(missing)}")


def the_model_is_evaluated(trial: Trial) -> None:
    """The trainer's own `evaluate` opens it, with the data's labels."""
    from trainer.evaluate import evaluate
    from trainer.evaluation import EvaluateOptions

    place = trial.folder / "whole"
    if trial.task == "text-classification":
        _labels_are_the_datas(place / "model", trial.folder / "data")
    shared = samples.EVALUATE_CONFIG if trial.task == "text-classification" else conversations.EVALUATE_CONFIG
    config = json.loads(json.dumps(shared))
    predictions = place / "predictions.parquet"
    try:
        evaluate(
            EvaluateOptions(config, place / "model", trial.folder / "data", place / "evaluation.json", predictions)
        )
    except InputError as error:
        raise Broken(error.message) from error
    found = problems(_json(place / "evaluation.json"), "Evaluation")
    if found:
        raise Broken("; ".join(found))
    wanted = pq.read_table(trial.folder / "data" / "test", columns=["id"])["id"].to_pylist()
    if pq.read_table(predictions)["id"].to_pylist() != sorted(wanted):
        raise Broken("the predictions are not of the test rows, by their ids")


def _labels_are_the_datas(model: Path, data: Path) -> None:
    labels: list[str] = _json(data / "manifest.json")["labels"]
    named = _json(model / "config.json").get("id2label")
    if named != {str(index): label for index, label in enumerate(labels)}:
        raise Broken(f"id2label is {named!r}, not the manifest's labels in its order: {labels}")


def the_same_arguments_give_the_same_model(trial: Trial) -> None:
    """Run twice, it writes the same weights, byte for byte."""
    again = trial.run(trial.arguments("again"))
    if again.returncode != 0:
        raise Broken(f"exit status {again.returncode}: {again.stderr.strip()[-500:]}")
    first, second = (_digests(trial.folder / run / "model") for run in ("whole", "again"))
    if first != second:
        changed = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
        raise Broken(f"another time, {', '.join(changed)} differs")


def it_reports(trial: Trial) -> None:
    """Metrics are numbers, and reach Kubeflow's artifacts."""
    place = trial.folder / "whole"
    metrics = _json(place / "metrics.json")
    if not isinstance(metrics, dict) or not all(type(value) in (int, float) for value in metrics.values()):
        raise Broken(f"--metrics is not an object of numbers: {metrics!r}")
    written = _json(place / "executor_output.json")
    artifacts = written.get("artifacts", {}) if isinstance(written, dict) else {}
    for name in ("model", "metrics"):
        try:
            artifacts[name]["artifacts"][0]["uri"]
        except (KeyError, IndexError, TypeError) as error:
            raise Broken(f"the executor output has no artifact {name} with its uri") from error


def it_says_how_far_it_is(trial: Trial) -> None:
    """progress.json beside the checkpoints, as the contract has it."""
    progress = _json(trial.folder / "whole" / "checkpoints" / "progress.json")
    found = problems(progress, "Progress")
    if found:
        raise Broken("; ".join(found))
    if progress["phase"] != "done":
        raise Broken(f"its phase is {progress['phase']}, not done, at the end")


def a_bad_setting_is_refused(trial: Trial) -> None:
    """Exit status 2, and one line of JSON on standard error: trying again would not help."""
    _refused(trial.run(trial.arguments("bad", epochs="many")))


def broken_data_are_refused(trial: Trial) -> None:
    """A shard that is not what the manifest says ends it with 2, too."""
    shard = next((trial.folder / "data").glob("train/*.parquet"))
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-10] + b"0123456789")
    try:
        _refused(trial.run(trial.arguments("broken")))
    finally:
        shard.write_bytes(whole)


def it_goes_on_after_sigterm(trial: Trial) -> None:
    """Stopped, it ends with 143 soon (or was through); started again with the same arguments, it comes to the end."""
    arguments = trial.arguments("cut", epochs=40, checkpointEvery=50)
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + _SECONDS
        while process.poll() is None and _step(trial.folder / "cut" / "checkpoints") == 0:
            if time.monotonic() > deadline:
                raise Broken(f"no step was done in {_SECONDS} s")
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        try:
            _, errors = process.communicate(timeout=_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired as error:
            raise Broken(f"it still runs {_SECONDS_TO_STOP} s after SIGTERM") from error
    finally:
        process.kill()
    if process.returncode not in (0, 143):
        raise Broken(f"exit status {process.returncode} after SIGTERM, not 143: {errors.strip()[-300:]}")
    stopped_at = _step(trial.folder / "cut" / "checkpoints")
    if process.returncode == 0 and not (trial.folder / "cut" / "model" / "config.json").is_file():
        raise Broken("exit status 0 after SIGTERM, without a model: it counts as trained")
    if stopped_at == 0:
        raise Broken("progress.json told no step before it ended: whether it goes on cannot be seen")
    # Only a report: what it goes on from are its checkpoints.
    (trial.folder / "cut" / "checkpoints" / "progress.json").unlink()
    first = _first_step_of(arguments, trial.folder / "cut" / "checkpoints")
    if process.returncode == 143 and first < stopped_at:
        raise Broken(f"stopped after step {stopped_at}, started again it begins at step {first}: it saved nothing")
    if not (trial.folder / "cut" / "model" / "config.json").is_file():
        raise Broken("started again, it wrote no model")


CHECKS: tuple[Callable[[Trial], None], ...] = (
    it_trains,
    the_model_is_evaluated,
    it_reports,
    it_says_how_far_it_is,
    a_bad_setting_is_refused,
    broken_data_are_refused,
    it_goes_on_after_sigterm,
)


# What mends a failed check.
REMEDIES = {
    it_trains: "Write config.json, safetensors, tokenizer.json to --model, as save_pretrained does, and end with 0.",
    the_model_is_evaluated: "Use a model_type of docs/trainer.md; id2label has the manifest's labels, in its order.",
    it_reports: "Write an object of numbers to --metrics, and Kubeflow's output to outputs.outputFile.",
    it_says_how_far_it_is: "Write progress.json to --checkpoints, as Progress of contract.schema.json has it.",
    a_bad_setting_is_refused: "Check --config before anything else; print one line of JSON, end with 2.",
    broken_data_are_refused: "Compare each shard's sha256 with the manifest's; print one line of JSON, end with 2.",
    it_goes_on_after_sigterm: "On SIGTERM save to --checkpoints and end with 143; begin there when started again.",
    the_same_arguments_give_the_same_model: "Seed everything from --config's seed; order rows by it.",
}


def check(
    command: list[str], task: str, deterministic: bool = False
) -> Iterator[tuple[Callable[[Trial], None], str | None]]:
    """Each check with what is broken, None where nothing is."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        trial = Trial(command, task, Path(folder))
        if task == "text-classification":
            write_tiny_bert(trial.folder / "base")
            samples.write_data(trial.folder / "data")
        else:
            write_tiny_language(trial.folder / "base")
            conversations.write_conversations(trial.folder / "data")
        for one in (*CHECKS, the_same_arguments_give_the_same_model) if deterministic else CHECKS:
            try:
                one(trial)
                yield one, None
            except Broken as broken:
                yield one, str(broken)
            except (subprocess.TimeoutExpired, OSError) as error:
                yield one, repr(error)


def _first_step_of(arguments: list[str], checkpoints: Path) -> int:
    """Runs it to its end; the first step that it reports to have done. What it never reports counts as none."""
    first = 0
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=errors, text=True)
        deadline = time.monotonic() + _SECONDS
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise Broken(f"started again, it is not through in {_SECONDS} s")
                first = first or _step(checkpoints)
                time.sleep(0.01)
        finally:
            process.kill()
        errors.seek(0)
        if process.returncode != 0:
            raise Broken(f"started again, it ends with {process.returncode}: {errors.read().strip()[-300:]}")
    return first or _step(checkpoints)


def _step(checkpoints: Path) -> int:
    """Of progress.json; 0 where there is none."""
    try:
        return int(json.loads((checkpoints / "progress.json").read_text())["step"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _digests(model: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in model.glob("*.safetensors")}


def _refused(finished: subprocess.CompletedProcess[str]) -> None:
    if finished.returncode != 2:
        raise Broken(f"exit status {finished.returncode}, not 2")
    try:
        value = json.loads(finished.stderr.strip().splitlines()[-1])
        value["error"], value["message"], value["problems"]
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise Broken('standard error does not end with {"error": …, "message": …, "problems": […]}') from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Broken(f"{path.name} cannot be read: {error}") from error


def main() -> int:
    parser = argparse.ArgumentParser(description="Whether a trainer keeps Retemper's contract.")
    parser.add_argument("--task", choices=["text-classification", "causal-lm"], default="text-classification")
    parser.add_argument("--deterministic", action="store_true", help="it is promised that a run can be repeated")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("command", nargs="+", help="after --, what is to be run")
    given = parser.parse_args()
    failed = 0
    for one, broken in check(given.command, given.task, given.deterministic):
        failed += broken is not None
        if given.json:
            words = {"check": one.__name__, "clause": (one.__doc__ or "").split("\n")[0], "remedy": REMEDIES[one]}
            print(json.dumps({**words, "broken": broken}), flush=True)
            continue
        print(f"{'✗' if broken else '✓'} {one.__name__.replace('_', ' ')}: {broken or one.__doc__}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
