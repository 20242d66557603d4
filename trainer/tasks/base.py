"""What a kind of classification is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import numpy as np

# The probability that a model gives to a label that it does not know, so that the loss stays finite.
LEAST_PROBABILITY = 1e-9


@dataclass(frozen=True)
class Task:
    name: str
    """In the contract."""
    problem_type: str
    """In transformers' config.json."""
    parse: Callable[[str], list[str]]
    """The labels that a row's `label` names. Raises ValueError."""
    targets: Callable[[np.ndarray], np.ndarray]
    """From which labels a row has, bool [rows, labels], to what `terms` takes."""
    balanced: Callable[[np.ndarray], np.ndarray]
    """From the same, the weights [labels] with which each label counts alike."""
    terms: Callable[[jax.Array, jax.Array, jax.Array], tuple[jax.Array, jax.Array]]
    """Logits, targets, label weights → each row's loss, and how much it weighs in the mean."""
    guessing: Callable[[int], float]
    """The loss of who knows nothing of so many labels, in nats."""
    probabilities: Callable[[jax.Array], jax.Array]
    """From logits."""
    decide: Callable[[np.ndarray], np.ndarray]
    """From probabilities [rows, labels] to what is predicted, bool."""
    losses: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """Each row's loss in nats, from which labels it has and their probabilities, both [rows, labels]."""
    confidence: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    """From the same: probabilities [rows, n] and whether what they are given to is so, for calibration."""
    certainty: Callable[[np.ndarray], np.ndarray]
    """The probability of each row's prediction; of the least certain one where there are several."""
    write: Callable[[Sequence[str]], str]
    """The reverse of `parse`."""
