"""
Low-rank adaptation: beside a linear layer's weight, which stays as it is, two small matrices are learnt.

https://arxiv.org/abs/2106.09685; names and layouts are those of PEFT, without its prefix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from trainer.errors import InputError
from trainer.models.base import Parameters, Shape

DOWN, UP = ".lora_A.weight", ".lora_B.weight"


def adapted(shapes: Mapping[str, Shape], settings: Mapping[str, Any], layers: str) -> list[str]:
    """
    The linear layers that are adapted: those under `layers` whose last name is a target, or all. Raises InputError
    where a target is none of them.
    """
    linear = [
        name.removesuffix(".weight")
        for name, shape in shapes.items()
        if name.startswith(layers) and name.endswith(".weight") and len(shape) == 2
    ]
    known = {name.rpartition(".")[2] for name in linear}
    targets = settings.get("targets") or sorted(known)
    unknown = [one for one in targets if one not in known]
    if unknown:
        problems = [f"lora.targets: {one} is not one of {', '.join(sorted(known))}" for one in unknown]
        raise InputError("INVALID_CONFIG", f"This model cannot be adapted so: {'; '.join(problems)}", problems)
    return [name for name in linear if name.rpartition(".")[2] in targets]


def adapter_shapes(shapes: Mapping[str, Shape], modules: list[str], rank: int) -> dict[str, Shape]:
    found: dict[str, Shape] = {}
    for module in modules:
        outputs, inputs = shapes[f"{module}.weight"]
        found[module + DOWN] = (rank, inputs)
        found[module + UP] = (outputs, rank)
    return found


def initial_adapter(shapes: Mapping[str, Shape], seed: int) -> dict[str, np.ndarray]:
    """As PEFT's: what comes first is random, what comes second is zero, so that the model begins as it was."""
    random = np.random.default_rng(seed)

    def value(name: str, shape: Shape) -> np.ndarray:
        if name.endswith(UP):
            return np.zeros(shape, np.float32)
        bound = 1 / math.sqrt(shape[1])
        return random.uniform(-bound, bound, shape).astype(np.float32)

    return {name: value(name, shape) for name, shape in shapes.items()}


def scaled(adapter: Parameters, scale: float) -> dict[str, Any]:
    """What the layers take: what is learnt counts `scale` times."""
    return {name: value * scale if name.endswith(UP) else value for name, value in adapter.items()}


def merged(
    parameters: Mapping[str, np.ndarray], adapter: Mapping[str, np.ndarray], scale: float
) -> dict[str, np.ndarray]:
    """The weights that compute the same without an adapter, in float32 where one was added."""
    result = dict(parameters)
    for name in adapter:
        if name.endswith(DOWN):
            module = name.removesuffix(DOWN)
            weight = parameters[f"{module}.weight"].astype(np.float32)
            result[f"{module}.weight"] = weight + scale * (adapter[module + UP] @ adapter[name])
    return result
