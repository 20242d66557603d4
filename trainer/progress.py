"""How far training is: `progress.json`, and the same as lines on standard output."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.files import write_json
from trainer.log import write

if TYPE_CHECKING:
    from trainer.contract.generated.contract import Progress

_SECONDS_BETWEEN_REPORTS = 2.0


class ProgressReport:
    def __init__(self, folder: Path, steps: int, per_epoch: int, enabled: bool) -> None:
        self._path = folder / "progress.json"
        self._per_epoch = per_epoch
        self._enabled = enabled
        self._reported = 0.0
        # The clock of speed starts after the first step, which compiles.
        self._started: float | None = None
        self._first_step = 0
        self._examples = 0
        self._tokens = 0
        self._losses: list[float] = []
        self._now: Progress = {
            "phase": "loading",
            "step": 0,
            "steps": steps,
            "epoch": 0.0,
            "loss": None,
            "examplesPerSecond": None,
            "tokensPerSecond": None,
            "secondsLeft": None,
            "validationAccuracy": None,
            "validationLoss": None,
        }

    @property
    def now(self) -> Progress:
        return self._now

    def phase(self, phase: str, step: int | None = None) -> None:
        self._now["phase"] = phase  # type: ignore[typeddict-item]
        if step is not None:
            self._at(step)
        self._report()

    def step(self, step: int, loss: float, examples: int, tokens: int) -> None:
        """`step` steps are done, the last over so many examples and their tokens."""
        self._losses.append(loss)
        if self._started is None:
            self._started, self._first_step = time.monotonic(), step
        else:
            self._examples += examples
            self._tokens += tokens
        recent = time.monotonic() - self._reported < _SECONDS_BETWEEN_REPORTS
        if self._now["phase"] == "training" and recent:
            return
        self._now["phase"] = "training"
        self._at(step)
        self._report()

    def pause(self) -> float:
        """Something else than training begins; hand the result to `resume`."""
        return time.monotonic()

    def resume(self, paused: float) -> None:
        if self._started is not None:
            self._started += time.monotonic() - paused

    def validated(self, metrics: Mapping[str, float]) -> None:
        self._now["validationLoss"] = round(metrics["loss"], 6)
        if "accuracy" in metrics:
            self._now["validationAccuracy"] = round(metrics["accuracy"], 6)
        self._report()

    def _at(self, step: int) -> None:
        self._now["step"] = step
        self._now["epoch"] = round(step / self._per_epoch, 3)
        if self._losses:
            self._now["loss"] = round(sum(self._losses) / len(self._losses), 6)
            self._losses = []
        if self._started is not None and step > self._first_step:
            seconds = time.monotonic() - self._started
            self._now["examplesPerSecond"] = round(self._examples / seconds, 2)
            self._now["tokensPerSecond"] = round(self._tokens / seconds, 2)
            self._now["secondsLeft"] = round((self._now["steps"] - step) * seconds / (step - self._first_step), 1)

    def _report(self) -> None:
        self._reported = time.monotonic()
        if self._enabled:
            write_json(self._path, self._now)
            write(self._now)
