"""What a language model writes, and how it is judged."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pyarrow.parquet as pq
import pytest

from trainer.contract.validate import problems
from trainer.language.generate import Prompt, Writer
from trainer.language.metrics import LanguageJudged, judge_written
from trainer.language.model import LoadedLanguageModel, load_language_model
from trainer.mesh import data_mesh
from trainer.models.decoder import Tokens
from trainer.testing.tiny_language import MODEL_TYPES, write_tiny_language
from trainer.tests.conversations import EVALUATE_CONFIG, TRAIN_CONFIG, write_conversations
from trainer.tests.runs import evaluate, read_json, run, train_arguments


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    write_tiny_language(folder / "base", "qwen3")
    finished = run(train_arguments(folder / "base", data, folder, **TRAIN_CONFIG))
    assert finished.status == 0, finished.errors
    return folder / "model"


def on_device(loaded: LoadedLanguageModel) -> dict[str, jax.Array]:
    return {name: jax.numpy.asarray(value) for name, value in loaded.parameters.items()}


def one_by_one(loaded: LoadedLanguageModel, prompt: np.ndarray, count: int) -> list[int]:
    """The likeliest tokens, without any cache: all that came before is computed again for each."""

    def forward(parameters: Any, ids: jax.Array, length: Any) -> jax.Array:
        positions = jax.numpy.arange(ids.shape[1])[None]
        tokens = Tokens(ids, positions, (positions < length).astype(np.int32))
        hidden, _ = loaded.model.hidden(parameters, loaded.config, tokens)
        return loaded.model.logits(parameters, loaded.config, hidden[0, length - 1])

    compute = jax.jit(forward)
    ids = list(prompt)
    for _ in range(count):
        padded = np.zeros((1, len(prompt) + count), np.int32)
        padded[0, : len(ids)] = ids
        ids.append(int(np.argmax(compute(loaded.parameters, padded, len(ids)))))
    return ids[len(prompt) :]


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_with_a_cache_it_writes_what_it_writes_without(model_type: str, tmp_path: Path) -> None:
    """Prompts of several lengths in a batch, longer than the windows; nothing ends it."""
    write_tiny_language(tmp_path, model_type, seed=1)
    loaded = load_language_model(tmp_path)
    loaded = LoadedLanguageModel(**{**vars(loaded), "stops": frozenset()})
    random = np.random.default_rng(0)
    prompts = [random.integers(3, 250, length).astype(np.int32) for length in (1, 23, 40)]
    writer = Writer(loaded, data_mesh(), 12, 40)
    limits = (12, 12, 5)
    asked = [Prompt(prompt, limit) for prompt, limit in zip(prompts, limits, strict=True)]
    written = writer.write(on_device(loaded), asked, 4)
    for prompt, one, count in zip(prompts, written, limits, strict=True):
        assert one.ids == one_by_one(loaded, prompt, count)
        assert not one.stopped


def test_what_is_drawn_depends_on_the_seed_alone(tmp_path: Path) -> None:
    write_tiny_language(tmp_path, "llama")
    loaded = load_language_model(tmp_path)
    writer = Writer(loaded, data_mesh(), 10, 16)
    ids = np.arange(5, 15, dtype=np.int32)

    def draw(*prompts: Prompt) -> list[list[int]]:
        return [one.ids for one in writer.write(on_device(loaded), prompts, 4)]

    first, other = Prompt(ids, 10, 1.0, 1.0, 7), Prompt(ids, 10, 1.0, 1.0, 8)
    [alone] = draw(first)
    together = draw(other, first, Prompt(ids, 10))
    assert together[1] == alone != together[0]
    # The likeliest token alone, or a temperature of nearly nothing, is no chance.
    greedy = together[2]
    assert draw(Prompt(ids, 10, 1.0, 1e-6, 3), Prompt(ids, 10, 1e-4, 1.0, 3)) == [greedy, greedy]


def test_draws_are_as_likely_as_the_model_says(tmp_path: Path) -> None:
    write_tiny_language(tmp_path, "llama")
    loaded = load_language_model(tmp_path)
    ids = np.arange(5, 15, dtype=np.int32)
    writer = Writer(loaded, data_mesh(), 1, 10)
    written = writer.write(on_device(loaded), [Prompt(ids, 1, 1.0, 0.6, seed) for seed in range(2000)], 2000)
    drawn = np.bincount([one.ids[0] if one.ids else 2 for one in written], minlength=loaded.config["vocab_size"])
    places = jax.numpy.arange(10)[None]
    tokens = Tokens(jax.numpy.asarray(ids[None]), places, jax.numpy.ones_like(places))
    hidden, _ = loaded.model.hidden(on_device(loaded), loaded.config, tokens)
    logits = loaded.model.logits(on_device(loaded), loaded.config, hidden[0, -1])
    chances = np.asarray(jax.nn.softmax(logits), np.float64)
    order = np.argsort(-chances)
    kept = order[: int(np.searchsorted(np.cumsum(chances[order]), 0.6)) + 1]
    assert set(np.flatnonzero(drawn)) <= set(kept)
    np.testing.assert_allclose(drawn[kept] / 2000, chances[kept] / chances[kept].sum(), atol=0.05)


def test_it_is_judged_by_what_it_predicts_and_writes(trained: Path, data: Path, tmp_path: Path) -> None:
    finished = evaluate(trained, data, tmp_path, **EVALUATE_CONFIG)
    assert finished.status == 0, finished.errors
    evaluation = read_json(tmp_path / "evaluation.json")
    assert problems(evaluation, "Evaluation") == []
    metrics = evaluation["metrics"]
    assert metrics["exactMatch"] == metrics["rougeL"] == metrics["chrF"] == 1
    assert metrics["perplexity"] == pytest.approx(math.exp(metrics["loss"]))
    assert 1 < metrics["perplexity"] < 1.2
    assert metrics["tokens"] == 16 * 5
    interval = evaluation["intervals"]["perplexity"]
    assert interval["low"] <= metrics["perplexity"] <= interval["high"]
    assert set(evaluation["slices"]["status"]) == {"new", "old"}

    rows = pq.read_table(tmp_path / "predictions.parquet").to_pylist()
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert {row["label"] for row in rows} == {"play", "send", "hear", "type"}
    assert all(row["label"] == row["prediction"] for row in rows)
    assert all(problems(row, "Prediction") == [] for row in rows)
    total = sum(row["loss"] * row["tokens"] for row in rows) / metrics["tokens"]
    assert total == pytest.approx(metrics["loss"], rel=1e-6)
    assert rows[0]["score"] == pytest.approx(math.exp(-rows[0]["loss"]))


def test_without_writing_only_the_loss_is_told(trained: Path, data: Path, tmp_path: Path) -> None:
    assert evaluate(trained, data, tmp_path, **EVALUATE_CONFIG | {"maxNewTokens": 0}).status == 0
    assert read_json(tmp_path / "evaluation.json")["metrics"].keys() == {"loss", "perplexity", "tokens"}


def test_metrics_of_rows_that_weigh_differently() -> None:
    judged = LanguageJudged(np.asarray([2.0, 9.0]), np.asarray([2.0, 3.0]), {"exactMatch": np.asarray([1.0, 0.0])})
    measured = judged.measure(np.asarray([[1.0, 1.0], [1.0, 0.0], [0.0, 2.0]]))
    assert measured["loss"] == pytest.approx([11 / 5, 1, 3])
    assert measured["perplexity"] == pytest.approx([math.exp(11 / 5), math.e, math.exp(3)])
    assert measured["exactMatch"] == pytest.approx([0.5, 1, 0])


def test_what_was_written_is_judged_row_by_row() -> None:
    judged = judge_written(["the cat sat", "yes", "a"], ["the cat sits", "yes", ""])
    assert judged["exactMatch"].tolist() == [0, 1, 0]
    assert judged["rougeL"] == pytest.approx([2 / 3, 1, 0])
    assert judged["chrF"][1] == 1 > judged["chrF"][0] > 0.5 > judged["chrF"][2] == 0


def test_a_model_for_another_task_is_refused(trained: Path, tmp_path: Path) -> None:
    from trainer.tests.samples import write_data

    refused = evaluate(trained, write_data(tmp_path / "data"), tmp_path)
    assert (refused.status, refused.error["error"]) == (2, "UNSUPPORTED_MODEL")


def test_a_metric_of_the_teams_own_sees_what_was_written(trained: Path, data: Path, tmp_path: Path) -> None:
    source = "def same(columns):\n    return [a == b for a, b in zip(columns['label'], columns['prediction'])]\n"
    (tmp_path / "own.py").write_text(source)
    custom = [{"name": "same", "file": "own.py", "function": "same", "better": "higher"}]
    config = EVALUATE_CONFIG | {"custom": custom}
    finished = evaluate(trained, data, tmp_path, "--hooks", str(tmp_path), **config)
    assert finished.status == 0, finished.errors
    evaluation = read_json(tmp_path / "evaluation.json")
    assert evaluation["custom"]["same"]["value"] == pytest.approx(evaluation["metrics"]["exactMatch"])
    assert evaluation["custom"]["same"]["interval"] == pytest.approx(evaluation["intervals"]["exactMatch"])
