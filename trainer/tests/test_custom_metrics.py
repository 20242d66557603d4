"""A team's own metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.contract.validate import problems
from trainer.tests.runs import Finished, evaluate, read_json

SOURCE = """
def right(columns):
    return [float(a == b) for a, b in zip(columns["label"], columns["prediction"])]

def words(columns):
    return sum(len(text.split()) for text in columns["text"]) / len(columns["text"])

def breaks(columns):
    raise KeyError("weights")

def short(columns):
    return [1.0]

def word(columns):
    return "good"

def nothing(columns):
    return float("nan")
"""


def measured(trained: Path, data: Path, folder: Path, *functions: str, source: str = SOURCE) -> Finished:
    (folder / "metrics.py").write_text(source)
    custom = [{"name": f"own_{one}", "file": "metrics.py", "function": one, "better": "higher"} for one in functions]
    return evaluate(trained, data, folder, "--hooks", str(folder), custom=custom)


def test_values_intervals_and_slices(trained: Path, data: Path, tmp_path: Path) -> None:
    finished = measured(trained, data, tmp_path, "right", "words")
    assert finished.status == 0, finished.errors
    evaluation = read_json(tmp_path / "evaluation.json")
    assert problems(evaluation, "Evaluation") == []
    right, words = (evaluation["custom"][name] for name in ("own_right", "own_words"))
    assert right["value"] == pytest.approx(evaluation["metrics"]["accuracy"])
    assert right["interval"] == pytest.approx(evaluation["intervals"]["accuracy"])
    assert words["value"] > 1
    assert "interval" not in words
    slices = evaluation["slices"]["status"].values()
    assert [one["custom"]["own_right"] for one in slices] == pytest.approx([one["accuracy"] for one in slices])
    mean = sum(one["custom"]["own_words"] * one["rows"] for one in slices) / evaluation["rows"]
    assert mean == pytest.approx(words["value"])
    assert read_json(tmp_path / "metrics.json")["own_right"] == right["value"]


def test_a_module_of_the_image(trained: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "team_metrics_here.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    custom = [{"name": "own", "module": "team_metrics_here", "function": "words", "better": "lower"}]
    assert evaluate(trained, data, tmp_path, custom=custom).status == 0
    assert read_json(tmp_path / "evaluation.json")["custom"]["own"]["better"] == "lower"


@pytest.mark.parametrize("function", ["breaks", "short", "word", "nothing", "absent"])
def test_a_bad_function_ends_with_2_and_the_reason(trained: Path, data: Path, tmp_path: Path, function: str) -> None:
    finished = measured(trained, data, tmp_path, function)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_METRIC")
    assert f"own_{function}" in finished.error["message"]
    assert function == "absent" or "60 rows" in finished.error["message"]
    assert not (tmp_path / "evaluation.json").exists()


def test_every_one_that_does_not_load_is_named(trained: Path, data: Path, tmp_path: Path) -> None:
    finished = measured(trained, data, tmp_path, "right", "words", source="import no_such_library")
    assert (finished.status, finished.error["error"]) == (2, "INVALID_METRIC")
    assert len(finished.error["problems"]) == 2
