"""Bad input ends with status 2 and one line that lists everything at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer.testing.tiny_bert import write_tiny_bert
from trainer.tests.runs import evaluate, read_json, run, train
from trainer.tests.samples import rows, write_data


def test_arguments(tmp_path: Path) -> None:
    finished = run(["train", "--config", "{}"])
    assert finished.status == 2
    assert finished.error["error"] == "INVALID_ARGUMENTS"
    assert "--base-model" in finished.error["message"]


def test_config(base: Path, data: Path, tmp_path: Path) -> None:
    finished = train(base, data, tmp_path, epochs=0, batchsize=3, learningRate="fast")
    assert finished.status == 2
    assert finished.error["error"] == "INVALID_CONFIG"
    assert len(finished.error["problems"]) == 3
    assert any(problem.startswith("$.learningRate") for problem in finished.error["problems"])


def test_length_beyond_the_models(base: Path, data: Path, tmp_path: Path) -> None:
    finished = train(base, data, tmp_path, maxLength=129)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_CONFIG")


def test_no_manifest(base: Path, tmp_path: Path) -> None:
    finished = train(base, tmp_path, tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_DATA")


def test_manifest_that_breaks_the_contract(base: Path, tmp_path: Path) -> None:
    finished = train(base, write_data(tmp_path, labels=["games", "games"], schemaVersion=2), tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_DATA")
    assert [problem.split(":")[0] for problem in finished.error["problems"]] == ["$.labels", "$.schemaVersion"]


def test_shards(base: Path, tmp_path: Path) -> None:
    write_data(tmp_path, {"train": [*rows(10), {"id": "1", "text": None, "label": "other", "status": None}]})
    (tmp_path / "train" / "part-00000.parquet").write_bytes(b"not what it was")
    finished = train(base, tmp_path, tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_DATA")
    assert [part in finished.errors for part in ("sha256", "null in text", "does not list: other")] == [True] * 3


def test_empty_split(base: Path, trained: Path, tmp_path: Path) -> None:
    data = write_data(tmp_path, {"train": [], "test": []})
    assert train(base, data, tmp_path).error["error"] == "INVALID_DATA"
    assert evaluate(trained, data, tmp_path).error["error"] == "INVALID_DATA"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"model_type": "gpt2"}, "bert"),
        ({"hidden_act": "swish"}, "gelu"),
        ({"position_embedding_type": "relative_key"}, "absolute"),
    ],
)
def test_unsupported_model(data: Path, tmp_path: Path, changes: dict[str, str], named: str) -> None:
    write_tiny_bert(tmp_path / "base")
    config = tmp_path / "base" / "config.json"
    config.write_text(json.dumps(read_json(config) | changes))
    finished = train(tmp_path / "base", data, tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "UNSUPPORTED_MODEL")
    assert named in finished.error["message"]


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors", "tokenizer.json"])
def test_missing_file_of_a_model(data: Path, tmp_path: Path, missing: str) -> None:
    write_tiny_bert(tmp_path / "base")
    (tmp_path / "base" / missing).unlink()
    finished = train(tmp_path / "base", data, tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_MODEL")
    assert missing in finished.error["message"]


def test_a_model_without_a_head_cannot_be_evaluated(base: Path, data: Path, tmp_path: Path) -> None:
    finished = evaluate(base, data, tmp_path)
    assert (finished.status, finished.error["error"]) == (2, "INVALID_MODEL")
