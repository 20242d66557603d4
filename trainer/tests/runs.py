"""Runs the command line as Retemper does, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.cli import main
from trainer.tests.samples import EVALUATE_CONFIG, TRAIN_CONFIG


@dataclass(frozen=True)
class Finished:
    status: int
    output: str
    errors: str

    @property
    def error(self) -> dict[str, Any]:
        """The one line of JSON on standard error."""
        return json.loads(self.errors)


def run(arguments: list[str]) -> Finished:
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        status = main(arguments)
    return Finished(status, output.getvalue(), errors.getvalue())


def start(arguments: list[str], **environment: str) -> subprocess.Popen[str]:
    import os

    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def train(base: Path, data: Path, folder: Path, *more: str, **config: Any) -> Finished:
    return run(train_arguments(base, data, folder, *more, **config))


def train_arguments(base: Path, data: Path, folder: Path, *more: str, **config: Any) -> list[str]:
    """Trains into `folder`: model, checkpoints, metrics.json."""
    paths = {
        "base-model": base,
        "data": data,
        "checkpoints": folder / "checkpoints",
        "model": folder / "model",
        "metrics": folder / "metrics.json",
    }
    return ["train", "--config", json.dumps(TRAIN_CONFIG | config), *_options(paths), *more]


def evaluate(model: Path, data: Path, folder: Path, *more: str, **config: Any) -> Finished:
    """Evaluates into `folder`: evaluation.json, predictions.parquet, metrics.json."""
    paths = {
        "model": model,
        "data": data,
        "evaluation": folder / "evaluation.json",
        "predictions": folder / "predictions.parquet",
        "metrics": folder / "metrics.json",
    }
    return run(["evaluate", "--config", json.dumps(EVALUATE_CONFIG | config), *_options(paths), *more])


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())


def _options(paths: dict[str, Path]) -> list[str]:
    return [part for name, path in paths.items() for part in (f"--{name}", str(path))]
