"""The loss of a language model: of each token that is to be learnt, given those before it in its segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from trainer.errors import InputError
from trainer.lora import adapted, adapter_shapes, scaled
from trainer.models import find_language_model
from trainer.models.base import Batch, Config, LanguageModel, Parameters, Shape
from trainer.models.decoder import Tokens
from trainer.models.layers import LAYER
from trainer.plan import Plan

# Tokens of each row whose logits are there at once: those of a whole row, over a large vocabulary, would fill a chip.
_CHUNK = 128

COLUMNS = {
    "input_ids": np.int32,
    "positions": np.int32,
    "segments": np.int32,
    "targets": np.int32,
    "weights": np.float32,
}
"""Arrays [rows, length]; `targets` are the next tokens, and count as often as `weights` say."""


def plan_language(config: Config, settings: Mapping[str, Any]) -> Plan:
    model = find_language_model(config)
    if settings.get("selectBy", "loss") not in ("loss", "last"):
        problem = f"selectBy: {settings['selectBy']} is no metric of causal-lm; loss is"
        raise InputError("INVALID_CONFIG", problem, [problem])
    shapes = model.shapes(config)
    lora = settings.get("lora")
    precision = settings["precision"]
    if lora:
        trainable = adapter_shapes(shapes, adapted(shapes, lora, model.layers), lora["rank"])
        frozen = shapes
    else:
        trainable, frozen = shapes, {}
    scale = lora_scale(settings)

    def loss(
        learnt: Parameters, fixed: Parameters, batch: Batch, label_weights: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        computed = {name: value.astype(precision) for name, value in learnt.items()}
        losses = token_losses(model, {**fixed, **scaled(computed, scale)}, config, batch, settings["remat"])
        return (losses * batch["weights"]).sum(), batch["weights"].sum()

    def predict(parameters: Parameters, batch: Batch) -> tuple[jax.Array, jax.Array]:
        """Each row's sum of losses, and how many tokens they are of."""
        losses = token_losses(model, scaled(parameters, scale), config, batch)
        return (losses * batch["weights"]).sum(axis=1), batch["weights"].sum(axis=1)

    def columns(rows: int, length: int) -> dict[str, tuple[Shape, Any]]:
        return {name: ((rows, length), dtype) for name, dtype in COLUMNS.items()}

    return Plan(
        trainable=trainable,
        frozen=frozen,
        head=frozenset(),
        label_weights=0,
        loss=loss,
        columns=columns,
        predict=predict,
    )


def lora_scale(settings: Mapping[str, Any]) -> float:
    lora = settings.get("lora")
    return lora["alpha"] / lora["rank"] if lora else 1.0


def token_losses(
    model: LanguageModel, parameters: Parameters, config: Config, batch: Batch, remat: bool = False
) -> jax.Array:
    """Cross-entropy of every target, in nats: [rows, length]."""

    def encode(parameters: Parameters, tokens: Tokens) -> jax.Array:
        return model.hidden(parameters, config, tokens)[0]

    if remat:
        encode = jax.checkpoint(encode, policy=jax.checkpoint_policies.save_only_these_names(LAYER))
    hidden = encode(parameters, Tokens(batch["input_ids"], batch["positions"], batch["segments"]))

    def compare(part: tuple[jax.Array, jax.Array]) -> jax.Array:
        hidden, targets = part
        logits = model.logits(parameters, config, hidden)
        return optax.softmax_cross_entropy_with_integer_labels(logits, targets)

    rows, length = batch["targets"].shape
    if length <= _CHUNK or length % _CHUNK:
        return compare((hidden, batch["targets"]))
    # Cut along the length, which moves no row to another chip.
    parts = jax.tree.map(
        lambda array: jnp.moveaxis(array.reshape(rows, length // _CHUNK, _CHUNK, *array.shape[2:]), 1, 0),
        (hidden, batch["targets"]),
    )
    losses = jax.lax.map(jax.checkpoint(compare), parts)
    return jnp.moveaxis(losses, 0, 1).reshape(rows, length)
