"""Metrics of classification, from label names: a model may know other labels than the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trainer.contract.generated.contract import EvaluationPerClassItem, EvaluationSlicesValueValue

# The probability that a model gives to a label that it does not know, so that the loss stays finite.
LEAST_PROBABILITY = 1e-9


def accuracy(truth: Sequence[str], predicted: Sequence[str]) -> float:
    return sum(map(str.__eq__, truth, predicted)) / len(truth)


def confusion_matrix(truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> list[list[int]]:
    """Rows are true classes, columns predicted ones."""
    pairs = Counter(zip(truth, predicted, strict=True))
    return [[pairs[(true, other)] for other in labels] for true in labels]


def per_class(matrix: list[list[int]], labels: Sequence[str]) -> list[EvaluationPerClassItem]:
    """What has no denominator counts as 0, as in scikit-learn."""
    counts = np.asarray(matrix)
    right, support, predicted = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)

    def ratio(numerator: int, denominator: int) -> float:
        return float(numerator / denominator) if denominator else 0.0

    return [
        {
            "label": label,
            "support": int(support[index]),
            "precision": ratio(right[index], predicted[index]),
            "recall": ratio(right[index], support[index]),
            "f1": ratio(2 * right[index], support[index] + predicted[index]),
        }
        for index, label in enumerate(labels)
    ]


def macro_f1(matrix: list[list[int]]) -> float:
    """Mean of F1 over the classes that occur, as truth or as prediction, as in scikit-learn."""
    counts = np.asarray(matrix)
    occurrences = counts.sum(axis=0) + counts.sum(axis=1)
    occurring = occurrences > 0
    return float((2 * counts.diagonal()[occurring] / occurrences[occurring]).mean())


def cross_entropy(truth: Sequence[str], probabilities: np.ndarray, labels: Sequence[str]) -> float:
    """Mean over the rows, in nats."""
    index = {label: position for position, label in enumerate(labels)}
    given = [probabilities[row, index[label]] if label in index else 0.0 for row, label in enumerate(truth)]
    return float(-np.log(np.maximum(given, LEAST_PROBABILITY)).mean())


def by_slice(
    values: Sequence[str | None], truth: Sequence[str], predicted: Sequence[str]
) -> dict[str, EvaluationSlicesValueValue]:
    """Rows and accuracy of each value of a slice column; a row without a value is in none."""
    rows = Counter(value for value in values if value is not None)
    right = Counter(
        value
        for value, true, other in zip(values, truth, predicted, strict=True)
        if value is not None and true == other
    )
    return {value: {"rows": rows[value], "accuracy": right[value] / rows[value]} for value in sorted(rows)}
