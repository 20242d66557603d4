"""The trainer's own programs, from shapes alone: the step of training, and that of validation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh

from trainer.mesh import replicated, rows_that_divide
from trainer.plan import Plan, abstract_arguments, abstract_state
from trainer.step import compile_step


@dataclass(frozen=True)
class Programs:
    """Lowered, not compiled yet."""

    train: Any
    validate: Any
    rows: int
    """Of a step, rounded up to what divides over the chips."""
    residents: dict[str, int]
    """Bytes a chip that stay from step to step: `parameters`, `optimizerState`, `frozenParameters`."""
    batch: int
    """Bytes a chip."""


def lower(plan: Plan, mesh: Mesh, settings: Mapping[str, Any]) -> Programs:
    """Of a complete `train --config`. Whatever task has a plan has programs here."""
    length = settings["maxLength"]
    rows = rows_that_divide(settings["batchSize"], mesh, settings["gradientAccumulation"])
    arguments = abstract_arguments(plan, mesh, settings, rows, length)
    state, frozen, batch, _, _ = arguments
    train = compile_step(plan, mesh, settings).lower(*arguments)
    # Validation takes whole parameters, on each chip.
    everywhere = replicated(mesh)
    whole = {
        name: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=everywhere)
        for name, leaf in {**frozen, **state["parameters"]}.items()
    }
    validate = jax.jit(plan.predict, out_shardings=everywhere).lower(whole, batch)
    residents = {
        "parameters": bytes_of(state["parameters"]),
        "optimizerState": bytes_of(state["optimizer"]),
        "frozenParameters": bytes_of(frozen),
    }
    return Programs(train, validate, rows, residents, bytes_of(batch))


def bytes_of(tree: Any) -> int:
    """On one chip, of shapes with their places."""
    return sum(
        math.prod(leaf.sharding.shard_shape(leaf.shape)) * np.dtype(leaf.dtype).itemsize
        for leaf in jax.tree.leaves(tree)
    )


def activations(plan: Plan, settings: Mapping[str, Any], rows: int, length: int) -> int:
    """
    Bytes that the forward pass keeps for the backward pass, for so many rows, before XLA fuses anything: what the
    transposed program holds of one row more, times the rows.
    """

    def kept(count: int) -> int:
        batch = {
            name: jax.ShapeDtypeStruct(shape, dtype) for name, (shape, dtype) in plan.columns(count, length).items()
        }
        parameters = abstract_state(plan)["parameters"]
        frozen = {name: jax.ShapeDtypeStruct(shape, settings["precision"]) for name, shape in plan.frozen.items()}
        weights = jax.ShapeDtypeStruct((plan.label_weights,), np.float32)

        def backward(parameters: Any, frozen: Any, batch: Any, weights: Any) -> Any:
            return jax.vjp(lambda learnt: plan.loss(learnt, frozen, batch, weights), parameters)[1]

        leaves = jax.tree.leaves(jax.eval_shape(backward, parameters, frozen, batch, weights))
        return sum(math.prod(leaf.shape) * np.dtype(leaf.dtype).itemsize for leaf in leaves)

    return (kept(2) - kept(1)) * rows


def model_flops(plan: Plan, rows: int, length: int) -> float:
    """Of a step: 6 for each parameter in a matrix and each token; 4 where it is not trained and has no gradient."""
    tokens = rows * length

    def of(shapes: Mapping[str, tuple[int, ...]]) -> int:
        # A table is looked up in, not multiplied by.
        return sum(math.prod(shape) for name, shape in shapes.items() if len(shape) > 1 and "embed" not in name)

    return float(6 * of(plan.trainable) + 4 * of(plan.frozen)) * tokens
