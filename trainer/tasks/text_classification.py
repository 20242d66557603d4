"""One label for a text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import Mesh

from trainer.data.batches import ordered_batches
from trainer.data.tokens import Tokens, pad
from trainer.mesh import replicated, rows_that_divide, spread
from trainer.models.base import Batch, Model, Parameters


def loss(model: Model, config: Mapping[str, Any], parameters: Parameters, batch: Batch) -> jax.Array:
    """Mean cross-entropy over the rows of weight 1. Dropout is off: few epochs need none, and steps are repeatable."""
    logits = model.classify(parameters, config, batch)
    each = optax.softmax_cross_entropy_with_integer_labels(logits, batch["labels"])
    return (each * batch["weights"]).sum() / batch["weights"].sum()


class Predictor:
    """Probabilities of the labels. Each shape (rows, length) that it is called with is compiled once."""

    def __init__(self, model: Model, config: dict[str, Any], mesh: Mesh) -> None:
        self._mesh = mesh
        self._padding = config.get("pad_token_id") or 0
        self._compute = jax.jit(partial(_probabilities, model, config), out_shardings=replicated(mesh))

    def predict(self, parameters: Parameters, tokens: list[Tokens], rows: int, length: int) -> np.ndarray:
        """One batch of at most `rows` texts, padded to that shape: [texts, labels]."""
        batch = pad(tokens, rows_that_divide(rows, self._mesh), length, self._padding)
        return np.asarray(self._compute(parameters, spread(batch, self._mesh)))[: len(tokens)]

    def predict_all(
        self, parameters: Parameters, tokens: list[Tokens], rows: int, lengths: tuple[int, ...]
    ) -> np.ndarray:
        """Any number of texts, in their order: [texts, labels]."""
        batches = ordered_batches(np.asarray([len(one) for one in tokens]), lengths, rows)
        parts = [self.predict(parameters, [tokens[row] for row in batch.rows], rows, batch.length) for batch in batches]
        order = np.concatenate([batch.rows for batch in batches])
        return np.concatenate(parts)[np.argsort(order)]


def _probabilities(model: Model, config: Mapping[str, Any], parameters: Parameters, batch: Batch) -> jax.Array:
    return jax.nn.softmax(model.classify(parameters, config, batch).astype(jnp.float32), axis=-1)
