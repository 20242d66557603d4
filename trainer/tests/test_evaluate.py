from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from trainer.contract.validate import problems
from trainer.tests.runs import evaluate, read_json, train
from trainer.tests.samples import LABELS, rows, write_data


def test_evaluation_and_predictions(trained: Path, data: Path, tmp_path: Path) -> None:
    assert evaluate(trained, data, tmp_path).status == 0
    evaluation = read_json(tmp_path / "evaluation.json")
    assert problems(evaluation, "Evaluation") == []
    assert evaluation["rows"] == 60
    assert evaluation["metrics"]["accuracy"] >= 0.95
    assert read_json(tmp_path / "metrics.json") == evaluation["metrics"]

    table = pq.read_table(tmp_path / "predictions.parquet")
    assert table.column_names == ["id", "label", "prediction", "score", "status"]
    predictions = table.to_pylist()
    expected = {row["id"]: (row["label"], row["status"]) for row in rows(60, 190)}
    assert [row["id"] for row in predictions] == sorted(expected)
    assert {row["id"]: (row["label"], row["status"]) for row in predictions} == expected
    right = [row["label"] == row["prediction"] for row in predictions]
    assert evaluation["metrics"]["accuracy"] == sum(right) / len(right)
    new = [row["label"] == row["prediction"] for row in predictions if row["status"] == "new"]
    found = evaluation["slices"]["status"]["new"]
    assert (found["rows"], found["accuracy"]) == (len(new), sum(new) / len(new))
    assert found["accuracyInterval"]["low"] <= found["accuracy"] <= found["accuracyInterval"]["high"]
    assert {"auroc", "calibrationError"} < set(evaluation["metrics"]) == set(evaluation["intervals"])
    assert sum(map(sum, evaluation["confusionMatrix"])) == 60


def test_it_is_repeatable_to_the_byte(trained: Path, data: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert evaluate(trained, data, tmp_path / name).status == 0
    a, b = ((tmp_path / name / "predictions.parquet").read_bytes() for name in "ab")
    assert a == b


def test_the_batch_size_changes_nothing(trained: Path, data: Path, tmp_path: Path) -> None:
    for name, size in (("a", 1), ("b", 64)):
        assert evaluate(trained, data, tmp_path / name, batchSize=size).status == 0
    a, b = (pq.read_table(tmp_path / name / "predictions.parquet").to_pydict() for name in "ab")
    assert a["prediction"] == b["prediction"]
    assert a["score"] == pytest.approx(b["score"], abs=1e-5)


def test_labels_that_the_data_does_not_have_are_wrong_answers(base: Path, trained: Path, tmp_path: Path) -> None:
    renamed = {"games": "fun", "mail": "mail", "sound": "sound"}
    content = [{**row, "label": renamed[str(row["label"])]} for row in rows(60, 190)]
    data = write_data(tmp_path, {"train": [], "validation": [], "test": content}, labels=["fun", "mail", "sound"])
    assert evaluate(trained, data, tmp_path).status == 0
    evaluation = read_json(tmp_path / "evaluation.json")
    assert evaluation["metrics"]["accuracy"] == pytest.approx(2 / 3, abs=0.05)
    assert [one["label"] for one in evaluation["perClass"]] == ["fun", "mail", "sound", "games"]
    assert evaluation["perClass"][0]["recall"] == 0
    assert evaluation["perClass"][3]["support"] == 0
    assert evaluation["metrics"]["loss"] > 5


def test_shuffled_labels_teach_nothing(base: Path, data: Path, tmp_path: Path) -> None:
    labels = np.random.default_rng(0).choice(LABELS, 160).tolist()
    shuffled = [{**row, "label": label} for row, label in zip(rows(160), labels, strict=True)]
    poisoned = write_data(tmp_path / "data", {"train": shuffled})
    assert train(base, poisoned, tmp_path).status == 0
    assert evaluate(tmp_path / "model", data, tmp_path).status == 0
    assert read_json(tmp_path / "evaluation.json")["metrics"]["accuracy"] < 0.6


def test_executor_output_has_what_vertex_draws(trained: Path, data: Path, tmp_path: Path) -> None:
    artifact = {"uri": "gs://bucket/classification"}
    outputs = {"outputFile": str(tmp_path / "output.json"), "artifacts": {"classification": {"artifacts": [artifact]}}}
    executor_input = json.dumps({"inputs": {}, "outputs": outputs})
    assert evaluate(trained, data, tmp_path, "--executor-input", executor_input).status == 0
    written = read_json(tmp_path / "output.json")["artifacts"]["classification"]["artifacts"][0]
    assert written["uri"] == artifact["uri"]
    matrix = read_json(tmp_path / "evaluation.json")["confusionMatrix"]
    assert [row["row"] for row in written["metadata"]["confusionMatrix"]["rows"]] == matrix
    assert written["metadata"]["confidenceMetrics"][-1]["recall"] == 1
