"""`train`: from a base model and prepared data to a model that transformers opens."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from trainer import optimizer
from trainer.checkpoint import Checkpoints
from trainer.data.batches import Batch, TrainingBatches, choose_lengths
from trainer.data.dataset import manifest_digest, read_manifest, read_split
from trainer.data.encoded import encode_rows
from trainer.data.tokens import pad
from trainer.errors import InputError, Terminated
from trainer.log import log
from trainer.mesh import data_mesh, gather, is_leader, rows_that_divide, shardings, spread
from trainer.metrics import Judged
from trainer.model_files import check_length, export_model, load_base, weight_files
from trainer.predictor import Predictor
from trainer.progress import ProgressReport
from trainer.selection import Validation, best, exhausted
from trainer.settings import complete
from trainer.step import compile_step
from trainer.tasks import TASKS
from trainer.termination import Termination
from trainer.watch import Watch

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


def train(options: TrainOptions) -> dict[str, Any]:
    """
    Trains, exports, and returns metrics of the validation split. A run that was cut off goes on where it last saved,
    and ends with the same bytes as one that was not. Raises InputError, Diverged, Terminated.
    """
    with Termination() as termination:
        return _Training(options, termination).run()


class _Training:
    def __init__(self, options: TrainOptions, termination: Termination) -> None:
        self.options = options
        self.settings = settings = complete(options.config)
        self.termination = termination
        self.mesh = data_mesh()

        manifest = read_manifest(options.data)
        if manifest["task"] != settings["task"]:
            raise InputError("INVALID_CONFIG", f"The task is {settings['task']}; the data are for {manifest['task']}.")
        self.task = TASKS[settings["task"]]
        self.loaded = load_base(options.base_model, manifest["labels"], settings["seed"])
        check_length(self.loaded, settings["maxLength"])
        self.loaded.tokenizer.enable_truncation(settings["maxLength"])
        self.training = encode_rows(read_split(options.data, manifest, "train"), self.loaded, self.task)
        self.validation = encode_rows(read_split(options.data, manifest, "validation"), self.loaded, self.task)
        if not self.training.tokens:
            raise InputError("INVALID_DATA", "The train split is empty.")

        self.lengths = choose_lengths(self.training.lengths, settings["maxLength"])
        self.batches = TrainingBatches(self.training.lengths, self.lengths, settings["batchSize"], settings["seed"])
        self.steps = self.batches.per_epoch * settings["epochs"]
        self.validate_every = settings.get("validateEvery", self.batches.per_epoch)
        self.rows = rows_that_divide(settings["batchSize"], self.mesh, settings["gradientAccumulation"])
        self.targets = self.task.targets(self.training.has)
        balanced = settings["classWeights"] == "balanced"
        label_weights = self.task.balanced(self.training.has) if balanced else np.ones(len(self.loaded.labels))
        self.label_weights = label_weights.astype(np.float32)
        self.predictor = Predictor(self.loaded, self.task, self.mesh)
        self.checkpoints = Checkpoints(options.checkpoints, _fingerprint(options))
        self.progress = ProgressReport(options.checkpoints, self.steps, self.batches.per_epoch, is_leader())
        self.watch = Watch(self.task.guessing(len(self.loaded.labels)))
        self.history: list[Validation] = []

    def run(self) -> dict[str, Any]:
        self.progress.phase("loading")
        step, state = self._restore()
        self.advance = compile_step(self.loaded, self.task, self.mesh, state, self.settings)
        self.progress.phase("compiling", step)
        step, state = self._train(step, state)
        self.progress.phase("saving", step)
        chosen = self._chosen()
        # Every host takes part in gathering; one writes.
        parameters = gather(state["parameters"], self.mesh)
        if is_leader():
            if chosen is not None and chosen["step"] != step:
                parameters = self.checkpoints.load_best(int(chosen["step"]))
                log("the best step is exported, not the last", **chosen)
            problem_type = self.task.problem_type
            export_model(self.options.model, self.loaded, parameters, self.settings["maxLength"], problem_type)
        self.progress.phase("done", step)
        speed = self.progress.now["examplesPerSecond"]
        result = {} if chosen is None else {_METRICS[name]: value for name, value in chosen.items()}
        return {**result, "steps": step, **({} if speed is None else {"examplesPerSecond": speed})}

    def _restore(self) -> tuple[int, Any]:
        """The number of steps done, and the state after them."""
        parameters = {name: jax.numpy.asarray(value) for name, value in self.loaded.parameters.items()}
        state = {"parameters": parameters, "optimizer": optimizer.initialise(parameters)}
        step = 0
        restored = self.checkpoints.restore(state)
        if restored:
            step, state, self.history = restored.step, restored.state, restored.history
            log("training goes on from a checkpoint", step=step)
        return step, jax.device_put(state, shardings(state, self.mesh, self.settings["sharding"]))

    def _train(self, step: int, state: Any) -> tuple[int, Any]:
        # A step's loss is looked at while the next one runs, so that the device never waits for the host.
        unseen: tuple[int, Any, Batch] | None = None
        saved = step
        while True:
            if self.termination.requested:
                self._see(unseen)
                self._save_and_stop(step, state)
            validate = self._is_validation(step)
            if validate or (step % self.settings["checkpointEvery"] == 0 and step != saved):
                self._see(unseen)
                unseen = None
                if validate:
                    self._validate(step, state)
                if step < self.steps:
                    self._save(step, state)
                    saved = step
            if step == self.steps or exhausted(self.history, self._by, self.settings.get("patience")):
                self._see(unseen)
                return step, state
            batch = self.batches.at(step)
            state, seen = self._advance(step, state, batch)
            self._see(unseen)
            step += 1
            unseen = (step, seen, batch)

    def _advance(self, step: int, state: Any, batch: Batch) -> tuple[Any, Any]:
        rows, settings = len(batch.rows), self.settings
        tokens = [self.training.tokens[row] for row in batch.rows]
        arrays = pad(tokens, self.rows, batch.length, self.loaded.config.get("pad_token_id") or 0)
        targets = self.targets[batch.rows]
        arrays["targets"] = np.pad(targets, [(0, self.rows - rows), *[(0, 0)] * (targets.ndim - 1)])
        arrays["weights"] = np.pad(np.ones(rows, np.float32), (0, self.rows - rows))
        rate = optimizer.learning_rate(
            step, self.steps, settings["learningRate"], settings["warmup"], settings["schedule"]
        )
        rates = {
            "learning": np.float32(rate),
            "head": np.float32(settings["headLearningRate"]),
            "decay": np.float32(settings["weightDecay"]),
            "limit": np.float32(settings["maximumGradientNorm"]),
        }
        return self.advance(state, spread(arrays, self.mesh), rates, self.label_weights)

    def _see(self, unseen: tuple[int, Any, Batch] | None) -> None:
        if unseen is None:
            return
        step, seen, batch = unseen
        loss = float(seen["loss"])
        self.watch.see(step, loss, float(seen["gradientNorm"]))
        self.progress.step(step, loss, len(batch.rows))

    @property
    def _by(self) -> str:
        return str(self.settings["selectBy"])

    def _chosen(self) -> Validation | None:
        return best(self.history, self._by)

    def _is_validation(self, step: int) -> bool:
        due = step > 0 and (step % self.validate_every == 0 or step == self.steps)
        done = bool(self.history) and self.history[-1]["step"] >= step
        return due and not done and bool(self.validation.tokens)

    def _validate(self, step: int, state: Any) -> None:
        paused = self.progress.pause()
        self.progress.phase("validating", step)
        rows = self.settings["batchSize"]
        parameters = gather(state["parameters"], self.mesh)
        probabilities = self.predictor.predict_all(parameters, self.validation.tokens, rows, self.lengths)
        found = Judged.by(self.task, self.validation.has, probabilities).metrics()
        self.history.append({"step": step, **{name: found[name] for name in ("accuracy", "macroF1", "loss")}})
        chosen = self._chosen()
        if is_leader() and step < self.steps and chosen is not None and chosen["step"] == step:
            self.checkpoints.save_best(step, parameters)
        self.progress.resume(paused)
        self.progress.validated(found["accuracy"])

    def _save(self, step: int, state: Any) -> None:
        paused = self.progress.pause()
        whole = gather(state, self.mesh)
        chosen = self._chosen()
        if is_leader():
            self.checkpoints.save(step, whole, self.history, None if chosen is None else int(chosen["step"]))
        self.progress.resume(paused)

    def _save_and_stop(self, step: int, state: Any) -> None:
        self._save(step, state)
        log("stopped by SIGTERM; a rerun goes on from here", step=step)
        raise Terminated


# What the metrics of the exported step are called in the metrics of the training.
_METRICS = {
    "step": "bestStep",
    "accuracy": "validationAccuracy",
    "macroF1": "validationMacroF1",
    "loss": "validationLoss",
}


def _fingerprint(options: TrainOptions) -> str:
    """Of all that the result depends on."""
    digest = hashlib.sha256(json.dumps(options.config, sort_keys=True).encode())
    digest.update(manifest_digest(options.data).encode())
    for path in [options.base_model / "config.json", *weight_files(options.base_model)]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
