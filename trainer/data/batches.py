"""Which rows make which batch. Everything here is a pure function of the lengths, the seed and the step."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

# Each shape is compiled once, so one must be worth it.
_MOST_SHAPES = 3
_LEAST_SAVING = 0.15
_MULTIPLE = 8

# Rows are sorted by length within so many batches, which keeps epochs well mixed.
_WINDOW = 16


@dataclass(frozen=True)
class Batch:
    rows: np.ndarray
    """Indices of rows; fewer than the batch size in an epoch's last batch."""
    length: int
    """Tokens to pad to."""


def choose_lengths(lengths: np.ndarray, maximum: int) -> tuple[int, ...]:
    """A few padded lengths, ascending, that spare the most padding; the last holds the longest text."""
    lengths = np.minimum(lengths, maximum)
    longest = int(lengths.max(initial=1))
    chosen = [min(maximum, math.ceil(longest / _MULTIPLE) * _MULTIPLE)]
    while len(chosen) < _MOST_SHAPES:
        now = _padded(lengths, chosen)
        candidates = range(_MULTIPLE, chosen[-1], _MULTIPLE)
        best = min(candidates, key=lambda length: _padded(lengths, [*chosen, length]), default=None)
        if best is None or _padded(lengths, [*chosen, best]) > now * (1 - _LEAST_SAVING):
            break
        chosen = sorted([*chosen, best])
    return tuple(chosen)


def _padded(lengths: np.ndarray, chosen: list[int]) -> int:
    shapes = np.sort(np.asarray(chosen))
    return int(shapes[np.searchsorted(shapes, lengths)].sum())


def fit(length: int, chosen: tuple[int, ...]) -> int:
    """The least of the chosen lengths that holds it."""
    return next((one for one in chosen if one >= length), chosen[-1])


class TrainingBatches:
    """Every epoch has each row once, in an order of its own."""

    def __init__(self, lengths: np.ndarray, chosen: tuple[int, ...], batch_size: int, seed: int) -> None:
        self._lengths = lengths
        self._chosen = chosen
        self._size = batch_size
        self._seed = seed
        self.per_epoch = math.ceil(len(lengths) / batch_size)
        self._epoch = cache(self._plan)

    def at(self, step: int) -> Batch:
        """The batch of a step, counted from 0 over all epochs."""
        epoch, index = divmod(step, self.per_epoch)
        return self._epoch(epoch)[index]

    def _plan(self, epoch: int) -> list[Batch]:
        random = np.random.default_rng([self._seed, epoch])
        order = random.permutation(len(self._lengths))
        if len(self._chosen) == 1:
            return self._cut(order)
        window = self._size * _WINDOW
        batches: list[Batch] = []
        for start in range(0, len(order), window):
            rows = order[start : start + window]
            batches += self._cut(rows[np.argsort(self._lengths[rows], kind="stable")])
        return [batches[index] for index in random.permutation(len(batches))]

    def _cut(self, order: np.ndarray) -> list[Batch]:
        return [
            Batch(rows, fit(int(self._lengths[rows].max()), self._chosen))
            for rows in (order[start : start + self._size] for start in range(0, len(order), self._size))
        ]


def ordered_batches(lengths: np.ndarray, chosen: tuple[int, ...], batch_size: int) -> list[Batch]:
    """Every row once, sorted by length: for evaluation, where the order does not matter."""
    order = np.argsort(lengths, kind="stable")
    return [
        Batch(rows, fit(int(lengths[rows].max()), chosen))
        for rows in (order[start : start + batch_size] for start in range(0, len(order), batch_size))
    ]
