"""Any number of labels for a text, all the way: data, training, evaluation, an answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from trainer.contract.validate import problems
from trainer.serve.classifier import Classifier
from trainer.serve.requests import shape_answer
from trainer.tests.runs import evaluate, read_json, train
from trainer.tests.samples import LABELS, Row, rows, write_data

TASK = "multi-label-classification"


def several(count: int, start: int = 0) -> list[Row]:
    """Texts of none, one or two labels: two rows joined, or a text that tells nothing."""
    first, second = rows(count, start), rows(count, start + 1000)
    result = []
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        chosen = [[], [one], [one, other]][number % 3]
        labels = sorted({row["label"] for row in chosen})
        text = " ".join(row["text"] for row in chosen) or "the free program"
        result.append({**one, "text": text, "label": json.dumps(labels, separators=(",", ":"))})
    return result


@pytest.fixture(scope="module")
def several_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    splits = {"train": several(240), "validation": several(30, 240), "test": several(60, 270)}
    return write_data(tmp_path_factory.mktemp("several"), splits, task=TASK)


def test_several_labels(base: Path, several_data: Path, tmp_path: Path) -> None:
    assert train(base, several_data, tmp_path, task=TASK, classWeights="balanced", maxLength=32).status == 0
    assert read_json(tmp_path / "model" / "config.json")["problem_type"] == "multi_label_classification"
    assert evaluate(tmp_path / "model", several_data, tmp_path, task=TASK, maxLength=32).status == 0
    evaluation = read_json(tmp_path / "evaluation.json")
    assert problems(evaluation, "Evaluation") == []
    assert evaluation["metrics"]["accuracy"] >= 0.9 and evaluation["metrics"]["auroc"] >= 0.97
    assert evaluation["confusionMatrix"] == []
    predictions = pq.read_table(tmp_path / "predictions.parquet").to_pylist()
    right = [row["label"] == row["prediction"] for row in predictions]
    assert sum(right) / len(right) == evaluation["metrics"]["accuracy"]
    assert all(0.5 <= row["score"] <= 1 for row in predictions)

    classifier = Classifier(tmp_path / "model")
    probabilities = classifier.probabilities(["the game and the music", "the free program"])
    answers = [shape_answer(row, classifier.labels, None, classifier.task) for row in probabilities]
    assert answers[0]["labels"] == ["games", "sound"]
    assert answers[1]["labels"] == []
    assert problems({"predictions": answers}, "PredictResponse") == []


def test_data_of_another_task(base: Path, several_data: Path, trained: Path, tmp_path: Path) -> None:
    assert train(base, several_data, tmp_path).error["error"] == "INVALID_CONFIG"
    assert evaluate(trained, several_data, tmp_path, task=TASK).error["error"] == "INVALID_CONFIG"


def test_labels_that_are_no_list(base: Path, tmp_path: Path) -> None:
    broken = write_data(tmp_path, {"train": [*several(10), {**rows(1)[0], "id": "1", "label": "games"}]}, task=TASK)
    assert train(base, broken, tmp_path, task=TASK).error["error"] == "INVALID_DATA"


def test_labels_are_decided_each_by_itself() -> None:
    answer = shape_answer(np.asarray([0.9, 0.2, 0.6]), LABELS, None)
    assert "labels" not in answer
