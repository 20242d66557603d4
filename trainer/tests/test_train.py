from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.contract.validate import problems
from trainer.tests.runs import read_json, start, train, train_arguments
from trainer.tests.samples import LABELS, TRAIN_CONFIG, rows, write_data


def test_it_learns_and_says_how_far_it_is(base: Path, data: Path, tmp_path: Path) -> None:
    finished = train(base, data, tmp_path)
    assert finished.status == 0
    assert read_json(tmp_path / "metrics.json")["validationAccuracy"] >= 0.95

    progress = read_json(tmp_path / "checkpoints" / "progress.json")
    assert problems(progress, "Progress") == []
    assert progress["phase"] == "done"
    assert progress["step"] == progress["steps"] == 160
    lines = [json.loads(line) for line in finished.output.splitlines()]
    phases = [line["phase"] for line in lines if "phase" in line]
    assert list(dict.fromkeys(phases)) == ["loading", "compiling", "training", "validating", "saving", "done"]


def test_the_export_is_a_model_of_the_hub(trained: Path) -> None:
    config = read_json(trained / "config.json")
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["problem_type"] == "single_label_classification"
    assert config["id2label"] == {"0": "games", "1": "mail", "2": "sound"}
    assert config["label2id"] == {"games": 0, "mail": 1, "sound": 2}
    assert read_json(trained / "tokenizer_config.json")["model_max_length"] == TRAIN_CONFIG["maxLength"]
    assert read_json(trained / "tokenizer.json")["truncation"]["max_length"] == TRAIN_CONFIG["maxLength"]
    parameters = load_file(trained / "model.safetensors")
    assert parameters["classifier.weight"].shape == (len(LABELS), 32)
    assert {array.dtype for array in parameters.values()} == {np.dtype("float32")}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(base: Path, data: Path, tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert train(base, data, tmp_path / name, epochs=1, seed=seed).status == 0
    a, b, c = ((tmp_path / name / "model" / "model.safetensors").read_bytes() for name in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_was_cut_off_ends_with_the_same_bytes(
    base: Path, data: Path, tmp_path: Path, kill: signal.Signals
) -> None:
    # Long enough that the signal always comes before the end.
    config = {"epochs": 200, "checkpointEvery": 25}
    arguments = train_arguments(base, data, tmp_path / "cut", **config)
    process = start(arguments)
    checkpoints = tmp_path / "cut" / "checkpoints"
    deadline = time.monotonic() + 60
    while not list(checkpoints.glob("checkpoint-*.safetensors")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(kill)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == (143 if kill == signal.SIGTERM else -signal.SIGKILL), errors
    assert not (tmp_path / "cut" / "model").exists()

    again = start(arguments)
    output, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    resumed = [json.loads(line) for line in output.splitlines() if "goes on" in line]
    assert len(resumed) == 1 and 0 < resumed[0]["step"] < 2000

    assert train(base, data, tmp_path / "whole", **config).status == 0
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        assert (tmp_path / "cut" / "model" / name).read_bytes() == (tmp_path / "whole" / "model" / name).read_bytes()


def test_only_checkpoints_of_the_same_training_count(base: Path, data: Path, tmp_path: Path) -> None:
    assert train(base, data, tmp_path).status == 0
    whole = (tmp_path / "model" / "model.safetensors").read_bytes()
    newest = max((tmp_path / "checkpoints").glob("checkpoint-*"))
    newest.write_bytes(newest.read_bytes()[:1000])
    again = train(base, data, tmp_path)
    assert again.status == 0 and "broken checkpoint" in again.output and '"step": 100' in again.output
    assert (tmp_path / "model" / "model.safetensors").read_bytes() == whole

    other = train(base, data, tmp_path, learningRate=1e-3)
    assert other.status == 0 and "another training" in other.output and "goes on" not in other.output


def test_a_loss_that_is_no_number_stops_it(base: Path, data: Path, tmp_path: Path) -> None:
    finished = train(base, data, tmp_path, learningRate=1e30, warmup=0)
    assert finished.status == 1
    assert finished.error["error"] == "DIVERGED"
    assert "at step " in finished.error["message"]
    assert not (tmp_path / "model").exists()


def test_a_last_batch_that_is_not_full_and_no_validation_split(base: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path, {"train": rows(21), "validation": []})
    assert train(base, data, tmp_path, epochs=2).status == 0
    metrics = read_json(tmp_path / "metrics.json")
    assert metrics["steps"] == 4
    assert "validationAccuracy" not in metrics


def test_training_goes_on_from_a_head_for_the_same_labels(trained: Path, data: Path, tmp_path: Path) -> None:
    finished = train(trained, data, tmp_path, epochs=1, learningRate=1e-9)
    assert finished.status == 0 and "new head" not in finished.output
    assert read_json(tmp_path / "metrics.json")["validationAccuracy"] >= 0.95


def test_executor_output_gives_the_artifacts_their_metadata(base: Path, data: Path, tmp_path: Path) -> None:
    artifact = {"name": "projects/p/metrics", "uri": "gs://bucket/metrics", "metadata": {"kept": 1}}
    executor_input = {
        "inputs": {},
        "outputs": {
            "outputFile": str(tmp_path / "executor" / "output.json"),
            "artifacts": {"metrics": {"artifacts": [artifact]}, "model": {"artifacts": [{"uri": "gs://bucket/model"}]}},
        },
    }
    assert train(base, data, tmp_path, "--executor-input", json.dumps(executor_input), epochs=1).status == 0
    artifacts = read_json(tmp_path / "executor" / "output.json")["artifacts"]
    metrics = artifacts["metrics"]["artifacts"][0]
    assert metrics == {
        "name": "projects/p/metrics",
        "uri": "gs://bucket/metrics",
        "metadata": {"kept": 1, **read_json(tmp_path / "metrics.json")},
    }
    assert artifacts["model"]["artifacts"][0]["uri"] == "gs://bucket/model"
