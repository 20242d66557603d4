"""`preflight`: whether a training fits, what it will take, and what would do better, before it is paid for."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from trainer.errors import InputError, TrainerError
from trainer.files import write_json
from trainer.log import log
from trainer.preflight.answers import Answers
from trainer.preflight.versions import compiler, program_digest, versions
from trainer.settings import complete

if TYPE_CHECKING:
    from trainer.contract.generated.contract import PreflightConfig, PreflightReport

# How many times as much as there is no search for a program of less memory makes up for.
_HOPELESS = 2

# Of `train --config`, what changes no program: rates are arguments of the step, and the rest is around it.
_AROUND = {
    "epochs",
    "learningRate",
    "weightDecay",
    "warmup",
    "seed",
    "checkpointEvery",
    "headLearningRate",
    "schedule",
    "maximumGradientNorm",
    "classWeights",
    "validateEvery",
    "selectBy",
    "patience",
}


@dataclass(frozen=True)
class PreflightOptions:
    config: PreflightConfig
    base_model: Path
    """config.json suffices; the tokenizer's files are read where there are data."""
    data: Path | None
    out: Path


def preflight(options: PreflightOptions) -> PreflightReport:
    """Writes the report, and returns it. What is wrong with model, data or hardware is in its `problems`."""
    answers = Answers.default()
    report = answers.ask(_question(options), lambda: _Preflight(options, answers).run())
    write_json(options.out, report)
    return cast("PreflightReport", report)


def _question(options: PreflightOptions) -> dict[str, Any]:
    """All that the whole answer depends on."""

    def digest(path: Path | None) -> str | None:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path and path.is_file() else None

    return {
        "config": options.config,
        "model": digest(options.base_model / "config.json"),
        "tokenizer": digest(options.base_model / "tokenizer.json"),
        "data": digest(options.data and options.data / "manifest.json"),
        "versions": versions(),
        "program": program_digest(),
    }


