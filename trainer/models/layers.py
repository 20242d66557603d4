"""Layers that the architectures share, on parameters by name, in torch's layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.ad_checkpoint import checkpoint_name

from trainer.models.base import Config, Parameters, Shape

LAYER = "layer"
"""The name of what a layer gives to the next: all that is kept where the rest is computed again."""

# Nearly the least float32: what is added to the score of a token that must not be seen.
_MASKED = -3e38

ACTIVATIONS: Mapping[str, Callable[[jax.Array], jax.Array]] = {
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "gelu_new": lambda x: jax.nn.gelu(x, approximate=True),
    "gelu_pytorch_tanh": lambda x: jax.nn.gelu(x, approximate=True),
    "relu": jax.nn.relu,
    "silu": jax.nn.silu,
}


def linear(parameters: Parameters, name: str, inputs: jax.Array) -> jax.Array:
    """With a bias where the model has one, and an adapter of low rank where one is trained."""
    outputs = inputs @ parameters[f"{name}.weight"].T
    bias = parameters.get(f"{name}.bias")
    outputs = outputs if bias is None else outputs + bias
    down = parameters.get(f"{name}.lora_A.weight")
    return outputs if down is None else outputs + inputs @ down.T @ parameters[f"{name}.lora_B.weight"].T


def norm(parameters: Parameters, name: str, inputs: jax.Array, epsilon: float) -> jax.Array:
    """Layer normalisation, in float32 whatever the precision around it."""
    exact = inputs.astype(jnp.float32)
    mean = exact.mean(axis=-1, keepdims=True)
    variance = jnp.square(exact - mean).mean(axis=-1, keepdims=True)
    normal = (exact - mean) * jax.lax.rsqrt(variance + epsilon) * parameters[f"{name}.weight"]
    bias = parameters.get(f"{name}.bias")
    return (normal if bias is None else normal + bias).astype(inputs.dtype)


def rms_norm(parameters: Parameters, name: str, inputs: jax.Array, epsilon: float, from_one: bool = False) -> jax.Array:
    """By the root of the mean square, in float32. `from_one`: the weight is what is added to one."""
    exact = inputs.astype(jnp.float32)
    normal = exact * jax.lax.rsqrt(jnp.square(exact).mean(axis=-1, keepdims=True) + epsilon)
    weight = parameters[f"{name}.weight"].astype(jnp.float32)
    return (normal * (1.0 + weight if from_one else weight)).astype(inputs.dtype)


def visible(allowed: jax.Array) -> jax.Array:
    """What is added to attention's scores, so that only what is allowed is seen."""
    return jnp.where(allowed, 0.0, _MASKED)


def split_heads(inputs: jax.Array, heads: int) -> jax.Array:
    rows, length, width = inputs.shape
    return inputs.reshape(rows, length, heads, width // heads)


@jax.checkpoint
def attend(query: jax.Array, key: jax.Array, value: jax.Array, bias: jax.Array) -> jax.Array:
    """
    [rows, length, heads, size] each; the result has its heads side by side again. Scores are computed again for the
    gradient: that takes less time than to keep them, and their square of the length is most of a step's memory.
    """
    rows, length, heads, size = query.shape
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key, preferred_element_type=jnp.float32) / math.sqrt(size) + bias
    # Divided by their sum only behind the product, which has fewer numbers than they are.
    powers = jnp.exp(scores - jax.lax.stop_gradient(scores.max(axis=-1, keepdims=True)))
    summed = jnp.einsum("bhqk,bkhd->bqhd", powers.astype(value.dtype), value, preferred_element_type=jnp.float32)
    attended = summed / powers.sum(axis=-1).swapaxes(1, 2)[..., None]
    return attended.astype(value.dtype).reshape(rows, length, heads * size)


def layer_output(hidden: jax.Array) -> jax.Array:
    return checkpoint_name(hidden, LAYER)


class Shapes:
    """Collects the shapes of a model's parameters."""

    def __init__(self) -> None:
        self.all: dict[str, Shape] = {}

    def embedding(self, name: str, rows: int, width: int) -> None:
        self.all[f"{name}.weight"] = (rows, width)

    def linear(self, name: str, outputs: int, inputs: int, bias: bool = True) -> None:
        self.all[f"{name}.weight"] = (outputs, inputs)
        if bias:
            self.all[f"{name}.bias"] = (outputs,)

    def norm(self, name: str, width: int, bias: bool = True) -> None:
        self.all[f"{name}.weight"] = (width,)
        if bias:
            self.all[f"{name}.bias"] = (width,)


def random_linear(name: str, outputs: int, inputs: int, deviation: float, random: np.random.Generator) -> Any:
    return {
        f"{name}.weight": random.normal(0.0, deviation, (outputs, inputs)).astype(np.float32),
        f"{name}.bias": np.zeros(outputs, np.float32),
    }


def identity_linear(name: str, width: int) -> Any:
    return {f"{name}.weight": np.eye(width, dtype=np.float32), f"{name}.bias": np.zeros(width, np.float32)}


def problems_of(config: Config, numbers: Iterable[str], activation: str, only: Mapping[str, Any]) -> list[str]:
    """What is no number, which activation is unknown, and which settings are not the only ones that are computed."""
    found = [f"{name} is {config.get(name)!r}, not a number" for name in numbers if type(config.get(name)) is not int]
    if config.get(activation, "gelu") not in ACTIVATIONS:
        found.append(f"{activation} {config[activation]!r} is not one of {sorted(ACTIVATIONS)}")
    found += [
        f"{name} {config[name]!r} is not {value!r}" for name, value in only.items() if config.get(name, value) != value
    ]
    return found
