"""One attempt: the real programs, compiled for a slice; they fit, or XLA says what is lacking."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import jax

from trainer.plan import plan_training
from trainer.preflight import memory
from trainer.preflight.hardware import Hardware
from trainer.preflight.program import Programs, activations, lower, model_flops
from trainer.preflight.topology import slice_mesh

# Nothing here was checked against a real chip: what is nearly full is not called a fit.
MARGIN = 0.03

Effort = Literal["quick", "full"]
"""
Of XLA. With the least (`quick`) it spares its searches for a faster program of less memory: a tenth of the time, and a
peak that is higher than that of the program which trains (docs/preflight.md has figures). What fits so, fits.
"""


@dataclass(frozen=True)
class Cost:
    """Of one chip, for one execution."""

    flops: float
    bytes: float


@dataclass(frozen=True)
class Attempt:
    fits: bool
    effort: Effort
    rows: int
    peak: int | None
    """Bytes a chip, the larger of training's and validation's; None where XLA does not say."""
    available: int
    memory: dict[str, int]
    """What the peak of training consists of."""
    validation_peak: int | None
    buffers: list[memory.Buffer]
    reason: str | None
    """Why it does not fit."""
    train: Cost | None
    validate: Cost | None
    seconds: float
    """That compiling took."""


def attempt(
    config: Mapping[str, Any], settings: Mapping[str, Any], labels: int, hardware: Hardware, effort: Effort
) -> Attempt:
    """Compiles both programs of a complete `train --config`. Raises InputError for what is not supported."""
    started = time.monotonic()
    plan = plan_training(config, settings, labels)
    mesh = slice_mesh(hardware)
    programs = lower(plan, mesh, settings)
    available = hardware.chip.memory

    def short(found: memory.Shortage, what: str) -> Attempt:
        needed = found.needed
        if needed is not None and found.temporaries:
            needed += sum(programs.residents.values()) + programs.batch
        return Attempt(
            False,
            effort,
            programs.rows,
            needed,
            found.available or available,
            dict(programs.residents),
            None,
            found.buffers,
            f"{what}: {found.message}",
            None,
            None,
            time.monotonic() - started,
        )

    compiled: dict[str, Any] = {}
    # The training first: where it does not fit, that is told at once.
    for what, lowered in (("training", programs.train), ("validation", programs.validate)):
        try:
            with _effort(effort):
                compiled[what] = lowered.compile()
        except jax.errors.JaxRuntimeError as error:
            found = memory.read_shortage(str(error))
            if found is None:
                raise
            return short(found, what)

    train, validate = compiled["training"], compiled["validation"]
    parts = settings["gradientAccumulation"]
    peak = memory.peak(train)
    # The optimizer's state, and the sharded parameters, stay where they are while validation has its own copy.
    validation = memory.peak(validate) + programs.residents["parameters"] + programs.residents["optimizerState"]
    most = max(peak, validation)
    fits = most <= available * (1 - MARGIN)
    kept = activations(plan, settings, programs.rows // mesh.size // parts, settings["maxLength"])
    flops = max(_flops(train) * parts, model_flops(plan, programs.rows, settings["maxLength"]) / mesh.size)
    return Attempt(
        fits,
        effort,
        programs.rows,
        most,
        available,
        _shares(programs, train, kept),
        validation,
        memory.largest_buffers(train.as_text()),
        None if fits else f"less than {MARGIN:.0%} of the memory would be left",
        Cost(flops, _bytes(train) * parts),
        Cost(_flops(validate), _bytes(validate)),
        time.monotonic() - started,
    )


@contextmanager
def _effort(effort: Effort) -> Iterator[None]:
    least = {"jax_exec_time_optimization_effort": -1.0, "jax_memory_fitting_effort": -1.0}
    names = least if effort == "quick" else {}
    before = {name: getattr(jax.config, name) for name in names}
    try:
        for name, value in names.items():
            jax.config.update(name, value)
        yield
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


def _shares(programs: Programs, train: Any, kept: int) -> dict[str, int]:
    """They sum to the peak of training."""
    known = {**programs.residents, "batch": programs.batch}
    known["program"] = int(train.memory_analysis().generated_code_size_in_bytes)
    rest = max(0, memory.peak(train) - sum(known.values()))
    # XLA fuses much of what the forward pass would keep; what is there at the peak is no more than the rest.
    known["activations"] = min(kept, rest)
    known["temporaries"] = rest - known["activations"]
    return known


def _flops(compiled: Any) -> float:
    return float((compiled.cost_analysis() or {}).get("flops", 0.0))


def _bytes(compiled: Any) -> float:
    return float((compiled.cost_analysis() or {}).get("bytes accessed", 0.0))
