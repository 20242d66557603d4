"""Checkpoints as they occur on the Hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from trainer.errors import InputError
from trainer.model_files import load_base, load_classifier
from trainer.testing.tiny_bert import write_tiny_bert
from trainer.tests.runs import read_json

LABELS = ["no", "yes"]

Tensors = dict[str, np.ndarray]


def rewrite(folder: Path, change: Callable[[Tensors], Tensors]) -> None:
    path = folder / "model.safetensors"
    save_file(change(load_file(path)), path)


def prefixed(tensors: Tensors) -> Tensors:
    return {f"bert.{name}": tensor for name, tensor in tensors.items()}


def with_old_names(tensors: Tensors) -> Tensors:
    def old(name: str) -> str:
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    return {old(name): tensor for name, tensor in tensors.items()}


def with_a_language_head(tensors: Tensors) -> Tensors:
    ids = np.arange(128, dtype=np.int64)[None]
    return {**prefixed(tensors), "cls.predictions.bias": np.zeros(9, np.float32), "bert.embeddings.position_ids": ids}


def without_pooler(tensors: Tensors) -> Tensors:
    return {name: tensor for name, tensor in tensors.items() if not name.startswith("pooler.")}


@pytest.mark.parametrize("change", [prefixed, with_old_names, with_a_language_head, without_pooler])
def test_names_of_every_kind_of_checkpoint(base: Path, tmp_path: Path, change: Callable[[Tensors], Tensors]) -> None:
    write_tiny_bert(tmp_path)
    rewrite(tmp_path, change)
    expected, loaded = load_base(base, LABELS, 0).parameters, load_base(tmp_path, LABELS, 0).parameters
    assert list(loaded) == list(expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(loaded[name], value)


def test_half_precision(base: Path, tmp_path: Path) -> None:
    write_tiny_bert(tmp_path)
    rewrite(tmp_path, lambda tensors: {name: value.astype(ml_dtypes.bfloat16) for name, value in tensors.items()})
    expected, loaded = load_base(base, LABELS, 0).parameters, load_base(tmp_path, LABELS, 0).parameters
    for name, value in expected.items():
        assert loaded[name].dtype == np.float32
        np.testing.assert_allclose(loaded[name], value, rtol=1e-2)


def test_a_checkpoint_in_several_files(base: Path, tmp_path: Path) -> None:
    write_tiny_bert(tmp_path)
    tensors = load_file(tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").unlink()
    files = {name: f"model-{index % 2}.safetensors" for index, name in enumerate(tensors)}
    for file in set(files.values()):
        save_file({name: value for name, value in tensors.items() if files[name] == file}, tmp_path / file)
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": files}))
    expected, loaded = load_base(base, LABELS, 0).parameters, load_base(tmp_path, LABELS, 0).parameters
    assert all(np.array_equal(loaded[name], value) for name, value in expected.items())


def test_every_missing_or_misshapen_parameter_is_named(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path)
    shorter = "embeddings.position_embeddings.weight"
    gone = "encoder.layer.1.output.dense.bias"
    rewrite(
        tmp_path,
        lambda tensors: {
            name: value[:9] if name == shorter else value for name, value in tensors.items() if name != gone
        },
    )
    with pytest.raises(InputError) as caught:
        load_base(tmp_path, LABELS, 0)
    assert caught.value.code == "INVALID_MODEL"
    assert [problem.split(" ")[0] for problem in caught.value.problems] == [f"bert.{gone}", f"bert.{shorter}"]


def test_a_tokenizer_larger_than_the_embeddings(tmp_path: Path) -> None:
    write_tiny_bert(tmp_path)
    config = read_json(tmp_path / "config.json")
    config["vocab_size"] -= 1
    (tmp_path / "config.json").write_text(json.dumps(config))
    rewrite(
        tmp_path,
        lambda tensors: {name: value[:-1] if "word_embeddings" in name else value for name, value in tensors.items()},
    )
    with pytest.raises(InputError, match="vocab_size"):
        load_base(tmp_path, LABELS, 0)


def test_a_classifier_keeps_its_head_only_for_its_own_labels(trained: Path) -> None:
    head = load_classifier(trained).parameters["classifier.weight"]
    assert np.array_equal(load_base(trained, ["games", "mail", "sound"], 0).parameters["classifier.weight"], head)
    assert not np.array_equal(load_base(trained, ["games", "mail", "video"], 0).parameters["classifier.weight"], head)
    assert load_base(trained, LABELS, 0).parameters["classifier.weight"].shape == (2, 32)
