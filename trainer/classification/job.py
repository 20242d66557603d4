"""Training a classifier, as the loop takes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jax.sharding import Mesh

from trainer.classification.plan import plan_classification
from trainer.data.batches import TrainingBatches, choose_lengths
from trainer.data.dataset import check_task, read_manifest, read_split
from trainer.data.encoded import encode_rows
from trainer.data.tokens import pad
from trainer.errors import InputError
from trainer.job import StepBatch, TrainOptions
from trainer.mesh import replicate, rows_that_divide
from trainer.metrics import Judged
from trainer.model_files import check_length, export_model, load_base
from trainer.models.base import Parameters
from trainer.predictor import Predictor
from trainer.tasks import TASKS


class ClassificationJob:
    def __init__(self, options: TrainOptions, settings: Mapping[str, Any], mesh: Mesh) -> None:
        manifest = read_manifest(options.data)
        check_task(manifest, settings["task"])
        self._settings, self._mesh = settings, mesh
        self._task = TASKS[settings["task"]]
        self._loaded = loaded = load_base(options.base_model, manifest["labels"], settings["seed"])
        check_length(loaded, settings["maxLength"])
        loaded.tokenizer.enable_truncation(settings["maxLength"])
        self._training = encode_rows(read_split(options.data, manifest, "train"), loaded, self._task)
        self._validation = encode_rows(read_split(options.data, manifest, "validation"), loaded, self._task)
        if not self._training.tokens:
            raise InputError("INVALID_DATA", "The train split is empty.")

        self.plan = plan_classification(loaded.config, settings, len(loaded.labels))
        self.parameters: Mapping[str, np.ndarray] = loaded.parameters
        self.frozen: Mapping[str, np.ndarray] = {}
        self._lengths = choose_lengths(self._training.lengths, settings["maxLength"])
        self._batches = TrainingBatches(self._training.lengths, self._lengths, settings["batchSize"], settings["seed"])
        self._rows = rows_that_divide(settings["batchSize"], mesh, settings["gradientAccumulation"])
        self._targets = self._task.targets(self._training.has)
        balanced = settings["classWeights"] == "balanced"
        weights = self._task.balanced(self._training.has) if balanced else np.ones(len(loaded.labels))
        self.label_weights = weights.astype(np.float32)
        self.steps_per_epoch = self._batches.per_epoch
        self.guessing = self._task.guessing(len(loaded.labels))
        self.can_validate = bool(self._validation.tokens)
        self._predictor = Predictor(loaded, self._task, mesh)

    def batch(self, step: int) -> StepBatch:
        batch = self._batches.at(step)
        rows = len(batch.rows)
        tokens = [self._training.tokens[row] for row in batch.rows]
        arrays = pad(tokens, self._rows, batch.length, self._loaded.config.get("pad_token_id") or 0)
        targets = self._targets[batch.rows]
        arrays["targets"] = np.pad(targets, [(0, self._rows - rows), *[(0, 0)] * (targets.ndim - 1)])
        arrays["weights"] = np.pad(np.ones(rows, np.float32), (0, self._rows - rows))
        return StepBatch(arrays, rows, sum(len(one) for one in tokens))

    def validate(self, parameters: Mapping[str, np.ndarray], frozen: Parameters) -> dict[str, float]:
        placed = replicate(dict(parameters), self._mesh)
        rows = self._settings["batchSize"]
        probabilities = self._predictor.predict_all(placed, self._validation.tokens, rows, self._lengths)
        found = Judged.by(self._task, self._validation.has, probabilities).metrics()
        return {name: found[name] for name in ("accuracy", "macroF1", "loss")}

    def export(self, folder: Path, parameters: Mapping[str, np.ndarray]) -> None:
        export_model(folder, self._loaded, parameters, self._settings["maxLength"], self._task.problem_type)
