"""`train`: from a base model and prepared data to a model that transformers opens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jax.sharding import Mesh

from trainer import metrics, optimizer
from trainer.checkpoint import Checkpoints
from trainer.data.batches import Batch, TrainingBatches, choose_lengths
from trainer.data.dataset import Rows, manifest_digest, read_manifest, read_split
from trainer.data.tokens import Tokens, encode, pad
from trainer.errors import Diverged, InputError, Terminated
from trainer.log import log
from trainer.mesh import data_mesh, is_leader, replicate, replicated, rows_that_divide, spread
from trainer.model_files import LoadedModel, check_length, export_model, load_base, weight_files
from trainer.progress import ProgressReport
from trainer.tasks.text_classification import Predictor, loss
from trainer.termination import Termination

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
class Encoded:
    """Rows as numbers."""

    tokens: list[Tokens]
    labels: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        return np.asarray([len(one) for one in self.tokens])


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
        self.config = config = options.config
        self.termination = termination
        self.mesh = data_mesh()

        manifest = read_manifest(options.data)
        self.loaded = load_base(options.base_model, manifest["labels"], config["seed"])
        check_length(self.loaded, config["maxLength"])
        self.loaded.tokenizer.enable_truncation(config["maxLength"])
        self.training = self._encode(read_split(options.data, manifest, "train"))
        self.validation = self._encode(read_split(options.data, manifest, "validation"))
        if not self.training.tokens:
            raise InputError("INVALID_DATA", "The train split is empty.")

        self.lengths = choose_lengths(self.training.lengths, config["maxLength"])
        self.batches = TrainingBatches(self.training.lengths, self.lengths, config["batchSize"], config["seed"])
        self.steps = self.batches.per_epoch * config["epochs"]
        self.rows = rows_that_divide(config["batchSize"], self.mesh)
        self.predictor = Predictor(self.loaded.model, self.loaded.config, self.mesh)
        self.checkpoints = Checkpoints(options.checkpoints, _fingerprint(options))
        self.progress = ProgressReport(options.checkpoints, self.steps, self.batches.per_epoch, is_leader())
        self.advance = _compile_step(self.loaded, self.mesh)

    def run(self) -> dict[str, Any]:
        self.progress.phase("loading")
        step, state = self._restore()
        self.progress.phase("compiling", step)
        state = self._train(step, state)
        result = self._validate(state, self.steps)
        self.progress.phase("saving", self.steps)
        if is_leader():
            parameters = {name: np.asarray(value) for name, value in state["parameters"].items()}
            export_model(self.options.model, self.loaded, parameters, self.config["maxLength"])
        self.progress.phase("done", self.steps)
        speed = self.progress.now["examplesPerSecond"]
        return {**result, "steps": self.steps, **({} if speed is None else {"examplesPerSecond": speed})}

    def _restore(self) -> tuple[int, Any]:
        """The number of steps done, and the state after them."""
        parameters = {name: jax.numpy.asarray(value) for name, value in self.loaded.parameters.items()}
        fresh = {"parameters": parameters, "optimizer": optimizer.initialise(parameters)}
        step, state = self.checkpoints.restore(fresh) or (0, fresh)
        if step:
            log("training goes on from a checkpoint", step=step)
        return step, replicate(state, self.mesh)

    def _train(self, start: int, state: Any) -> Any:
        # A step's loss is looked at while the next one runs, so that the device never waits for the host.
        unseen: tuple[int, jax.Array, Batch] | None = None
        for step in range(start, self.steps):
            if self.termination.requested:
                self._see(unseen)
                self._save_and_stop(step, state)
            batch = self.batches.at(step)
            state, value = self._advance(step, state, batch)
            self._see(unseen)
            unseen = (step + 1, value, batch)
            if (step + 1) % self.config["checkpointEvery"] == 0 and step + 1 < self.steps:
                self._see(unseen)
                unseen = None
                self._save(step + 1, state)
            if (step + 1) % self.batches.per_epoch == 0 and step + 1 < self.steps:
                self._validate(state, step + 1)
        self._see(unseen)
        return state

    def _advance(self, step: int, state: Any, batch: Batch) -> tuple[Any, jax.Array]:
        rows = len(batch.rows)
        arrays = pad(
            [self.training.tokens[row] for row in batch.rows],
            self.rows,
            batch.length,
            self.loaded.config.get("pad_token_id") or 0,
        )
        filling = self.rows - rows
        arrays["labels"] = np.pad(self.training.labels[batch.rows], (0, filling))
        arrays["weights"] = np.pad(np.ones(rows, np.float32), (0, filling))
        rate = optimizer.learning_rate(step, self.steps, self.config["learningRate"], self.config["warmup"])
        decay = np.float32(self.config["weightDecay"])
        return self.advance(state, spread(arrays, self.mesh), np.float32(rate), decay)

    def _see(self, unseen: tuple[int, jax.Array, Batch] | None) -> None:
        if unseen is None:
            return
        step, value, batch = unseen
        number = float(value)
        if not np.isfinite(number):
            raise Diverged(step, number)
        self.progress.step(step, number, len(batch.rows))

    def _validate(self, state: Any, step: int) -> dict[str, float]:
        """Metrics of the validation split; none where it is empty."""
        if not self.validation.tokens:
            return {}
        if self.termination.requested:
            self._save_and_stop(step, state)
        paused = self.progress.pause()
        self.progress.phase("validating", step)
        rows, lengths = self.config["batchSize"], self.lengths
        probabilities = self.predictor.predict_all(state["parameters"], self.validation.tokens, rows, lengths)
        labels = self.loaded.labels
        truth = [labels[index] for index in self.validation.labels]
        predicted = [labels[index] for index in probabilities.argmax(axis=-1)]
        result = {
            "validationAccuracy": metrics.accuracy(truth, predicted),
            "validationMacroF1": metrics.macro_f1(metrics.confusion_matrix(truth, predicted, labels)),
            "validationLoss": metrics.cross_entropy(truth, probabilities, labels),
        }
        self.progress.resume(paused)
        self.progress.validated(result["validationAccuracy"])
        return result

    def _save(self, step: int, state: Any) -> None:
        if not is_leader():
            return
        paused = self.progress.pause()
        self.checkpoints.save(step, state)
        self.progress.resume(paused)

    def _save_and_stop(self, step: int, state: Any) -> None:
        self._save(step, state)
        log("stopped by SIGTERM; a rerun goes on from here", step=step)
        raise Terminated

    def _encode(self, rows: Rows) -> Encoded:
        index = {label: position for position, label in enumerate(self.loaded.labels)}
        labels = np.asarray([index[label] for label in rows.labels], np.int32)
        return Encoded(encode(self.loaded.tokenizer, rows.texts), labels)


def _compile_step(loaded: LoadedModel, mesh: Mesh) -> Callable[..., tuple[Any, jax.Array]]:
    model = loaded.model
    head = frozenset(name for name in loaded.parameters if name.startswith(model.head))

    @partial(jax.jit, donate_argnums=0, out_shardings=replicated(mesh))
    def advance(state: Any, batch: Any, rate: jax.Array, decay: jax.Array) -> tuple[Any, jax.Array]:
        parameters = state["parameters"]
        value, gradients = jax.value_and_grad(partial(loss, model, loaded.config))(parameters, batch)
        parameters, moments = optimizer.update(parameters, state["optimizer"], gradients, rate, decay, head)
        return {"parameters": parameters, "optimizer": moments}, value

    return advance


def _fingerprint(options: TrainOptions) -> str:
    """Of all that the result depends on."""
    digest = hashlib.sha256(json.dumps(options.config, sort_keys=True).encode())
    digest.update(manifest_digest(options.data).encode())
    for path in [options.base_model / "config.json", *weight_files(options.base_model)]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
