"""
Metadata of Kubeflow's ClassificationMetrics artifact, which Vertex AI draws: confusion matrix and ROC curve.

See https://github.com/kubeflow/pipelines/blob/master/sdk/python/kfp/dsl/types/artifact_types.py
"""

from __future__ import annotations

from typing import Any

import numpy as np

from trainer.metrics import Judged, roc_curve


def classification_metrics(judged: Judged, labels: list[str], matrix: list[list[int]]) -> dict[str, Any]:
    """The curve is that of the second of two labels, or else of all pairs of row and label together (micro-average)."""
    binary = bool(matrix) and len(labels) == 2
    has, scores = (one[:, 1] if binary else one.ravel() for one in (judged.has, judged.probabilities))
    metadata: dict[str, Any] = {
        "confidenceMetrics": [
            {"confidenceThreshold": threshold, "falsePositiveRate": rate, "recall": recall}
            for threshold, rate, recall in roc_curve(np.asarray(has), np.asarray(scores))
        ]
    }
    if matrix:
        metadata["confusionMatrix"] = {
            "annotationSpecs": [{"displayName": label} for label in labels],
            "rows": [{"row": row} for row in matrix],
        }
    return metadata
