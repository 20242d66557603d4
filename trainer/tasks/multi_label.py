"""Any number of labels for a text, each decided by itself."""

from __future__ import annotations

import json
import math

import jax
import jax.numpy as jnp
import numpy as np
import optax

from trainer.tasks.base import LEAST_PROBABILITY, Task

THRESHOLD = 0.5


def _parse(label: str) -> list[str]:
    labels = json.loads(label)
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise ValueError(f"{label!r} is not a JSON array of labels")
    return labels


def _balanced(has: np.ndarray) -> np.ndarray:
    """How much more the rows with a label count than those without: as many times as they are fewer."""
    counts = has.sum(axis=0)
    return np.where(counts > 0, (len(has) - counts) / np.maximum(counts, 1), 1.0).astype(np.float32)


def _terms(logits: jax.Array, targets: jax.Array, label_weights: jax.Array) -> tuple[jax.Array, jax.Array]:
    each = optax.sigmoid_binary_cross_entropy(logits, targets) * jnp.where(targets > 0, label_weights, 1.0)
    return each.mean(axis=-1), jnp.ones(len(logits), logits.dtype)


def _losses(has: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    exact = probabilities.astype(np.float64)
    return -np.log(np.maximum(np.where(has, exact, 1 - exact), LEAST_PROBABILITY)).mean(axis=1)


MULTI_LABEL = Task(
    name="multi-label-classification",
    problem_type="multi_label_classification",
    parse=_parse,
    targets=lambda has: has.astype(np.float32),
    balanced=_balanced,
    terms=_terms,
    guessing=lambda labels: math.log(2),
    probabilities=lambda logits: jax.nn.sigmoid(logits.astype(jnp.float32)),
    decide=lambda probabilities: probabilities >= THRESHOLD,
    losses=_losses,
    confidence=lambda has, probabilities: (probabilities, has),
    certainty=lambda probabilities: np.maximum(probabilities, 1 - probabilities).min(axis=1),
    write=lambda labels: json.dumps(sorted(labels), ensure_ascii=False, separators=(",", ":")),
)
