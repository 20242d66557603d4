"""95 % intervals by bootstrap: percentiles over rows drawn with replacement, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trainer.metrics import Judged

if TYPE_CHECKING:
    from trainer.contract.generated.contract import Interval

_DRAWS = 1000
_LEAST_DRAWS = 200
# Rows drawn in all, and at once: large data need fewer draws for the same width, and all of them would fill memory.
_MOST_ROWS = 20_000_000
_ROWS_AT_ONCE = 2_000_000


class Bootstrap:
    """Measures of every draw: of each metric, of each label's F1, and of the accuracy in each slice."""

    def __init__(self, judged: Judged, slices: dict[tuple[str, str], np.ndarray], seed: int = 0) -> None:
        """`slices`: which rows [rows] are in each."""
        masks = np.stack([mask.astype(float) for mask in slices.values()], axis=1) if slices else None
        parts: list[dict[str, np.ndarray]] = []
        for weights in draws(len(judged.has), seed):
            part = {**judged.measure(weights), "f1": judged.f1(weights)[0]}
            if masks is not None:
                with np.errstate(invalid="ignore", divide="ignore"):
                    part["slices"] = weights @ (masks * judged.right[:, None]) / (weights @ masks)
            parts.append(part)
        all_parts = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        self._f1 = all_parts.pop("f1")
        self._slices = dict(zip(slices, all_parts.pop("slices").T, strict=True)) if slices else {}
        self._metrics = all_parts

    def metrics(self) -> dict[str, Interval]:
        found = {name: interval(values) for name, values in self._metrics.items()}
        return {name: one for name, one in found.items() if one is not None}

    def f1(self, label: int) -> Interval | None:
        return interval(self._f1[:, label])

    def accuracy(self, slice_: tuple[str, str]) -> Interval | None:
        return interval(self._slices[slice_])


def draws(rows: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Weightings [some, rows]: how often each row was drawn."""
    random = np.random.default_rng(seed)
    left = int(np.clip(_MOST_ROWS // rows, _LEAST_DRAWS, _DRAWS))
    at_once = max(1, _ROWS_AT_ONCE // rows)
    while left > 0:
        count = min(left, at_once)
        drawn = random.integers(0, rows, (count, rows)) + np.arange(count)[:, None] * rows
        yield np.bincount(drawn.ravel(), minlength=count * rows).reshape(count, rows).astype(float)
        left -= count


def interval(values: np.ndarray) -> Interval | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, [2.5, 97.5])
    return {"low": float(low), "high": float(high)}
