"""Our exports, opened by transformers itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from trainer.cli import main
from trainer.testing.tiny_bert import write_tiny_bert
from trainer.tests.full import reference
from trainer.tests.samples import EVALUATE_CONFIG, LABELS, TRAIN_CONFIG, write_data

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")


def test_the_committed_fixture_is_what_transformers_computes(tmp_path: Path) -> None:
    reference.write_model(tmp_path)
    now, committed = reference.compute(tmp_path / "model"), json.loads(reference.FIXTURE.read_text())
    assert now["tokens"] == committed["tokens"]
    np.testing.assert_allclose(now["logits"], committed["logits"], atol=1e-6)
    assert now["gradientNorms"].keys() == committed["gradientNorms"].keys()


def test_a_trained_model_opens_and_predicts_the_same(tmp_path: Path) -> None:
    base, data, model = tmp_path / "base", write_data(tmp_path / "data"), tmp_path / "model"
    write_tiny_bert(base)
    paths = ["--data", str(data), "--model", str(model)]
    train = [
        "train",
        "--config",
        json.dumps(TRAIN_CONFIG),
        "--base-model",
        str(base),
        "--checkpoints",
        str(tmp_path / "c"),
    ]
    assert main([*train, *paths]) == 0
    predictions = tmp_path / "predictions.parquet"
    files = ["--evaluation", str(tmp_path / "evaluation.json"), "--predictions", str(predictions)]
    assert main(["evaluate", "--config", json.dumps(EVALUATE_CONFIG), *paths, *files]) == 0

    opened, report = transformers.AutoModelForSequenceClassification.from_pretrained(model, output_loading_info=True)
    assert not any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    assert [opened.config.id2label[index] for index in range(3)] == LABELS

    import pyarrow.parquet as pq

    texts = {row["id"]: row["text"] for row in pq.read_table(data / "test").to_pylist()}
    ours = pq.read_table(predictions).to_pylist()
    classify = transformers.pipeline("text-classification", model=str(model), tokenizer=str(model), truncation=True)
    theirs = classify([texts[row["id"]] for row in ours])
    assert [row["prediction"] for row in ours] == [row["label"] for row in theirs]
    np.testing.assert_allclose([row["score"] for row in ours], [row["score"] for row in theirs], atol=1e-5)
