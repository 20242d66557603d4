"""Where a training does not fit: the nearest change with which it does, found by compiling it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trainer.preflight.compiling import Attempt
from trainer.preflight.hardware import PODS, SINGLE_HOSTS, Hardware, find_hardware

Compile = Callable[[Mapping[str, Any], Hardware], Attempt]
Tell = Callable[[str], None]

_LORA = {"rank": 16, "alpha": 32}
_MOST_ATTEMPTS = 8

# What is reckoned to be so many times too large is not compiled.
_FAR = 1.5


@dataclass(frozen=True)
class Change:
    what: str
    settings: dict[str, Any]
    """What of `train --config` is another; empty where only the hardware is."""
    hardware: Hardware


def nearest(
    settings: Mapping[str, Any], hardware: Hardware, compile: Compile, tell: Tell
) -> tuple[Change, Attempt] | None:
    """The first change that fits, those before it having been tried. None where none of them does."""
    last: tuple[Change, Attempt] | None = None
    for change in changes(settings, hardware):
        if last is not None and _hopeless(change, *last):
            continue
        tell(f"trying {change.what}")
        found = compile({**settings, **change.settings}, change.hardware)
        if found.fits:
            return change, found
        last = change, found
    return None


def _hopeless(change: Change, tried: Change, found: Attempt) -> bool:
    """Whether more parts than those that were tried would still be far too large: what is not resident is divided."""
    parts, before = (one.settings.get("gradientAccumulation") for one in (change, tried))
    same = {**change.settings, "gradientAccumulation": 0} == {**tried.settings, "gradientAccumulation": 0}
    if not same or parts is None or found.peak is None or change.hardware != tried.hardware:
        return False
    stays = sum(found.memory.values())
    return stays + (found.peak - stays) * (before or 1) / parts > _FAR * found.available


def changes(settings: Mapping[str, Any], hardware: Hardware) -> Iterator[Change]:
    """First those that train the very same, then those that train otherwise, then more chips, then smaller batches."""
    rows = -(-settings["batchSize"] // hardware.chips)
    parts = settings["gradientAccumulation"]
    more = [factor for factor in (2, 4, 8, 16, 32, 64) if factor <= rows // parts]
    kept: dict[str, Any] = {}
    if not settings["remat"]:
        kept = {"remat": True}
        yield Change("remat", kept, hardware)
    for factor in more:
        found = {**kept, "gradientAccumulation": parts * factor}
        yield Change(_named(found), found, hardware)
    if hardware.chips > 1 and settings["sharding"] == "replicated":
        sharded = {**kept, "sharding": "fsdp", **({"gradientAccumulation": parts * more[-1]} if more else {})}
        yield Change(_named(sharded), sharded, hardware)
        kept = sharded
    if settings["task"] == "causal-lm":
        if settings["precision"] == "float32":
            kept = {**kept, "precision": "bfloat16"}
            yield Change(_named(kept), kept, hardware)
        if not settings.get("lora"):
            adapted = {**kept, "lora": _LORA, "precision": "bfloat16"}
            yield Change(_named(adapted), adapted, hardware)
            kept = adapted
    for larger in _larger(hardware):
        yield Change(larger.name, {}, larger)
        if kept:
            yield Change(f"{larger.name} with {_named(kept)}", kept, larger)
    batch = settings["batchSize"] // 2
    while batch >= hardware.chips:
        yield Change(f"batchSize {batch}", {"batchSize": batch, "gradientAccumulation": 1}, hardware)
        batch //= 2


def largest_batch(
    settings: Mapping[str, Any], hardware: Hardware, first: Attempt, compile: Compile, tell: Tell
) -> int | None:
    """
    Rows of a step: the largest found, from the top down, as what does not fit is told at once and what fits takes long.
    A step of the search is a sixteenth. None where not even a row for each chip fits.
    """
    stays = sum(first.memory.get(name, 0) for name in ("parameters", "optimizerState", "frozenParameters", "program"))
    if first.peak is None or first.peak <= stays:
        return first.rows if first.fits else None
    share = settings["gradientAccumulation"] * hardware.chips
    each = (first.peak - stays) / first.rows

    def whole(rows: float) -> int:
        return int(rows // share) * share

    rows = whole(1.1 * (first.available - stays) / each)
    for _ in range(_MOST_ATTEMPTS):
        if first.fits and rows <= first.rows:
            return first.rows
        if rows < share:
            return None
        tell(f"trying a batch of {rows}")
        found = compile({**settings, "batchSize": rows}, hardware)
        if found.fits:
            return rows
        rows = min(rows - share, whole(rows * 15 / 16))
    return first.rows if first.fits else None


def _named(settings: Mapping[str, Any]) -> str:
    names = {
        "remat": "remat",
        "gradientAccumulation": f"gradientAccumulation {settings.get('gradientAccumulation')}",
        "sharding": f"sharding {settings.get('sharding')}",
        "precision": f"precision {settings.get('precision')}",
        "lora": f"lora of rank {_LORA['rank']}",
    }
    return ", ".join(names[name] for name in names if name in settings)


def _larger(hardware: Hardware) -> Iterator[Hardware]:
    generation, topology = str(hardware.topology).split(":")
    order = [*SINGLE_HOSTS, *PODS]
    for larger in order[order.index(topology) + 1 :][:3]:
        yield find_hardware({"tpu": generation, "topology": larger})
    if generation == "v5e":
        yield find_hardware({"tpu": "v6e", "topology": topology})
