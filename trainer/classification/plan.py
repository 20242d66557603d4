"""The loss of a classifier, over the labels of whole texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainer.errors import InputError
from trainer.models import find_model
from trainer.models.base import Batch, Parameters, Shape
from trainer.models.layers import LAYER
from trainer.plan import Plan
from trainer.tasks import MULTI_LABEL, TASKS


def plan_classification(config: Mapping[str, Any], settings: Mapping[str, Any], labels: int) -> Plan:
    if "lora" in settings:
        raise InputError("INVALID_CONFIG", "lora is for causal-lm only.", ["lora: for causal-lm only"])
    model = find_model(config, "classification")
    task = TASKS[settings["task"]]
    shapes = model.shapes(config, labels)
    precision = settings["precision"]

    def classify(parameters: Parameters, batch: Batch) -> jax.Array:
        return model.classify(parameters, config, batch)

    kept = jax.checkpoint_policies.save_only_these_names(LAYER)
    forward = jax.checkpoint(classify, policy=kept) if settings["remat"] else classify

    def loss(
        trainable: Parameters, frozen: Parameters, batch: Batch, label_weights: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        # The mean over parts of a batch is then the mean over all of it; a row that only fills it weighs 0.
        computed = {name: value.astype(precision) for name, value in trainable.items()}
        logits = forward(computed, batch).astype(jnp.float32)
        losses, weights = task.terms(logits, batch["targets"], label_weights)
        return (losses * batch["weights"]).sum(), (weights * batch["weights"]).sum()

    def columns(rows: int, length: int) -> dict[str, tuple[Shape, Any]]:
        several = task is MULTI_LABEL
        return {
            "input_ids": ((rows, length), np.int32),
            "attention_mask": ((rows, length), np.int32),
            "targets": ((rows, labels), np.float32) if several else ((rows,), np.int32),
            "weights": ((rows,), np.float32),
        }

    return Plan(
        trainable=shapes,
        frozen={},
        head=frozenset(name for name in shapes if name.startswith(model.head)),
        label_weights=labels,
        loss=loss,
        columns=columns,
        predict=lambda parameters, batch: task.probabilities(classify(parameters, batch)),
    )
