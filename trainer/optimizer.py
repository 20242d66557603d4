"""AdamW with a linear schedule. The learning rate is an argument of the step, so that changing it compiles nothing."""

from __future__ import annotations

from typing import Any

import jax
import optax

from trainer.models.base import Parameters

# A new head on a trained encoder must move faster than what it stands on.
HEAD_RATE = 10.0

_LARGEST_GRADIENT = 1.0

_transform = optax.chain(optax.clip_by_global_norm(_LARGEST_GRADIENT), optax.scale_by_adam())


def initialise(parameters: Parameters) -> Any:
    return _transform.init(parameters)


def update(
    parameters: Parameters,
    state: Any,
    gradients: Parameters,
    learning_rate: jax.Array,
    weight_decay: jax.Array,
    head: frozenset[str],
) -> tuple[Parameters, Any]:
    """One step. Biases and layer norms do not decay; the parameters of the head learn HEAD_RATE times as fast."""
    updates, state = _transform.update(gradients, state)

    def move(name: str) -> jax.Array:
        parameter = parameters[name]
        rate = learning_rate * (HEAD_RATE if name in head else 1.0)
        decay = weight_decay * parameter if parameter.ndim > 1 else 0.0
        return parameter - rate * (updates[name] + decay)

    return {name: move(name) for name in parameters}, state


def learning_rate(step: int, steps: int, peak: float, warmup: float) -> float:
    """Of a step, counted from 0: up to `peak` over the share `warmup` of the steps, then down to 0, both linearly."""
    rising = round(steps * warmup)
    if step < rising:
        return peak * (step + 1) / rising
    return peak * (steps - step) / max(1, steps - rising)
