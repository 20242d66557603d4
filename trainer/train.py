"""`train`: from a base model and prepared data to a model that transformers opens."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jax
import numpy as np

from trainer import optimizer
from trainer.checkpoint import Checkpoints
from trainer.cluster import Agreement
from trainer.data.dataset import manifest_digest
from trainer.errors import Terminated
from trainer.job import StepBatch, TrainOptions, open_job
from trainer.log import log
from trainer.mesh import data_mesh, gather, is_leader, place, shardings, spread
from trainer.model_files import weight_files
from trainer.plan import initial_state
from trainer.progress import ProgressReport
from trainer.selection import Validation, best, exhausted
from trainer.settings import complete
from trainer.step import compile_step
from trainer.termination import Termination
from trainer.watch import Watch


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
        self.mesh = data_mesh()
        self.job = job = open_job(options, settings, self.mesh)
        self.steps = job.steps_per_epoch * settings["epochs"]
        self.validate_every = settings.get("validateEvery", job.steps_per_epoch)
        self.must_stop = Agreement(lambda: termination.requested)
        self.checkpoints = Checkpoints(options.checkpoints, _fingerprint(options))
        self.progress = ProgressReport(options.checkpoints, self.steps, job.steps_per_epoch, is_leader())
        self.watch = Watch(job.guessing)
        self.history: list[Validation] = []

    def run(self) -> dict[str, Any]:
        self.progress.phase("loading")
        step, state = self._restore()
        self.frozen = self._place(dict(self.job.frozen))
        self.advance = compile_step(self.job.plan, self.mesh, self.settings)
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
            self.job.export(self.options.model, parameters)
        self.progress.phase("done", step)
        now = self.progress.now
        speeds = {name: now[name] for name in ("examplesPerSecond", "tokensPerSecond")}
        result = {} if chosen is None else {_metric(name): value for name, value in chosen.items()}
        return {**result, "steps": step, **{name: value for name, value in speeds.items() if value is not None}}

    def _restore(self) -> tuple[int, Any]:
        """The number of steps done, and the state after them."""
        state = initial_state({name: jax.numpy.asarray(value) for name, value in self.job.parameters.items()})
        step = 0
        restored = self.checkpoints.restore(state)
        if restored:
            step, state, self.history = restored.step, restored.state, restored.history
            log("training goes on from a checkpoint", step=step)
        return step, self._place(state)

    def _place(self, tree: Any) -> Any:
        return place(tree, shardings(tree, self.mesh, self.settings["sharding"]))

    def _train(self, step: int, state: Any) -> tuple[int, Any]:
        # A step's loss is looked at while the next one runs, so that the device never waits for the host.
        unseen: tuple[int, Any, StepBatch] | None = None
        saved = step
        while True:
            if self.must_stop.at(step):
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
            batch = self.job.batch(step)
            state, seen = self._advance(step, state, batch)
            self._see(unseen)
            step += 1
            unseen = (step, seen, batch)

    def _advance(self, step: int, state: Any, batch: StepBatch) -> tuple[Any, Any]:
        settings = self.settings
        rate = optimizer.learning_rate(
            step, self.steps, settings["learningRate"], settings["warmup"], settings["schedule"]
        )
        rates = {
            "learning": np.float32(rate),
            "head": np.float32(settings["headLearningRate"]),
            "decay": np.float32(settings["weightDecay"]),
            "limit": np.float32(settings["maximumGradientNorm"]),
        }
        return self.advance(state, self.frozen, spread(batch.arrays, self.mesh), rates, self.job.label_weights)

    def _see(self, unseen: tuple[int, Any, StepBatch] | None) -> None:
        if unseen is None:
            return
        step, seen, batch = unseen
        loss = float(seen["loss"])
        self.watch.see(step, loss, float(seen["gradientNorm"]))
        self.progress.step(step, loss, batch.examples, batch.tokens)

    @property
    def _by(self) -> str:
        return str(self.settings["selectBy"])

    def _chosen(self) -> Validation | None:
        return best(self.history, self._by)

    def _is_validation(self, step: int) -> bool:
        due = step > 0 and (step % self.validate_every == 0 or step == self.steps)
        done = bool(self.history) and self.history[-1]["step"] >= step
        return due and not done and self.job.can_validate

    def _validate(self, step: int, state: Any) -> None:
        paused = self.progress.pause()
        self.progress.phase("validating", step)
        parameters = gather(state["parameters"], self.mesh)
        found = self.job.validate(parameters, self.frozen)
        self.history.append({"step": step, **found})
        chosen = self._chosen()
        if is_leader() and step < self.steps and chosen is not None and chosen["step"] == step:
            self.checkpoints.save_best(step, parameters)
        self.progress.resume(paused)
        self.progress.validated(found)

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


def _metric(name: str) -> str:
    """What a metric of the exported step is called among those of the training."""
    return "bestStep" if name == "step" else f"validation{name[0].upper()}{name[1:]}"


def _fingerprint(options: TrainOptions) -> str:
    """Of all that the result depends on."""
    digest = hashlib.sha256(json.dumps(options.config, sort_keys=True).encode())
    digest.update(manifest_digest(options.data).encode())
    for path in [options.base_model / "config.json", *weight_files(options.base_model)]:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