class _Preflight:
    def __init__(self, options: PreflightOptions, answers: Answers) -> None:
        from trainer.preflight.topology import configure

        configure()
        self.options = options
        self.answers = answers
        self.settings = complete(options.config["train"])
        self.problems: list[dict[str, Any]] = []
        self.remedy: dict[str, Any] | None = None
        self.program = program_digest()

    def run(self) -> dict[str, Any]:
        from trainer.preflight.hardware import find_hardware

        self.model_config = self._find(lambda: _read_config(self.options.base_model))
        computable = self.model_config is not None and self._check_model()
        self.data = self._find(self._measure) if computable else None
        hardware = self._find(lambda: find_hardware(self.options.config["hardware"]))
        usable = computable and hardware is not None
        judged = self._judge(hardware) if usable else None
        alternatives = self._alternatives() if usable else []
        return {
            "schemaVersion": 1,
            "versions": versions(),
            "problems": self.problems,
            "data": None if self.data is None else self._data(),
            "diskBytes": self._disk() if computable else None,
            "hardware": judged,
            "remedy": self.remedy,
            "alternatives": alternatives,
        }

    def _find(self, find: Callable[[], Any]) -> Any:
        """None, and a problem, where it cannot be had."""
        try:
            return find()
        except InputError as error:
            self._problem(error)
            return None

    def _problem(self, error: TrainerError) -> None:
        self.problems.append({"code": error.code, "message": error.message})

    def _check_model(self) -> bool:
        """Whether there is a step to compile."""
        plan = self._find(self._plan)
        if plan is None:
            return False
        longest = _longest(self.model_config, self.settings["task"])
        if self.settings["maxLength"] > longest:
            message = f"maxLength is {self.settings['maxLength']}; this model reads at most {longest} tokens."
            self.problems.append({"code": "INVALID_CONFIG", "message": message})
        folder = self.options.base_model
        if (folder / "tokenizer.json").is_file() or self.options.data:
            from trainer.data.tokens import load_tokenizer

            return self._find(lambda: load_tokenizer(folder, self.model_config)) is not None
        return True

    def _plan(self, settings: Mapping[str, Any] | None = None) -> Any:
        from trainer.plan import plan_training

        return plan_training(self.model_config, settings or self.settings, self.labels)

    def _disk(self) -> int:
        """Of a training: the base model, two checkpoints and the best step, and what is exported."""
        from trainer.preflight.estimate import trainable_bytes

        plan = self._plan()
        trainable = trainable_bytes(plan)
        whole = trainable + 4 * sum(math.prod(shape) for shape in plan.frozen.values())
        return whole + 2 * 3 * trainable + trainable + whole

    @property
    def labels(self) -> int:
        data = getattr(self, "data", None)
        if data is not None:
            return len(data.labels)
        return 0 if self.settings["task"] == "causal-lm" else int(self.options.config.get("labels", 2))

    def _measure(self) -> Any:
        from trainer.preflight.data import measure

        if self.options.data is None:
            return None
        log("reading the data", folder=str(self.options.data))
        return measure(self.options.data, self.options.base_model, self.model_config, self.settings)

    def _data(self) -> dict[str, Any]:
        data = self.data
        return {
            "rows": data.rows,
            "validationRows": data.validation_rows,
            "labels": len(data.labels),
            "stepsPerEpoch": data.steps_per_epoch,
            "medianLength": data.median_length,
            "longest": data.longest,
            "truncated": round(data.truncated, 4),
        }

    def _judge(self, hardware: Any) -> dict[str, Any]:
        """The recipe's own hardware; beside it, what would fit where it does not."""
        if hardware.topology is None or compiler() is None:
            return self._estimated(hardware)
        from trainer.preflight.remedies import largest_batch, nearest

        wanted = self.options.config.get("effort", "quick")
        first = self._compile(self.settings, hardware, wanted)
        if not first.fits and wanted == "quick" and (first.peak or 0) < _HOPELESS * first.available:
            # The program that trains takes less memory.
            first = self._compile(self.settings, hardware, "full")
        if first.fits:
            found = self._compiled(hardware, self.settings, first)
            if self.options.config.get("largestBatch"):
                tell = lambda what: log("largest batch", doing=what)  # noqa: E731
                found["largestBatch"] = largest_batch(self.settings, hardware, first, self._compile, tell)
            return found
        log("does not fit", hardware=hardware.name, reason=first.reason)
        if self.options.config.get("remedy", True):
            change = nearest(self.settings, hardware, self._compile, lambda what: log("remedy", doing=what))
            if change is not None:
                described, attempt = change
                whole = {**self.settings, **described.settings}
                self.remedy = {
                    "what": described.what,
                    "settings": described.settings,
                    "result": self._compiled(described.hardware, whole, attempt),
                }
        return self._compiled(hardware, self.settings, first)

    def _alternatives(self) -> list[dict[str, Any]]:
        from trainer.preflight.hardware import find_hardware

        found = []
        for request in self.options.config.get("alternatives", []):
            hardware = self._find(lambda request=request: find_hardware(request))
            if hardware is None:
                continue
            compilable = hardware.topology is not None and compiler() is not None
            if compilable and self.options.config.get("compileAlternatives"):
                attempt = self._compile(self.settings, hardware)
                found.append(self._compiled(hardware, self.settings, attempt))
            else:
                known = self._known(self.settings, hardware) if compilable else None
                found.append(self._compiled(hardware, self.settings, known) if known else self._estimated(hardware))
            found[-1]["request"] = request
        return found

    def _attempt_question(self, settings: Mapping[str, Any], hardware: Any, effort: str) -> dict[str, Any]:
        return {
            "effort": effort,
            "settings": {name: value for name, value in settings.items() if name not in _AROUND},
            "model": {name: value for name, value in self.model_config.items() if name not in ("id2label", "label2id")},
            "labels": self.labels,
            "topology": [hardware.topology, hardware.host_bounds],
            "versions": versions(),
            "program": self.program,
        }

    def _known(self, settings: Mapping[str, Any], hardware: Any) -> Any:
        questions = (self._attempt_question(settings, hardware, effort) for effort in ("full", "quick"))
        found = next((answer for question in questions if (answer := self.answers.find(question))), None)
        return None if found is None else _read_attempt(found)

    def _compile(self, settings: Mapping[str, Any], hardware: Any, effort: Any = "quick") -> Any:
        from trainer.preflight.apart import attempt_apart

        def answer() -> dict[str, Any]:
            log("compiling", hardware=hardware.name, batchSize=settings["batchSize"], effort=effort)
            return attempt_apart(self.model_config, settings, self.labels, hardware, effort)

        found = _read_attempt(self.answers.ask(self._attempt_question(settings, hardware, effort), answer))
        log("compiled", hardware=hardware.name, fits=found.fits, seconds=round(found.seconds, 1))
        return found

    def _compiled(self, hardware: Any, settings: Mapping[str, Any], attempt: Any) -> dict[str, Any]:
        result = {
            **_about(hardware),
            "basis": "compiled",
            "effort": attempt.effort,
            "fits": attempt.fits,
            "reason": attempt.reason,
            "rows": attempt.rows,
            "peakBytes": attempt.peak,
            "availableBytes": attempt.available,
            "memory": attempt.memory,
            "validationPeakBytes": attempt.validation_peak,
            "largestBuffers": [asdict(buffer) for buffer in attempt.buffers],
            "compileSeconds": round(attempt.seconds, 2),
            "largestBatch": None,
        }
        return {**result, **self._times(hardware, settings, attempt.rows, attempt.train, attempt.validate)}

    def _estimated(self, hardware: Any) -> dict[str, Any]:
        """By arithmetic: of GPUs and CPUs, and where the TPU's compiler is not installed."""
        from trainer.preflight.estimate import validation_cost, without_compiling

        plan = self._plan()
        rows = _rows(self.settings, hardware.chips)
        cost, memory = without_compiling(plan, self.settings, rows, hardware)
        available = hardware.chip.memory
        result = {
            **_about(hardware),
            "basis": "estimated",
            "effort": None,
            "fits": memory <= available,
            "reason": None if memory <= available else "by arithmetic, not compiled",
            "rows": rows,
            "peakBytes": memory,
            "availableBytes": available,
            "memory": {},
            "validationPeakBytes": None,
            "largestBuffers": [],
            "compileSeconds": None,
            "largestBatch": None,
        }
        return {**result, **self._times(hardware, self.settings, rows, cost, validation_cost(cost))}

    def _times(
        self, hardware: Any, settings: Mapping[str, Any], rows: int, train: Any, validate: Any
    ) -> dict[str, Any]:
        from trainer.preflight.estimate import STARTUP_SECONDS, step_time, trainable_bytes

        nothing = {"stepSeconds": None, "rooflineSeconds": None, "bound": None, "steps": None, "totalSeconds": None}
        if train is None or validate is None:
            return nothing
        trainable = trainable_bytes(self._plan(settings))
        step = step_time(train, hardware, trainable)
        known = {"stepSeconds": step.seconds, "rooflineSeconds": step.roofline, "bound": step.bound}
        if self.data is None:
            return {**nothing, **known}
        per_epoch = -(-self.data.rows // settings["batchSize"])
        steps = per_epoch * settings["epochs"]
        validations = -(-steps // settings.get("validateEvery", per_epoch))
        batches = -(-self.data.validation_rows // rows)
        judging = step_time(validate, hardware, 0).seconds * batches * validations
        total = STARTUP_SECONDS + (step.seconds * steps + judging) * self.data.filled
        return {**known, "steps": steps, "totalSeconds": total}


def _about(hardware: Any) -> dict[str, Any]:
    return {"name": hardware.name, "chips": hardware.chips, "hosts": hardware.hosts}


def _rows(settings: Mapping[str, Any], chips: int) -> int:
    share = chips * settings["gradientAccumulation"]
    return -(-int(settings["batchSize"]) // share) * share


def _read_attempt(found: Mapping[str, Any]) -> Any:
    from trainer.preflight.compiling import Attempt, Cost
    from trainer.preflight.memory import Buffer

    values = dict(found)
    values["buffers"] = [Buffer(**buffer) for buffer in values["buffers"]]
    for name in ("train", "validate"):
        values[name] = None if values[name] is None else Cost(**values[name])
    return Attempt(**values)


def _read_config(folder: Path) -> dict[str, Any]:
    from trainer.model_files import read_config

    return read_config(folder)


def _longest(config: dict[str, Any], task: str) -> int:
    from trainer.models import find_language_model, find_model

    model = find_language_model(config) if task == "causal-lm" else find_model(config, "classification")
    return int(model.longest(config))
