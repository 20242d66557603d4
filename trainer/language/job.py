"""Supervised fine-tuning of a language model, as the loop takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh

from trainer.data.dataset import SplitName, check_task, read_manifest
from trainer.errors import InputError
from trainer.job import StepBatch, TrainOptions
from trainer.language.export import export_language_model
from trainer.language.model import load_language_model
from trainer.language.packing import arrange, pack
from trainer.language.plan import lora_scale, plan_language
from trainer.language.rows import Example, cut, encode_texts, read_texts
from trainer.log import log
from trainer.lora import initial_adapter
from trainer.mesh import replicate, replicated, rows_that_divide, spread
from trainer.models.base import Parameters


class LanguageJob:
    guessing: float
    label_weights = np.zeros(0, np.float32)

    def __init__(self, options: TrainOptions, settings: Mapping[str, Any], mesh: Mesh) -> None:
        manifest = read_manifest(options.data)
        check_task(manifest, settings["task"])
        self._settings, self._mesh = settings, mesh
        self._loaded = loaded = load_language_model(options.base_model)
        self._length = settings["maxLength"]
        if self._length > loaded.longest:
            raise InputError(
                "INVALID_CONFIG", f"maxLength is {self._length}; this model reads at most {loaded.longest} tokens."
            )

        def examples(name: SplitName) -> list[Example]:
            return _learnable(
                name, encode_texts(loaded.tokenizer, read_texts(options.data, manifest, name)), self._length
            )

        self._training, self._validation = examples("train"), examples("validation")
        if not self._training:
            raise InputError("INVALID_DATA", "The train split has nothing to learn.")
        self._rows = pack([len(one) for one in self._training], self._length, settings["seed"])
        self._validation_rows = pack([len(one) for one in self._validation], self._length, settings["seed"])
        log("packed", texts=len(self._training), rows=len(self._rows), filled=round(self._filled(), 3))

        self.plan = plan_language(loaded.config, settings)
        if settings.get("lora"):
            self.parameters: Mapping[str, np.ndarray] = initial_adapter(self.plan.trainable, settings["seed"])
            precision = jax.numpy.dtype(settings["precision"])
            self.frozen: Mapping[str, np.ndarray] = {
                name: value.astype(precision) for name, value in loaded.parameters.items()
            }
        else:
            self.parameters = {name: value.astype(np.float32) for name, value in loaded.parameters.items()}
            self.frozen = {}
        self._size = settings["batchSize"]
        self._whole = rows_that_divide(self._size, mesh, settings["gradientAccumulation"])
        self.steps_per_epoch = math.ceil(len(self._rows) / self._size)
        self.guessing = math.log(loaded.config["vocab_size"])
        self.can_validate = bool(self._validation)
        self._order = cache(self._shuffled)
        self._losses = jax.jit(self.plan.predict, out_shardings=replicated(mesh))

    def batch(self, step: int) -> StepBatch:
        epoch, index = divmod(step, self.steps_per_epoch)
        chosen = self._order(epoch)[index * self._size : (index + 1) * self._size]
        rows = [[self._training[text] for text in self._rows[row]] for row in chosen]
        texts = [text for row in rows for text in row]
        return StepBatch(arrange(rows, self._whole, self._length), len(texts), sum(len(text) for text in texts))

    def validate(self, parameters: Mapping[str, np.ndarray], frozen: Parameters) -> dict[str, float]:
        placed = {**frozen, **replicate(dict(parameters), self._mesh)}
        count = rows_that_divide(self._size, self._mesh)
        total, tokens = 0.0, 0.0
        for start in range(0, len(self._validation_rows), count):
            rows = [[self._validation[text] for text in row] for row in self._validation_rows[start : start + count]]
            losses, weights = self._losses(placed, spread(arrange(rows, count, self._length), self._mesh))
            total, tokens = total + float(losses.sum()), tokens + float(weights.sum())
        return {"loss": total / tokens, "perplexity": math.exp(min(total / tokens, 700.0))}

    def export(self, folder: Path, parameters: Mapping[str, np.ndarray]) -> None:
        export_language_model(folder, self._loaded, parameters, self._settings.get("lora"), lora_scale(self._settings))

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self._settings["seed"], epoch]).permutation(len(self._rows))

    def _filled(self) -> float:
        return sum(len(one) for one in self._training) / (len(self._rows) * self._length)


def _learnable(name: str, examples: list[Example], length: int) -> list[Example]:
    """Cut to the length; without those of which then nothing is left to learn (the first token never is)."""
    kept = [one for one in (cut(example, length) for example in examples) if one.learnt[1:].any()]
    shortened = sum(len(example) > length for example in examples)
    if shortened or len(kept) < len(examples):
        log("texts are too long", split=name, cut=shortened, dropped=len(examples) - len(kept), maxLength=length)
    return kept
