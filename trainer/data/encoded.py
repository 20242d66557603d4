"""Rows as numbers: tokens, and which labels each has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.data.dataset import Rows
from trainer.data.tokens import Tokens, encode
from trainer.model_files import LoadedModel
from trainer.tasks.base import Task


@dataclass(frozen=True)
class Encoded:
    tokens: list[Tokens]
    has: np.ndarray
    """bool [rows, labels]"""

    @property
    def lengths(self) -> np.ndarray:
        return np.asarray([len(one) for one in self.tokens])


def encode_rows(rows: Rows, loaded: LoadedModel, task: Task) -> Encoded:
    return Encoded(encode(loaded.tokenizer, rows.texts), labels_of(rows, loaded.labels, task))


def labels_of(rows: Rows, labels: list[str], task: Task) -> np.ndarray:
    """bool [rows, labels]; all labels are among these."""
    index = {label: position for position, label in enumerate(labels)}
    has = np.zeros((len(rows), len(labels)), bool)
    for position, label in enumerate(rows.labels):
        has[position, [index[one] for one in task.parse(label)]] = True
    return has
