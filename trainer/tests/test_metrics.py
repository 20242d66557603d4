from __future__ import annotations

import json
import math

import numpy as np
import pytest

from trainer.bootstrap import Bootstrap
from trainer.classification_metrics import classification_metrics
from trainer.metrics import Judged, confusion_matrix, per_label, roc_curve
from trainer.tasks import MULTI_LABEL, SINGLE_LABEL
from trainer.tasks.base import LEAST_PROBABILITY

LABELS = ["a", "b", "c", "d"]
TRUTH = "aaabbc"
PREDICTED = "aabbda"


def one_hot(text: str) -> np.ndarray:
    return np.asarray([[label == letter for label in LABELS] for letter in text])


def judged() -> Judged:
    return Judged.by(SINGLE_LABEL, one_hot(TRUTH), one_hot(PREDICTED) * 0.7 + 0.075)


def random_rows(rows: int = 40, labels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    has = np.eye(labels, dtype=bool)[random.integers(0, labels, rows)]
    # Few values, so that many rows have equal scores.
    scores = np.round(random.random((rows, labels)) + has * 0.4, 1) + 0.1
    return has, scores / scores.sum(axis=1, keepdims=True)


def test_per_label_and_macro_f1() -> None:
    assert confusion_matrix(judged()) == [[2, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [0, 0, 0, 0]]
    a, b, c, d = per_label(judged())
    assert [a[name] for name in ("support", "precision", "recall", "f1")] == pytest.approx([3, 2 / 3, 2 / 3, 2 / 3])
    assert [b[name] for name in ("support", "precision", "recall", "f1")] == pytest.approx([2, 1 / 2, 1 / 2, 1 / 2])
    assert (c["precision"], c["recall"], c["f1"]) == (0, 0, 0)
    assert (d["support"], d["f1"]) == (0, 0)
    assert "auroc" not in d
    assert judged().metrics()["macroF1"] == pytest.approx((2 / 3 + 1 / 2) / 4)
    assert judged().metrics()["accuracy"] == 3 / 6


def test_a_class_that_never_occurs_is_no_part_of_macro_f1() -> None:
    has = np.asarray([[True, False]])
    found = Judged.by(SINGLE_LABEL, has, np.asarray([[0.9, 0.1]])).metrics()
    assert found["macroF1"] == 1
    assert "auroc" not in found


def test_cross_entropy_with_an_unknown_label_is_finite() -> None:
    probabilities = np.asarray([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]])
    has = np.asarray([[True, False, False], [False, True, False]])
    assert SINGLE_LABEL.losses(has, probabilities).mean() == pytest.approx(-math.log(0.5 * 0.75) / 2)
    unknown = np.asarray([[False, False, True]])
    assert SINGLE_LABEL.losses(unknown, probabilities[:1]) == pytest.approx([-math.log(LEAST_PROBABILITY)])


def test_auroc_counts_pairs_and_half_of_ties() -> None:
    has, probabilities = random_rows()
    found = Judged.by(SINGLE_LABEL, has, probabilities).auroc(np.ones((1, len(has))))[0]
    for label in range(3):
        above = probabilities[has[:, label], label][:, None]
        below = probabilities[~has[:, label], label][None, :]
        assert found[label] == pytest.approx(((above > below) + (above == below) / 2).mean())


def test_weights_are_rows_that_occur_so_often() -> None:
    has, probabilities = random_rows()
    times = np.random.default_rng(1).integers(0, 3, len(has))
    weighted = Judged.by(SINGLE_LABEL, has, probabilities).measure(times[None].astype(float))
    repeated = Judged.by(SINGLE_LABEL, has.repeat(times, axis=0), probabilities.repeat(times, axis=0)).metrics()
    assert {name: value[0] for name, value in weighted.items()} == pytest.approx(repeated)


def test_calibration_error() -> None:
    """Of ten rows that are given 0.9, six are right; of ten that are given 0.6, six."""
    confidence = np.asarray([0.9] * 10 + [0.6] * 10)
    right = np.asarray(([True] * 6 + [False] * 4) * 2)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    found = Judged.by(SINGLE_LABEL, np.stack([right, ~right], axis=1), probabilities).metrics()
    assert found["calibrationError"] == pytest.approx(0.15)


def test_multi_label_metrics() -> None:
    has = np.asarray([[True, True], [False, True], [False, False]])
    probabilities = np.asarray([[0.8, 0.9], [0.6, 0.7], [0.1, 0.2]])
    found = Judged.by(MULTI_LABEL, has, probabilities)
    assert found.metrics()["accuracy"] == pytest.approx(2 / 3)
    assert found.metrics()["macroF1"] == pytest.approx((2 / 3 + 1) / 2)
    assert found.metrics()["auroc"] == 1
    logs = np.log([[0.8, 0.9], [0.4, 0.7], [0.9, 0.8]])
    assert found.metrics()["loss"] == pytest.approx(-logs.mean())


def test_intervals_hold_the_metric_and_narrow_with_rows() -> None:
    has, probabilities = random_rows(60)
    small = Judged.by(SINGLE_LABEL, has, probabilities)
    large = Judged.by(SINGLE_LABEL, has.repeat(16, axis=0), probabilities.repeat(16, axis=0))
    widths = []
    for one in (small, large):
        intervals = Bootstrap(one, {}).metrics()
        for name, value in one.metrics().items():
            if name != "calibrationError":  # drawn rows are calibrated worse than all: it is biased upwards
                assert intervals[name]["low"] <= value <= intervals[name]["high"]
        widths.append(intervals["accuracy"]["high"] - intervals["accuracy"]["low"])
    assert widths[1] == pytest.approx(widths[0] / 4, rel=0.2)
    accuracy = small.metrics()["accuracy"]
    assert widths[0] == pytest.approx(2 * 1.96 * math.sqrt(accuracy * (1 - accuracy) / 60), rel=0.2)
    assert Bootstrap(small, {}).metrics() == Bootstrap(small, {}).metrics()


def test_the_roc_curve_ends_in_the_corner_and_has_the_area() -> None:
    has, probabilities = random_rows(200)
    curve = roc_curve(has[:, 0], probabilities[:, 0])
    assert curve[-1][1:] == (1.0, 1.0)
    rates, recalls = ([0.0, *(one[index] for one in curve)] for index in (1, 2))
    area = Judged.by(SINGLE_LABEL, has, probabilities).auroc(np.ones((1, 200)))[0][0]
    assert np.trapezoid(recalls, rates) == pytest.approx(area, abs=0.01)
    assert roc_curve(np.zeros(3, bool), np.ones(3)) == []


def test_classification_metrics_are_json_that_kubeflow_draws() -> None:
    metadata = json.loads(json.dumps(classification_metrics(judged(), LABELS, confusion_matrix(judged()))))
    assert metadata["confusionMatrix"]["rows"][0] == {"row": [2, 1, 0, 0]}
    assert metadata["confusionMatrix"]["annotationSpecs"][3] == {"displayName": "d"}
    assert set(metadata["confidenceMetrics"][0]) == {"confidenceThreshold", "falsePositiveRate", "recall"}
