"""The compiled step of training: gradients over the parts of a batch, one update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.sharding import Mesh

from trainer import optimizer
from trainer.mesh import replicated, shardings
from trainer.models.base import Batch, Parameters
from trainer.plan import Plan, Rates, abstract_state
from trainer.settings import complete

State = dict[str, Any]
"""`parameters` and `optimizer`."""


def compile_step(plan: Plan, mesh: Mesh, settings: Mapping[str, Any]) -> Any:
    """
    A jitted function: state, frozen parameters, batch, rates, label weights → state, and the step's `loss` and
    `gradientNorm`. `plan.abstract_arguments` are what it can be lowered with. Dropout is off: few epochs need none, and
    steps are repeatable.
    """
    settings = complete(settings)
    parts = settings["gradientAccumulation"]
    everywhere = replicated(mesh)

    def advance(state: State, frozen: Parameters, batch: Batch, rates: Rates, label_weights: jax.Array) -> Any:
        def of_part(parameters: Parameters, part: Batch) -> Any:
            compute = jax.value_and_grad(plan.loss, has_aux=True)
            (value, weight), gradients = compute(parameters, whole_frozen, part, label_weights)
            return gradients, value, weight

        parameters = state["parameters"]
        # A shard of each parameter is stored; all of it is there only while it is computed with.
        gathered, whole_frozen = jax.lax.with_sharding_constraint((parameters, frozen), everywhere)
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
        parameters, moments, length = optimizer.update(parameters, state["optimizer"], mean, rates, plan.head)
        return {"parameters": parameters, "optimizer": moments}, {"loss": value / weight, "gradientNorm": length}

    placed = shardings(abstract_state(plan), mesh, settings["sharding"])
    return jax.jit(advance, donate_argnums=0, out_shardings=(placed, everywhere))
