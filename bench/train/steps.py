"""
One training, by this trainer or by transformers' Trainer, timed step by step. Prints one JSON object.

    python bench/train/steps.py --by retemper|transformers --model DIR --data DIR --length 64 [--best]

Without --best: so many steps of the same batches, padded to the same length. With it: each pads as it does best, until
the validation accuracy is reached; time spent on validation does not count. Dropout is off on both sides.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

BATCH = 32
WARM_UP = 3
RATE, DECAY, NORM = 3e-4, 0.01, 1.0
EPOCHS = 4


@dataclass(frozen=True)
class Task:
    model: Path
    rows: list[tuple[str, int]]
    validation: list[tuple[str, int]]
    length: int
    steps: int
    target: float | None
    """The accuracy at which training ends; None to do so many steps."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--by", choices=sorted(_TRAINERS), required=True)
    parser.add_argument("--model", type=Path, required=True, help="folder of a classifier")
    parser.add_argument("--data", type=Path, required=True, help="folder with train.parquet and validation.parquet")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--best", type=float, metavar="ACCURACY")
    given = parser.parse_args()
    labels = {name: index for index, name in enumerate(json.loads((given.model / "labels.json").read_text()))}

    def read(name: str) -> list[tuple[str, int]]:
        table = pq.read_table(given.data / f"{name}.parquet").to_pylist()
        return [(row["text"], labels[row["label"]]) for row in table]

    task = Task(given.model, read("train"), read("validation"), given.length, given.steps, given.best)
    found = _TRAINERS[given.by](task)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({**found, "peakGiB": peak}))


def _order(task: Task) -> Iterator[list[int]]:
    """The same batches on both sides."""
    random = np.random.default_rng(0)
    while True:
        order = random.permutation(len(task.rows))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            yield order[start : start + BATCH].tolist()


