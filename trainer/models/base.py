"""What a model of any architecture offers to the tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import numpy as np

# Names and layouts as in the model's safetensors file.
Parameters = Mapping[str, jax.Array]

# `input_ids` and `attention_mask`, [rows, length].
Batch = Mapping[str, jax.Array]

Shape = tuple[int, ...]

Config = Mapping[str, Any]
"""A `config.json`."""


class Architecture(Protocol):
    """What is asked of every model before its kind is known."""

    @property
    def classes(self) -> Mapping[str, str]: ...

    @property
    def problems(self) -> Callable[[Config], list[str]]: ...


@dataclass(frozen=True)
class LanguageModel:
    """An architecture that writes: its names and shapes, and its forward pass."""

    model_type: str
    classes: Mapping[str, str]
    """Kind of task → the class of transformers that opens the export."""
    prefix: str
    """What the names of a model without a head lack."""
    layers: str
    """How the names of what lies in its layers begin."""
    problems: Callable[[Config], list[str]]
    longest: Callable[[Config], int]
    shapes: Callable[[Config], dict[str, Shape]]
    hidden: Callable[..., tuple[jax.Array, Any]]
    """
    Parameters, config, tokens → the last layer's [rows, length, hidden] and no cache; with a cache and a slot, what
    the cached tokens and these together give, and the cache with these in it.
    """
    logits: Callable[[Parameters, Config, jax.Array], jax.Array]
    """From the last layer's [..., hidden], of the next token [..., vocabulary], float32."""
    empty_cache: Callable[[Config, int, int, Any], Any]
    """Config, rows, slots, dtype."""


@dataclass(frozen=True)
class Model:
    """An architecture that classifies: its names and shapes, and its forward pass."""

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
