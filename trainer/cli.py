"""The command line: `train`, `evaluate`, `serve`, `preflight`. See docs/architecture.md, "The trainer's command line"."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from trainer.contract.validate import parse
from trainer.errors import InputError, Terminated, TrainerError
from trainer.executor import parse_executor_input, write_executor_output
from trainer.files import write_json


def main(arguments: list[str]) -> int:
    """Runs one verb and returns the exit status: 0; 2 for bad input; 1 for a failure; 143 after SIGTERM."""
    try:
        options = _parser().parse_args(arguments)
        _VERBS[options.verb](options)
    except TrainerError as error:
        print(error.to_json(), file=sys.stderr, flush=True)
        return error.exit_status
    except Terminated as stop:
        return stop.exit_status
    return 0


def _train(options: argparse.Namespace) -> None:
    config = parse(options.config, "TrainConfig", "INVALID_CONFIG", "--config")
    executor_input = _executor_input(options)
    from trainer.cluster import joined
    from trainer.job import TrainOptions
    from trainer.mesh import is_leader
    from trainer.train import train

    with joined(os.environ):
        result = train(TrainOptions(config, options.base_model, options.data, options.checkpoints, options.model))
        about = {"framework": "jax", "task": config["task"]}
        if is_leader():
            _report(options, executor_input, {"model": about, "metrics": result})


def _evaluate(options: argparse.Namespace) -> None:
    config = parse(options.config, "EvaluateConfig", "INVALID_CONFIG", "--config")
    executor_input = _executor_input(options)
    from trainer.cluster import joined
    from trainer.evaluate import evaluate
    from trainer.evaluation import EvaluateOptions
    from trainer.mesh import is_leader

    with joined(os.environ):
        result = evaluate(
            EvaluateOptions(config, options.model, options.data, options.evaluation, options.predictions, options.hooks)
        )
        if is_leader():
            _report(options, executor_input, {"metrics": result.metrics, "classification": result.classification})


def _serve(options: argparse.Namespace) -> None:
    from trainer.serve.server import serve
    from trainer.serve.settings import parse_settings

    serve(parse_settings(os.environ))


def _preflight(options: argparse.Namespace) -> None:
    config = parse(options.config, "PreflightConfig", "INVALID_CONFIG", "--config")
    from trainer.preflight.preflight import PreflightOptions, preflight

    preflight(PreflightOptions(config, options.base_model, options.data, options.out))


_VERBS = {"train": _train, "evaluate": _evaluate, "serve": _serve, "preflight": _preflight}


def _executor_input(options: argparse.Namespace) -> dict[str, Any] | None:
    return parse_executor_input(options.executor_input) if options.executor_input else None


def _report(
    options: argparse.Namespace, executor_input: dict[str, Any] | None, metadata: Mapping[str, Mapping[str, Any]]
) -> None:
    if options.metrics:
        write_json(options.metrics, metadata["metrics"])
    if executor_input:
        write_executor_output(executor_input, metadata)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise InputError("INVALID_ARGUMENTS", f"{self.prog}: {message}", [message])


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="trainer", description="Trains, evaluates and serves Hugging Face models with JAX.")
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, description: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, description=description, help=description, allow_abbrev=False)

    def job(name: str, description: str, paths: Mapping[str, str]) -> argparse.ArgumentParser:
        command = verb(name, description)
        command.add_argument("--config", required=True, metavar="JSON")
        for path, help_text in paths.items():
            command.add_argument(f"--{path}", required=True, type=Path, metavar="PATH", help=help_text)
        command.add_argument("--metrics", type=Path, metavar="FILE", help="a small JSON of numbers")
        command.add_argument("--executor-input", metavar="JSON", help="of Kubeflow Pipelines")
        return command

    job(
        "train",
        "Fine-tunes a base model.",
        {
            "base-model": "folder of the base model",
            "data": "folder of a manifest",
            "checkpoints": "folder where a rerun goes on from",
            "model": "folder to write",
        },
    )
    judging = job(
        "evaluate",
        "Evaluates a model on a split.",
        {
            "model": "folder of the model",
            "data": "folder of a manifest",
            "evaluation": "JSON file to write",
            "predictions": "Parquet file to write",
        },
    )
    judging.add_argument("--hooks", type=Path, metavar="PATH", help="folder of the files of custom metrics")
    before = verb("preflight", "Whether a training fits, what it will take, and what would do better.")
    before.add_argument("--config", required=True, metavar="JSON")
    before.add_argument("--base-model", required=True, type=Path, metavar="PATH", help="folder of config.json")
    before.add_argument("--data", type=Path, metavar="PATH", help="folder of a manifest")
    before.add_argument("--out", required=True, type=Path, metavar="FILE", help="JSON file to write")
    verb("serve", "Serves a model by Vertex AI's container contract; see the AIP_ variables.")
    return parser
