"""One label for a text."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax

from trainer.tasks.base import LEAST_PROBABILITY, Task


def _balanced(has: np.ndarray) -> np.ndarray:
    """As scikit-learn's "balanced": rows / (labels * rows of the label)."""
    counts = has.sum(axis=0)
    return (len(has) / (np.maximum(counts, 1) * np.count_nonzero(counts))).astype(np.float32)


def _terms(logits: jax.Array, targets: jax.Array, label_weights: jax.Array) -> tuple[jax.Array, jax.Array]:
    weights = label_weights[targets]
    return weights * optax.softmax_cross_entropy_with_integer_labels(logits, targets), weights


def _decide(probabilities: np.ndarray) -> np.ndarray:
    return np.arange(probabilities.shape[1]) == probabilities.argmax(axis=1)[:, None]


def _losses(has: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return -np.log(np.maximum((has * probabilities).sum(axis=1, dtype=np.float64), LEAST_PROBABILITY))


def _confidence(has: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predicted = probabilities.argmax(axis=1)[:, None]
    return np.take_along_axis(probabilities, predicted, 1), np.take_along_axis(has, predicted, 1)


SINGLE_LABEL = Task(
    name="text-classification",
    problem_type="single_label_classification",
    parse=lambda label: [label],
    targets=lambda has: has.argmax(axis=1).astype(np.int32),
    balanced=_balanced,
    terms=_terms,
    guessing=math.log,
    probabilities=lambda logits: jax.nn.softmax(logits.astype(jnp.float32), axis=-1),
    decide=_decide,
    losses=_losses,
    confidence=_confidence,
    certainty=lambda probabilities: probabilities.max(axis=1),
    write=lambda labels: labels[0],
)
