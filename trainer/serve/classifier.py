"""A loaded model, ready to answer: texts in, probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from trainer.data.batches import fit
from trainer.data.tokens import encode
from trainer.mesh import data_mesh, replicate
from trainer.model_files import load_classifier, longest
from trainer.predictor import Predictor
from trainer.serve.batching import Batcher
from trainer.serve.engine import Answer
from trainer.serve.requests import parse_question, shape_answer
from trainer.tasks import task_of

_LEAST_LENGTH = 16
_GROWTH = 4

# A CPU gains nothing from larger batches; an accelerator does.
_ROWS = {"cpu": (1, 8)}
_ROWS_OF_ACCELERATORS = (1, 8, 64)


class Classifier:
    """Computes few shapes, each compiled by `warm_up`, so that no request ever waits for a compiler."""

    def __init__(self, folder: Path) -> None:
        loaded = load_classifier(folder)
        truncation = loaded.tokenizer.truncation
        maximum = min(longest(loaded), truncation["max_length"] if truncation else longest(loaded))
        loaded.tokenizer.enable_truncation(maximum)
        mesh = data_mesh()
        self.labels = loaded.labels
        self.task = task_of(loaded.config.get("problem_type"))
        self._tokenizer = loaded.tokenizer
        self._predictor = Predictor(loaded, self.task, mesh)
        self._parameters = replicate(loaded.parameters, mesh)
        self._lengths = _lengths(maximum)
        self._rows = _ROWS.get(jax.default_backend(), _ROWS_OF_ACCELERATORS)

        self._batcher: Batcher[str, np.ndarray] = Batcher(self.probabilities, self.largest_batch)

    @property
    def largest_batch(self) -> int:
        return self._rows[-1]

    @property
    def predict(self) -> Answer:
        return self._predict

    @property
    def routes(self) -> dict[str, Answer]:
        return {}

    async def _predict(self, body: bytes) -> dict[str, Any]:
        question = parse_question(body)
        rows = await self._batcher.ask(question.texts)
        return {"predictions": [shape_answer(row, self.labels, question.top, self.task) for row in rows]}

    def warm_up(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Compiles and runs every shape, the most needed first."""
        for rows in self._rows:
            for length in reversed(self._lengths):
                if stop():
                    return
                self._predictor.predict(self._parameters, [np.zeros(1, np.int32)], rows, length)

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """[texts, labels], of at most `largest_batch` texts."""
        tokens = encode(self._tokenizer, texts)
        length = fit(max(len(one) for one in tokens), self._lengths)
        return self._predictor.predict(self._parameters, tokens, fit(len(texts), self._rows), length)


def _lengths(maximum: int) -> tuple[int, ...]:
    """From the longest down, each a quarter of the one before."""
    lengths = [maximum]
    while lengths[0] // _GROWTH >= _LEAST_LENGTH:
        lengths.insert(0, lengths[0] // _GROWTH)
    return tuple(lengths)
