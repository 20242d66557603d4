from __future__ import annotations

import math

import numpy as np
import pytest

from trainer import metrics

TRUTH = ["a", "a", "a", "b", "b", "c"]
PREDICTED = ["a", "a", "b", "b", "d", "a"]
LABELS = ["a", "b", "c", "d"]


def test_per_class_and_macro_f1() -> None:
    matrix = metrics.confusion_matrix(TRUTH, PREDICTED, LABELS)
    assert matrix == [[2, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]]
    a, b, c, d = metrics.per_class(matrix, LABELS)
    assert a == {"label": "a", "support": 3, "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3}
    assert b == {"label": "b", "support": 2, "precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2}
    assert (c["precision"], c["recall"], c["f1"]) == (0, 0, 0)
    assert (d["support"], d["f1"]) == (0, 0)
    assert metrics.macro_f1(matrix) == pytest.approx((2 / 3 + 1 / 2) / 4)
    assert metrics.accuracy(TRUTH, PREDICTED) == 3 / 6


def test_a_class_that_never_occurs_is_no_part_of_macro_f1() -> None:
    assert metrics.macro_f1(metrics.confusion_matrix(["a"], ["a"], ["a", "b"])) == 1


def test_cross_entropy_with_an_unknown_label_is_finite() -> None:
    probabilities = np.asarray([[0.5, 0.5], [0.25, 0.75]])
    assert metrics.cross_entropy(["a", "b"], probabilities, ["a", "b"]) == pytest.approx(-math.log(0.5 * 0.75) / 2)
    assert metrics.cross_entropy(["z"], probabilities[:1], ["a", "b"]) == pytest.approx(
        -math.log(metrics.LEAST_PROBABILITY)
    )


def test_slices() -> None:
    assert metrics.by_slice(["x", "x", "y", None, "y", "y"], TRUTH, PREDICTED) == {
        "x": {"rows": 2, "accuracy": 1.0},
        "y": {"rows": 3, "accuracy": 0.0},
    }
