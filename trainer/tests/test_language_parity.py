"""Our language models against transformers' (the numbers in language_parity.json; `full/language_reference.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from trainer.language.model import load_language_model
from trainer.language.packing import arrange
from trainer.language.plan import plan_language, token_losses
from trainer.language.rows import Example
from trainer.settings import complete
from trainer.testing.tiny_language import MODEL_TYPES, write_tiny_language
from trainer.tests.full.language_reference import FIXTURE, LENGTHS, texts

EXPECTED: dict[str, Any] = json.loads(FIXTURE.read_text())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_the_loss_of_every_token_and_every_gradient(tmp_path: Path, model_type: str, packed: bool) -> None:
    """Each text in a row of its own, padded, or both in one row; with and without `remat`."""
    write_tiny_language(tmp_path, model_type)
    loaded = load_language_model(tmp_path)
    examples = [
        Example(ids, np.ones(len(ids), bool), np.zeros(len(ids), int)) for ids in texts(loaded.config["vocab_size"])
    ]
    batch = arrange([examples] if packed else [[one] for one in examples], 1 if packed else 3, 40)
    parameters = {name: jax.numpy.asarray(value) for name, value in loaded.parameters.items()}
    found = jax.jit(lambda given: token_losses(loaded.model, given, loaded.config, batch))(parameters)
    starts = [(0, 0), (0, LENGTHS[0])] if packed else [(0, 0), (1, 0)]
    for (row, start), expected in zip(starts, EXPECTED[model_type]["losses"], strict=True):
        np.testing.assert_allclose(np.asarray(found)[row, start : start + len(expected)], expected, atol=2e-5)

    settings = complete({"task": "causal-lm", "remat": packed})
    plan = plan_language(loaded.config, settings)

    def mean(given: Any) -> jax.Array:
        value, weight = plan.loss(given, {}, batch, jax.numpy.zeros(0))
        return value / weight

    gradients = jax.jit(jax.grad(mean))(parameters)
    norms = {name: float(np.linalg.norm(gradient)) for name, gradient in gradients.items()}
    assert norms == pytest.approx(EXPECTED[model_type]["gradientNorms"], rel=2e-4, abs=1e-6)
