"""
What a step of training consists of, from config.json and the settings alone: no weights, no data, no device. The real
step is compiled from it, for the chips at hand (train.py) or for others ahead of time (preflight).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh

from trainer import optimizer
from trainer.mesh import by_rows, replicated, shardings
from trainer.models.base import Batch, Parameters, Shape

Rates = Mapping[str, Any]
RATES = ("learning", "head", "decay", "limit")


@dataclass(frozen=True)
class Plan:
    trainable: Mapping[str, Shape]
    """What is learnt, in float32."""
    frozen: Mapping[str, Shape]
    """What stays as it is, in the precision of the computation. Together they are what the model computes with."""
    head: frozenset[str]
    """What of the trainable learns at a rate of its own."""
    label_weights: int
    """How many labels have a weight in the loss."""
    loss: Callable[[Parameters, Parameters, Batch, jax.Array], tuple[jax.Array, jax.Array]]
    """Trainable, frozen, batch, label weights → the sum of the losses, and of what they weigh, in float32."""
    columns: Callable[[int, int], dict[str, tuple[Shape, Any]]]
    """Rows, length → shape and dtype of every array of a batch."""
    predict: Callable[[Parameters, Batch], Any]
    """All parameters, a batch → what validation and evaluation judge."""


def plan_training(config: Mapping[str, Any], settings: Mapping[str, Any], labels: int) -> Plan:
    """
    Of a `config.json`, a `train --config` (complete or not) and a number of labels (0 where the task has none). Raises
    InputError for a model or a setting that is not supported.
    """
    from trainer.settings import complete

    whole = complete(settings)
    if whole["task"] == "causal-lm":
        from trainer.language.plan import plan_language

        return plan_language(config, whole)
    from trainer.classification.plan import plan_classification

    return plan_classification(config, whole, labels)


def initial_state(parameters: Parameters) -> dict[str, Any]:
    """What a step changes: `parameters` and `optimizer`."""
    return {"parameters": dict(parameters), "optimizer": optimizer.initialise(parameters)}


def abstract_state(plan: Plan) -> Any:
    """`initial_state` as shapes and dtypes."""
    return jax.eval_shape(initial_state, _abstract(plan.trainable, jnp.float32))


def abstract_arguments(
    plan: Plan, mesh: Mesh, settings: Mapping[str, Any], rows: int, length: int
) -> tuple[Any, Any, Any, Any, Any]:
    """What `compile_step(…).lower` takes: every argument as a shape with its place on the mesh."""
    from trainer.settings import complete

    whole = complete(settings)
    state, frozen = abstract_state(plan), _abstract(plan.frozen, whole["precision"])
    places = shardings(state, mesh, whole["sharding"]), shardings(frozen, mesh, whole["sharding"])
    batch = {name: jax.ShapeDtypeStruct(shape, dtype) for name, (shape, dtype) in plan.columns(rows, length).items()}
    rates = {name: jax.ShapeDtypeStruct((), jnp.float32) for name in RATES}
    weights = jax.ShapeDtypeStruct((plan.label_weights,), jnp.float32)
    everywhere = replicated(mesh)
    return (
        _placed(state, places[0]),
        _placed(frozen, places[1]),
        _placed(batch, {name: by_rows(mesh) for name in batch}),
        _placed(rates, dict.fromkeys(rates, everywhere)),
        _placed(weights, everywhere),
    )


def _abstract(shapes: Mapping[str, Shape], dtype: Any) -> dict[str, jax.ShapeDtypeStruct]:
    return {name: jax.ShapeDtypeStruct(shape, np.dtype(dtype)) for name, shape in shapes.items()}


def _placed(tree: Any, places: Any) -> Any:
    return jax.tree.map(lambda leaf, place: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=place), tree, places)