class Stopwatch:
    """Seconds of each step, without what is not training."""

    def __init__(self, task: Task, accuracy: Callable[[], float]) -> None:
        self._task, self._accuracy = task, accuracy
        self._per_epoch = math.ceil(len(task.rows) / BATCH)
        self.seconds: list[float] = []
        self.accuracies: list[float] = []
        self._last = time.monotonic()

    def step(self) -> bool:
        """One step is done; whether it was the last."""
        self.seconds.append(time.monotonic() - self._last)
        done = len(self.seconds)
        if self._task.target is None:
            over = done == self._task.steps + WARM_UP
        else:
            if done % (self._per_epoch // 4) == 0:
                self.accuracies.append(self._accuracy())
            over = bool(self.accuracies and self.accuracies[-1] >= self._task.target)
            over = over or done == EPOCHS * self._per_epoch
        self._last = time.monotonic()
        return over

    def report(self) -> dict[str, Any]:
        skipped = 0 if self._task.target is not None else WARM_UP
        return {"seconds": self.seconds[skipped:], "accuracies": self.accuracies}


def _retemper(task: Task) -> dict[str, Any]:
    from trainer.runtime import configure

    configure()
    import jax

    from trainer.data.batches import TrainingBatches, choose_lengths
    from trainer.data.tokens import encode, pad
    from trainer.mesh import data_mesh, replicate
    from trainer.model_files import load_classifier
    from trainer.plan import RATES, initial_state, plan_training
    from trainer.predictor import Predictor
    from trainer.step import compile_step
    from trainer.tasks import SINGLE_LABEL

    loaded = load_classifier(task.model)
    loaded.tokenizer.enable_truncation(task.length)
    tokens = encode(loaded.tokenizer, [text for text, _ in task.rows])
    held = encode(loaded.tokenizer, [text for text, _ in task.validation])
    targets = np.asarray([label for _, label in task.rows], np.int32)
    truth = np.asarray([label for _, label in task.validation])
    lengths = np.asarray([len(one) for one in tokens])
    chosen = choose_lengths(lengths, task.length) if task.target is not None else (task.length,)
    settings = {"task": "text-classification"}
    plan = plan_training(loaded.config, settings, len(loaded.labels))
    mesh = data_mesh()
    advance = compile_step(plan, mesh, settings)
    state = replicate(
        initial_state({name: jax.numpy.asarray(value) for name, value in loaded.parameters.items()}), mesh
    )
    # A head that learns faster is no part of the same trainable parameters at the same rates.
    head = 10.0 if task.target is not None else 1.0
    rates = dict(zip(RATES, (np.float32(one) for one in (RATE, head, DECAY, NORM)), strict=True))
    weights = np.ones(len(loaded.labels), np.float32)
    predictor = Predictor(loaded, SINGLE_LABEL, mesh)

    def accuracy() -> float:
        found = predictor.predict_all(state["parameters"], held, BATCH, chosen)
        return float((found.argmax(axis=1) == truth).mean())

    watch = Stopwatch(task, accuracy)
    batches, order = TrainingBatches(lengths, chosen, BATCH, 0), _order(task)
    step = 0
    while True:
        if task.target is None:
            rows, length = np.asarray(next(order)), task.length
        else:
            batch = batches.at(step)
            rows, length = batch.rows, batch.length
        arrays = pad([tokens[row] for row in rows], BATCH, length, loaded.config.get("pad_token_id") or 0)
        arrays["targets"] = np.pad(targets[rows], (0, BATCH - len(rows)))
        arrays["weights"] = np.pad(np.ones(len(rows), np.float32), (0, BATCH - len(rows)))
        state, seen = advance(state, {}, arrays, rates, weights)
        float(seen["loss"])
        step += 1
        if watch.step():
            return watch.report()


def _transformers(task: Task) -> dict[str, Any]:
    import tempfile

    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    off = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    model = transformers.AutoModelForSequenceClassification.from_pretrained(task.model, **off)
    tokenizer = transformers.AutoTokenizer.from_pretrained(task.model)
    padding = "max_length" if task.target is None else False

    def encode(rows: list[tuple[str, int]], pad: Any) -> list[dict[str, Any]]:
        texts = tokenizer([text for text, _ in rows], truncation=True, max_length=task.length, padding=pad)
        return [
            {**{name: values[index] for name, values in texts.items()}, "labels": label}
            for index, (_, label) in enumerate(rows)
        ]

    train = encode(task.rows, padding)
    held = sorted(encode(task.validation, False), key=lambda row: len(row["input_ids"]))
    collate = transformers.DataCollatorWithPadding(tokenizer)

    def accuracy() -> float:
        model.eval()
        right = 0
        with torch.no_grad():
            for start in range(0, len(held), BATCH):
                batch = collate(held[start : start + BATCH])
                labels = batch.pop("labels")
                right += int((model(**batch).logits.argmax(dim=-1) == labels).sum())
        model.train()
        return right / len(held)

    watch = Stopwatch(task, accuracy)

    class Timer(transformers.TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
            control.should_training_stop = watch.step()
            return control

    class Trainer(transformers.Trainer):  # type: ignore[misc]
        def _get_train_sampler(self, *given: Any) -> Any:
            if task.target is not None:
                return super()._get_train_sampler(*given)
            order = _order(task)
            return [row for _ in range(task.steps + WARM_UP) for row in next(order)]

    per_epoch = math.ceil(len(train) / BATCH)
    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=BATCH,
            max_steps=task.steps + WARM_UP if task.target is None else EPOCHS * per_epoch,
            learning_rate=RATE,
            lr_scheduler_type="constant",
            weight_decay=DECAY,
            max_grad_norm=NORM,
            use_cpu=True,
            save_strategy="no",
            logging_strategy="no",
            report_to=[],
            disable_tqdm=True,
            seed=0,
            **({} if task.target is None else {"train_sampling_strategy": "group_by_length"}),
        )
        trainer = Trainer(model=model, args=arguments, train_dataset=train, data_collator=collate, callbacks=[Timer()])
        trainer.train()
    return watch.report()


_TRAINERS = {"retemper": _retemper, "transformers": _transformers}

if __name__ == "__main__":
    main()
