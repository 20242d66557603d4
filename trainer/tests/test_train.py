from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.contract.validate import problems
from trainer.tests.runs import evaluate, read_json, start, train, train_arguments
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


@pytest.mark.parametrize("seed", [0, 1])
def test_killed_at_random_moments_it_ends_with_the_same_bytes(base: Path, tmp_path: Path, seed: int) -> None:
    """Often, and wherever it is: at a step, at a checkpoint, at a validation. An earlier step than the last is best."""
    data = misleading_data(tmp_path / "data")
    config = {"epochs": 60, "checkpointEvery": 7, "validateEvery": 15, "selectBy": "loss", "learningRate": 4e-3}
    random = np.random.default_rng(seed)
    arguments = train_arguments(base, data, tmp_path / "cut", **config)
    progress = tmp_path / "cut" / "checkpoints" / "progress.json"
    kills, status = 0, -1
    while status != 0:
        process = start(arguments)
        if kills < 4:
            after = random.integers(0, 150) + newest_step(tmp_path / "cut")
            while process.poll() is None and newest_step(tmp_path / "cut") <= after:
                time.sleep(0.005)
            time.sleep(random.random() * 0.05)
            process.kill()
            kills += 1
        _, errors = process.communicate(timeout=120)
        status = process.returncode
        assert status in (0, -signal.SIGKILL), errors
    assert kills >= 2 and read_json(progress)["phase"] == "done"

    assert train(base, data, tmp_path / "whole", **config).status == 0
    one, other = (read_json(tmp_path / name / "metrics.json") for name in ("cut", "whole"))
    assert one["bestStep"] == other["bestStep"] < 600
    cut, whole = (tmp_path / name / "model" / "model.safetensors" for name in ("cut", "whole"))
    assert cut.read_bytes() == whole.read_bytes()


def misleading_data(folder: Path) -> Path:
    """The validation labels are shuffled: what is learnt makes their loss worse, so that an early step is best."""
    content = rows(30, 160)
    shuffled = [{**row, "label": content[(index * 7 + 1) % 30]["label"]} for index, row in enumerate(content)]
    return write_data(folder, {"validation": shuffled})


def newest_step(folder: Path) -> int:
    names = [path.name for path in (folder / "checkpoints").glob("checkpoint-*")]
    return max((int(name.split("-")[1].split(".")[0]) for name in names), default=0)


def test_the_best_step_on_validation_is_exported_and_patience_ends(base: Path, tmp_path: Path) -> None:
    misleading = misleading_data(tmp_path / "data")
    config = {"epochs": 20, "selectBy": "loss", "warmup": 0}
    assert train(base, misleading, tmp_path / "all", **config).status == 0
    metrics = read_json(tmp_path / "all" / "metrics.json")
    assert metrics["bestStep"] < metrics["steps"] == 200

    assert train(base, misleading, tmp_path / "early", patience=2, **config).status == 0
    early = read_json(tmp_path / "early" / "metrics.json")
    assert (early["bestStep"], early["steps"]) == (metrics["bestStep"], metrics["bestStep"] + 20)
    assert early["validationLoss"] == metrics["validationLoss"]
    one, other = (tmp_path / name / "model" / "model.safetensors" for name in ("all", "early"))
    assert one.read_bytes() == other.read_bytes()

    assert evaluate(tmp_path / "early" / "model", misleading, tmp_path, split="validation").status == 0
    found = read_json(tmp_path / "evaluation.json")["metrics"]["loss"]
    assert found == pytest.approx(early["validationLoss"], abs=1e-5)


@pytest.mark.parametrize("change", [{"gradientAccumulation": 3}, {"remat": True}])
def test_what_spares_memory_changes_nothing(base: Path, data: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    # Three parts that a batch of 16 does not divide into evenly.
    config = {"epochs": 1, "learningRate": 1e-3}
    assert train(base, data, tmp_path / "plain", **config).status == 0
    assert train(base, data, tmp_path / "changed", **config, **change).status == 0
    plain, changed = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("plain", "changed"))
    for name, value in plain.items():
        np.testing.assert_allclose(changed[name], value, atol=2e-4, err_msg=name)


def test_half_precision_learns_and_exports_float32(base: Path, data: Path, tmp_path: Path) -> None:
    assert train(base, data, tmp_path, precision="bfloat16", schedule="cosine").status == 0
    assert read_json(tmp_path / "metrics.json")["validationAccuracy"] >= 0.95
    exported = load_file(tmp_path / "model" / "model.safetensors")
    assert {array.dtype for array in exported.values()} == {np.dtype("float32")}


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
    assert again.status == 0 and "broken checkpoint" in again.output and "goes on" in again.output
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
