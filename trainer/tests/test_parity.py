"""Our architectures against transformers' (the numbers in parity.json; `full/reference.py` makes them)."""

from __future__ import annotations

import json
from typing import Any

import jax
import numpy as np
import pytest

from trainer.contract.validate import SCHEMA
from trainer.data.tokens import encode, pad
from trainer.model_files import LoadedModel, load_classifier
from trainer.models import supported
from trainer.plan import plan_training
from trainer.testing.tiny import MODEL_TYPES
from trainer.testing.tiny_language import MODEL_TYPES as LANGUAGE_MODEL_TYPES
from trainer.tests.full.reference import FIXTURE, TARGETS, TEXTS, write_model

EXPECTED: dict[str, Any] = json.loads(FIXTURE.read_text())


@pytest.fixture(scope="module", params=MODEL_TYPES)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    folder = tmp_path_factory.mktemp("parity")
    write_model(folder, request.param)
    return load_classifier(folder / "model")


def expected(loaded: LoadedModel) -> Any:
    return EXPECTED[loaded.model.model_type]


def batch(loaded: LoadedModel, rows: int, length: int) -> dict[str, Any]:
    arrays = pad(encode(loaded.tokenizer, TEXTS), rows, length, loaded.config["pad_token_id"])
    filling = rows - len(TEXTS)
    arrays["targets"] = np.pad(np.asarray(TARGETS, np.int32), (0, filling))
    arrays["weights"] = np.pad(np.ones(len(TEXTS), np.float32), (0, filling))
    return arrays


def as_jax(loaded: LoadedModel) -> dict[str, jax.Array]:
    return {name: jax.numpy.asarray(value) for name, value in loaded.parameters.items()}


def test_every_supported_model_is_compared() -> None:
    assert sorted([*EXPECTED, *LANGUAGE_MODEL_TYPES]) == supported()
    assert json.loads(SCHEMA.read_text())["definitions"]["ModelType"]["enum"] == supported()


def test_tokens(loaded: LoadedModel) -> None:
    assert [tokens.tolist() for tokens in encode(loaded.tokenizer, TEXTS)] == expected(loaded)["tokens"]


@pytest.mark.parametrize(("rows", "length"), [(4, 24), (8, 40)])
def test_logits_whatever_the_padding(loaded: LoadedModel, rows: int, length: int) -> None:
    classify = jax.jit(lambda parameters, inputs: loaded.model.classify(parameters, loaded.config, inputs))
    logits = classify(as_jax(loaded), batch(loaded, rows, length))
    np.testing.assert_allclose(logits[:4], expected(loaded)["logits"], atol=3e-6)


@pytest.mark.parametrize(("rows", "remat"), [(4, False), (8, True)])
def test_loss_and_every_gradient(loaded: LoadedModel, rows: int, remat: bool) -> None:
    plan = plan_training(loaded.config, {"task": "text-classification", "remat": remat}, 3)

    def compute(parameters: Any) -> jax.Array:
        value, weight = plan.loss(parameters, {}, batch(loaded, rows, 24), jax.numpy.ones(3))
        return value / weight

    value, gradients = jax.jit(jax.value_and_grad(compute))(as_jax(loaded))
    assert value == pytest.approx(expected(loaded)["loss"], abs=1e-6)
    norms = {name: float(np.linalg.norm(gradient)) for name, gradient in gradients.items()}
    assert norms == pytest.approx(expected(loaded)["gradientNorms"], rel=1e-4, abs=1e-6)


def test_the_fixture_covers_every_parameter(loaded: LoadedModel) -> None:
    assert set(expected(loaded)["gradientNorms"]) == set(loaded.parameters)
