"""`train --config` with what it leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainer.contract.generated.contract import TrainConfig

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
    "selectBy": "accuracy",
}


def complete(config: TrainConfig) -> dict[str, Any]:
    return {**DEFAULTS, **config}
