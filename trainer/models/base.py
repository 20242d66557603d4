"""What a model of any architecture offers to the tasks: each module of this folder has these names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import jax
import numpy as np

# Names and layouts as in the model's safetensors file.
Parameters = Mapping[str, jax.Array]

# `input_ids` and `attention_mask`, [rows, length].
Batch = Mapping[str, jax.Array]

Shape = tuple[int, ...]


class Model(Protocol):
    """An architecture: its names and shapes, and its forward pass."""

    MODEL_TYPE: str
    """As in `config.json`."""
    ARCHITECTURES: Mapping[str, str]
    """Task → the class of transformers that opens the export."""
    PREFIX: str
    """What the names of an encoder without a head lack."""
    HEAD: tuple[str, ...]
    """How the names of the head's parameters begin, which a base checkpoint may lack."""

    def problems(self, config: Mapping[str, Any]) -> list[str]: ...

    def shapes(self, config: Mapping[str, Any], labels: int) -> dict[str, Shape]: ...

    def initial_head(
        self, config: Mapping[str, Any], labels: int, random: np.random.Generator
    ) -> dict[str, np.ndarray]: ...

    def classify(self, parameters: Parameters, config: Mapping[str, Any], batch: Batch) -> jax.Array: ...
