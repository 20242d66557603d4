"""Several texts to a row, so that little of a batch is padding. Pure functions of lengths and seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.language.plan import COLUMNS
from trainer.language.rows import Example

# Rows that are still open for a text; the fullest that has room takes it.
_OPEN = 64


def pack(lengths: Sequence[int], capacity: int, seed: int) -> list[list[int]]:
    """Which texts, in an order that the seed decides, share a row of so many tokens. None may be longer."""
    order = np.random.default_rng([seed, len(lengths)]).permutation(len(lengths))
    closed: list[list[int]] = []
    opened: list[tuple[int, list[int]]] = []
    for text in order:
        length = lengths[text]
        fitting = [index for index, (room, _) in enumerate(opened) if room >= length]
        if fitting:
            index = min(fitting, key=lambda one: opened[one][0])
            room, texts = opened.pop(index)
        else:
            room, texts = capacity, []
            if len(opened) == _OPEN:
                fullest = min(range(_OPEN), key=lambda one: opened[one][0])
                closed.append(opened.pop(fullest)[1])
        texts.append(int(text))
        opened.append((room - length, texts))
    return closed + [texts for _, texts in opened]


def arrange(rows: Sequence[Sequence[Example]], count: int, length: int) -> dict[str, np.ndarray]:
    """A batch of [count, length], as `COLUMNS` has it; positions begin anew with each text."""
    arrays = {name: np.zeros((count, length), dtype) for name, dtype in COLUMNS.items()}
    for row, texts in enumerate(rows):
        start = 0
        for segment, text in enumerate(texts, 1):
            end = start + len(text)
            arrays["input_ids"][row, start:end] = text.ids
            arrays["positions"][row, start:end] = np.arange(len(text))
            arrays["segments"][row, start:end] = segment
            arrays["targets"][row, start : end - 1] = text.ids[1:]
            arrays["weights"][row, start : end - 1] = text.learnt[1:]
            start = end
    return arrays
