"""Random weights for a config.json of any architecture."""

from __future__ import annotations

from typing import Any

import numpy as np

from trainer.models import find_model


def base_parameters(config: dict[str, Any], seed: int) -> dict[str, np.ndarray]:
    """Lively enough that a forward pass depends on each of them; named as a base model's, without its head."""
    model = find_model(config, "classification")
    random = np.random.default_rng(seed)
    result = {}
    for name, shape in model.shapes(config, 2).items():
        if name.startswith(model.prefix):
            scale = 1.0 if name.lower().endswith("norm.weight") else 0.0
            result[name.removeprefix(model.prefix)] = (random.normal(0.0, 0.1, shape) + scale).astype(np.float32)
    return result
