"""Probabilities of a model's labels, in batches of few shapes."""

from __future__ import annotations

import jax
import numpy as np
from jax.sharding import Mesh

from trainer.data.batches import ordered_batches
from trainer.data.tokens import Tokens, pad
from trainer.mesh import replicated, rows_that_divide, spread
from trainer.model_files import LoadedModel
from trainer.models.base import Batch, Parameters
from trainer.tasks.base import Task


class Predictor:
    """Each shape (rows, length) that it is called with is compiled once."""

    def __init__(self, loaded: LoadedModel, task: Task, mesh: Mesh) -> None:
        def compute(parameters: Parameters, batch: Batch) -> jax.Array:
            return task.probabilities(loaded.model.classify(parameters, loaded.config, batch))

        self._mesh = mesh
        self._padding = loaded.config.get("pad_token_id") or 0
        self._labels = len(loaded.labels)
        self._compute = jax.jit(compute, out_shardings=replicated(mesh))

    def predict(self, parameters: Parameters, tokens: list[Tokens], rows: int, length: int) -> np.ndarray:
        """One batch of at most `rows` texts, padded to that shape: [texts, labels]."""
        batch = pad(tokens, rows_that_divide(rows, self._mesh), length, self._padding)
        return np.asarray(self._compute(parameters, spread(batch, self._mesh)))[: len(tokens)]

    def predict_all(
        self, parameters: Parameters, tokens: list[Tokens], rows: int, lengths: tuple[int, ...]
    ) -> np.ndarray:
        """Any number of texts, in their order: [texts, labels]."""
        result = np.zeros((len(tokens), self._labels), np.float32)
        for batch in ordered_batches(np.asarray([len(one) for one in tokens]), lengths, rows):
            texts = [tokens[row] for row in batch.rows]
            result[batch.rows] = self.predict(parameters, texts, rows, batch.length)
        return result
