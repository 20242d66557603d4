"""`train --config` with what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# As the contract says it; `validateEvery` is an epoch, and `patience` has no end.
DEFAULTS: dict[str, Any] = {
    # A new head on a trained encoder must move faster than what it stands on.
    "headLearningRate": 10.0,
    "schedule": "linear",
    "maximumGradientNorm": 1.0,
    "gradientAccumulation": 1,
    "precision": "float32",
    "sharding": "replicated",
    "remat": False,
    "classWeights": "none",
}


def complete(config: Mapping[str, Any]) -> dict[str, Any]:
    by = "loss" if config["task"] == "causal-lm" else "accuracy"
    return {**DEFAULTS, "selectBy": by, **config}
