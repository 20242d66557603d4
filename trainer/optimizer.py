"""AdamW. Rates and limits are arguments of the step, so that changing them compiles nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import optax

from trainer.models.base import Parameters

_adam = optax.scale_by_adam()


def initialise(parameters: Parameters) -> Any:
    return _adam.init(parameters)


def update(
    parameters: Parameters,
    state: Any,
    gradients: Parameters,
    rates: Mapping[str, jax.Array],
    head: frozenset[str],
) -> tuple[Parameters, Any, jax.Array]:
    """
    One step, with the norm of its gradients as they came. `rates`: `learning`, `head` (how many times as fast the
    parameters of the head learn), `decay` (of all but biases and norms), `limit` (of the gradients' norm; 0 for none).
    """
    length = optax.tree.norm(gradients)
    limit = rates["limit"]
    scale = jnp.where((limit > 0) & (length > limit), limit / length, 1.0)
    updates, state = _adam.update({name: value * scale for name, value in gradients.items()}, state)

    def move(name: str) -> jax.Array:
        parameter = parameters[name]
        rate = rates["learning"] * (rates["head"] if name in head else 1.0)
        decay = rates["decay"] * parameter if parameter.ndim > 1 else 0.0
        return parameter - rate * (updates[name] + decay)

    return {name: move(name) for name in parameters}, state, length


def learning_rate(step: int, steps: int, peak: float, warmup: float, schedule: str = "linear") -> float:
    """Of a step, counted from 0: up to `peak` over the share `warmup` of the steps, then as the schedule says."""
    rising = round(steps * warmup)
    if step < rising:
        return peak * (step + 1) / rising
    left = (steps - step) / max(1, steps - rising)
    if schedule == "constant":
        return peak
    return peak * (left if schedule == "linear" else (1 - math.cos(math.pi * left)) / 2)
