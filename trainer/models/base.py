"""What a model of any architecture offers to the tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

# Names and layouts as in the model's safetensors file.
Parameters = Mapping[str, jax.Array]

# `input_ids` and `attention_mask`, [rows, length].
Batch = Mapping[str, jax.Array]

Shape = tuple[int, ...]

Config = Mapping[str, Any]
"""A `config.json`."""


@dataclass(frozen=True)
class Model:
    """An architecture: its names and shapes, and its forward pass."""

    model_type: str
    """As in `config.json`."""
    classes: Mapping[str, str]
    """Kind of task → the class of transformers that opens the export."""
    prefix: str
    """What the names of an encoder without a head lack."""
    head: tuple[str, ...]
    """How the names begin of what new labels need anew."""
    problems: Callable[[Config], list[str]]
    """What in `config.json` this program cannot do."""
    longest: Callable[[Config], int]
    """Tokens of the longest text that it reads."""
    shapes: Callable[[Config, int], dict[str, Shape]]
    """The shape of every parameter, for so many labels, in torch's layout (a linear layer's weight is [out, in])."""
    initial: Callable[[Config, int, np.random.Generator], dict[str, np.ndarray]]
    """What a checkpoint without a head may lack: the head, and what lies between it and the encoder."""
    classify: Callable[[Parameters, Config, Batch], jax.Array]
    """Logits [rows, labels]."""
