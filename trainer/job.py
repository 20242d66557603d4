"""What the loop of training needs of a task: batches, a loss, judgement, an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from jax.sharding import Mesh

from trainer.models.base import Parameters
from trainer.plan import Plan

if TYPE_CHECKING:
    from trainer.contract.generated.contract import TrainConfig


@dataclass(frozen=True)
class TrainOptions:
    config: TrainConfig
    base_model: Path
    data: Path
    checkpoints: Path
    """Where a rerun goes on from, and where progress.json is."""
    model: Path


@dataclass(frozen=True)
class StepBatch:
    arrays: dict[str, np.ndarray]
    """As `Plan.columns` has them."""
    examples: int
    """Rows of the data in it."""
    tokens: int
    """That are no padding."""


class TrainingJob(Protocol):
    plan: Plan
    parameters: Mapping[str, np.ndarray]
    """What is trained, as it is at first."""
    frozen: Mapping[str, np.ndarray]
    label_weights: np.ndarray
    steps_per_epoch: int
    guessing: float
    """The loss of who knows nothing, in nats."""
    can_validate: bool

    def batch(self, step: int) -> StepBatch:
        """A pure function of data, seed and step (counted from 0 over all epochs)."""

    def validate(self, parameters: Mapping[str, np.ndarray], frozen: Parameters) -> dict[str, float]:
        """Metrics of the validation split: `loss`, and others that `selectBy` may name. Every host calls it."""

    def export(self, folder: Path, parameters: Mapping[str, np.ndarray]) -> None:
        """Writes the model, from what was trained."""


def open_job(options: TrainOptions, settings: Mapping[str, Any], mesh: Mesh) -> TrainingJob:
    """Reads model and data. Raises InputError."""
    if settings["task"] == "causal-lm":
        from trainer.language.job import LanguageJob

        return LanguageJob(options, settings, mesh)
    from trainer.classification.job import ClassificationJob

    return ClassificationJob(options, settings, mesh)
