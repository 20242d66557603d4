"""The compiled step of training: gradients over the parts of a batch, one update."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import Mesh

from trainer import optimizer
from trainer.mesh import replicated, shardings
from trainer.model_files import LoadedModel
from trainer.models.base import Batch, Parameters
from trainer.models.layers import LAYER
from trainer.tasks.base import Task

State = dict[str, Any]
"""`parameters` and `optimizer`."""

Step = Callable[..., tuple[State, Mapping[str, jax.Array]]]
"""State, batch, rates, label weights → state, and the step's `loss` and `gradientNorm`."""


def compile_step(loaded: LoadedModel, task: Task, mesh: Mesh, state: State, settings: Mapping[str, Any]) -> Step:
    """
    A batch has `input_ids`, `attention_mask`, `targets`, and `weights`, 0 for rows that only fill it. Dropout is off:
    few epochs need none, and steps are repeatable.
    """
    head = frozenset(name for name in loaded.parameters if name.startswith(loaded.model.head))
    sums = weighted_sums(loaded, task, settings["precision"], settings["remat"])
    parts = settings["gradientAccumulation"]
    whole = replicated(mesh)

    def advance(state: State, batch: Batch, rates: Any, label_weights: jax.Array) -> Any:
        def of_part(parameters: Parameters, part: Batch) -> Any:
            (value, weight), gradients = jax.value_and_grad(sums, has_aux=True)(parameters, part, label_weights)
            return gradients, value, weight

        parameters = state["parameters"]
        # A shard of each parameter is stored; all of it is there only while it is computed with.
        gathered = jax.lax.with_sharding_constraint(parameters, whole)
        if parts == 1:
            total = of_part(gathered, batch)
        else:
            # Row r goes to part r mod parts, which moves no row to another chip.
            split = {name: value.reshape(-1, parts, *value.shape[1:]).swapaxes(0, 1) for name, value in batch.items()}
            zero = (jax.tree.map(jnp.zeros_like, gathered), jnp.float32(0), jnp.float32(0))
            total, _ = jax.lax.scan(
                lambda sum, part: (jax.tree.map(jnp.add, sum, of_part(gathered, part)), None), zero, split
            )
        gradients, value, weight = total
        mean = {name: gradient / weight for name, gradient in gradients.items()}
        parameters, moments, length = optimizer.update(parameters, state["optimizer"], mean, rates, head)
        return {"parameters": parameters, "optimizer": moments}, {"loss": value / weight, "gradientNorm": length}

    placed = shardings(state, mesh, settings["sharding"])
    return jax.jit(advance, donate_argnums=0, out_shardings=(placed, whole))


def weighted_sums(
    loaded: LoadedModel, task: Task, precision: str = "float32", remat: bool = False
) -> Callable[..., Any]:
    """The sum of the rows' losses, and of their weights: a mean over parts of a batch is the mean over all of it."""

    def classify(parameters: Parameters, batch: Batch) -> jax.Array:
        return loaded.model.classify(parameters, loaded.config, batch)

    if remat:
        classify = jax.checkpoint(classify, policy=jax.checkpoint_policies.save_only_these_names(LAYER))

    def compute(parameters: Parameters, batch: Batch, label_weights: jax.Array) -> tuple[jax.Array, jax.Array]:
        computed = {name: value.astype(precision) for name, value in parameters.items()}
        logits = classify(computed, batch).astype(jnp.float32)
        losses, weights = task.terms(logits, batch["targets"], label_weights)
        return (losses * batch["weights"]).sum(), (weights * batch["weights"]).sum()

    return compute
