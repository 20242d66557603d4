"""
Metrics of classification with weighted rows: all rows once give the metric, a slice's rows the slice's, and rows drawn
with replacement its bootstrap interval. What has no denominator counts as 0, as in scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trainer.tasks.base import Task

_BINS = 15


@dataclass(frozen=True)
class Judged:
    """Rows with what is true and what a model says of them; arrays [rows, labels] but for `losses`, [rows]."""

    has: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    losses: np.ndarray
    confidence: np.ndarray
    """Probabilities [rows, n] whose calibration is asked for, and whether what they are given to is so."""
    hits: np.ndarray

    @staticmethod
    def by(task: Task, has: np.ndarray, probabilities: np.ndarray) -> Judged:
        confidence, hits = task.confidence(has, probabilities)
        return Judged(has, task.decide(probabilities), probabilities, task.losses(has, probabilities), confidence, hits)

    def metrics(self) -> dict[str, float]:
        """Those that exist: there is no AUROC where every label has all rows or none."""
        return present(self.measure(np.ones((1, len(self.has)))))

    def measure(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Each metric under each of the weightings [weightings, rows]; NaN where it does not exist."""
        rows = weights.sum(axis=1)
        f1, occurs = self.f1(weights)
        return {
            "accuracy": weights @ self.right / rows,
            "macroF1": (f1 * occurs).sum(axis=1) / np.maximum(occurs.sum(axis=1), 1),
            "loss": weights @ self.losses / rows,
            "auroc": _mean_of_numbers(self.auroc(weights)),
            "calibrationError": self._calibration_error(weights),
        }

    @cached_property
    def right(self) -> np.ndarray:
        """Rows of which every label is predicted rightly."""
        return (self.has == self.predicted).all(axis=1).astype(float)

    def f1(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[weightings, labels], and where a label occurs, as truth or as prediction."""
        both = weights @ (self.has & self.predicted)
        either = weights @ self.has.astype(float) + weights @ self.predicted
        return np.divide(2 * both, either, out=np.zeros_like(either), where=either > 0), either > 0

    def auroc(self, weights: np.ndarray) -> np.ndarray:
        """Of each label, [weightings, labels]: the chance that a row with it scores above one without."""
        columns = [
            _auroc(self.has[:, label], self.probabilities[:, label], weights) for label in range(self.has.shape[1])
        ]
        return np.stack(columns, axis=1)

    def _calibration_error(self, weights: np.ndarray) -> np.ndarray:
        bins = np.minimum((self.confidence * _BINS).astype(int), _BINS - 1)
        gaps = self.hits.astype(float) - self.confidence
        sums = [np.abs(weights @ np.where(bins == one, gaps, 0.0).sum(axis=1)) for one in range(_BINS)]
        return np.sum(sums, axis=0) / (weights.sum(axis=1) * self.confidence.shape[1])


def _auroc(has: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    order = np.argsort(scores, kind="stable")
    with_it, without = weights[:, order] * has[order], weights[:, order] * ~has[order]
    # Rows of equal score are one group, each half above and half below the others.
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf))
    with_it, without = np.add.reduceat(with_it, starts, axis=1), np.add.reduceat(without, starts, axis=1)
    below = np.cumsum(without, axis=1) - without / 2
    pairs = with_it.sum(axis=1) * without.sum(axis=1)
    return np.divide((with_it * below).sum(axis=1), pairs, out=np.full(len(weights), np.nan), where=pairs > 0)


def _mean_of_numbers(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    return np.divide(np.where(known, values, 0.0).sum(axis=1), count, out=np.full(len(values), np.nan), where=count > 0)


def present(measured: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Of the first weighting, what exists."""
    return {name: float(values[0]) for name, values in measured.items() if not np.isnan(values[0])}


def per_label(judged: Judged) -> list[dict[str, float]]:
    """Support, precision, recall, F1 and, where it exists, AUROC of each label."""
    everything = np.ones((1, len(judged.has)))
    support, predicted = judged.has.sum(axis=0), judged.predicted.sum(axis=0)
    right = (judged.has & judged.predicted).sum(axis=0)
    f1, auroc = judged.f1(everything)[0][0], judged.auroc(everything)[0]
    return [
        {
            "support": int(support[label]),
            "precision": float(right[label] / max(1, predicted[label])),
            "recall": float(right[label] / max(1, support[label])),
            "f1": float(f1[label]),
            **({} if np.isnan(auroc[label]) else {"auroc": float(auroc[label])}),
        }
        for label in range(judged.has.shape[1])
    ]


def confusion_matrix(judged: Judged) -> list[list[int]]:
    """Rows are true labels, columns predicted ones. Only where each row has one of each."""
    matrix = judged.has.astype(np.int64).T @ judged.predicted.astype(np.int64)
    return [[int(count) for count in row] for row in matrix]


def roc_curve(has: np.ndarray, scores: np.ndarray, points: int = 100) -> list[tuple[float, float, float]]:
    """Threshold, false positive rate, recall; from the highest threshold down, thinned to so many points."""
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.diff(scores[order], append=-np.inf))
    positives, negatives = np.cumsum(has[order])[last], np.cumsum(~has[order])[last]
    if not positives[-1] or not negatives[-1]:
        return []
    kept = np.unique(np.linspace(0, len(last) - 1, min(points, len(last))).round().astype(int))
    return [
        (float(scores[order][last[one]]), float(negatives[one] / negatives[-1]), float(positives[one] / positives[-1]))
        for one in kept
    ]
