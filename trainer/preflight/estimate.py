"""How long a step takes, from what it computes and moves: a roofline, and how far from it real programs are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainer.plan import Plan
from trainer.preflight.compiling import Cost
from trainer.preflight.hardware import Hardware
from trainer.preflight.program import activations, model_flops

EFFICIENCY = 0.4
"""Of the roofline that small fine-tunings are assumed to reach: nobody has published a figure (docs/preflight.md)."""

STARTUP_SECONDS = 600
"""Until a machine is there, has its container, and has loaded the model; assumed."""

# A step that computes next to nothing still starts, and its batch is still copied.
_LEAST_STEP_SECONDS = 0.002

_VALIDATION_SHARE = 1 / 3
"""What a forward pass is of a step, in computation and in bytes."""


@dataclass(frozen=True)
class StepTime:
    seconds: float
    """With the assumed efficiency."""
    roofline: float
    """The least that is possible."""
    bound: str
    """What it waits for: `compute`, `memory` or `communication`."""


def step_time(cost: Cost, hardware: Hardware, trainable_bytes: int, precision: str = "bfloat16") -> StepTime:
    """`cost` is of one chip; `trainable_bytes` are summed over all chips once a step."""
    chips, chip = hardware.chips, hardware.chip
    parts = {
        "compute": cost.flops / chip.flops,
        "memory": cost.bytes / chip.bandwidth,
        "communication": 2 * trainable_bytes * (chips - 1) / chips / chip.link if chips > 1 else 0.0,
    }
    # Computation and memory overlap; that the sums of gradients do, too, is not counted on.
    roofline = max(parts["compute"], parts["memory"]) + parts["communication"]
    bound = max(parts, key=lambda name: parts[name])
    return StepTime(max(_LEAST_STEP_SECONDS, roofline / EFFICIENCY), roofline, bound)


def trainable_bytes(plan: Plan) -> int:
    return 4 * _count(plan.trainable)


def without_compiling(plan: Plan, settings: Mapping[str, Any], rows: int, hardware: Hardware) -> tuple[Cost, int]:
    """One chip's cost of a step, and its memory in bytes, by arithmetic: within a factor of two, not more."""
    chips, length, parts = hardware.chips, settings["maxLength"], settings["gradientAccumulation"]
    shards = chips if settings["sharding"] == "fsdp" else 1
    frozen = _count(plan.frozen) * (2 if settings["precision"] == "bfloat16" else 4)
    share = math.ceil(rows / chips)
    kept = activations(plan, settings, math.ceil(share / parts), length)
    # Parameters and two moments, in float32; gradients and what is computed with are whole, whatever is sharded.
    trainable = trainable_bytes(plan)
    memory = (3 * trainable + frozen) / shards + 2 * trainable + kept
    # Each is read and written once a step; activations are written and read, and their gradients too.
    moved = 7 * trainable / shards + frozen + 4 * kept * parts
    return Cost(model_flops(plan, rows, length) / chips, moved), int(memory)


def validation_cost(train: Cost) -> Cost:
    return Cost(train.flops * _VALIDATION_SHARE, train.bytes * _VALIDATION_SHARE)


def _count(shapes: Mapping[str, tuple[int, ...]]) -> int:
    return sum(math.prod(shape) for shape in shapes.values())
