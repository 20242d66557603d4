"""What of a chip's memory a compiled program takes, and what takes it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

_MOST_BUFFERS = 8

# As in `f32[64,12,128,128]{3,2,1,0:T(8,128)S(1)}`; S(1) is the chip's fast memory, not its HBM.
_RESULT = re.compile(r"^\s*(?:ROOT )?%?[\w.-]+ = ([a-z]+\d*)\[([\d,]*)\](?:\{([^}]*)\})? ([\w-]+)\(")
_WHERE = re.compile(r'op_name="([^"]+)"')
_BITS = re.compile(r"\d+")

# They are other instructions' memory, or none.
_NO_MEMORY = {"parameter", "constant", "bitcast", "get-tuple-element", "tuple", "copy-done", "slice-done", "broadcast"}


@dataclass(frozen=True)
class Buffer:
    bytes: int
    shape: str
    what: str
    """The operation in the model's own terms."""


def peak(compiled: Any) -> int:
    """Bytes a chip, the program's own code included. Arguments and temporaries do not add up to it: they share."""
    found = compiled.memory_analysis()
    return int(found.peak_memory_in_bytes) + int(found.generated_code_size_in_bytes)


def largest_buffers(program: str) -> list[Buffer]:
    """The largest results of a compiled program's instructions, a chip's share; equal ones count once each."""
    found: dict[tuple[str, str], Buffer] = {}
    entry = program[program.rfind("\nENTRY ") :]
    for line in entry.splitlines():
        match = _RESULT.match(line)
        if match is None or match[4] in _NO_MEMORY or "S(1)" in (match[3] or ""):
            continue
        shape = f"{match[1]}[{match[2]}]"
        where = _WHERE.search(line)
        what = _readable(where[1]) if where else match[4]
        found.setdefault((shape, what), Buffer(_bytes(match[1], match[2]), shape, what))
    return sorted(found.values(), key=lambda buffer: -buffer.bytes)[:_MOST_BUFFERS]


def _bytes(kind: str, sides: str) -> int:
    bits = _BITS.search(kind)
    count = math.prod(int(side) for side in sides.split(",") if side)
    return count * max(1, int(bits[0]) // 8 if bits else 1)


def _readable(name: str) -> str:
    """`jit(advance)/transpose(jvp(…))/dot_general` as what it is part of, and what it does."""
    backward = "transpose(" in name
    last = name.rsplit("/", 1)[-1]
    return f"{'backward' if backward else 'forward'}: {last}" if "jvp" in name else last


@dataclass(frozen=True)
class Shortage:
    """What XLA says where memory does not suffice."""

    needed: int | None
    """Bytes, of `temporaries` alone where it says so."""
    temporaries: bool
    available: int | None
    message: str
    buffers: list[Buffer]


_SIZE = r"([\d.]+)([KMGT]?)i?B?"
_NEEDED = [
    re.compile(rf"Used {_SIZE} of {_SIZE} hbm", re.IGNORECASE),
    re.compile(rf"\({_SIZE}\) exceeds available HBM \({_SIZE}\)", re.IGNORECASE),
]
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
_ALLOCATION = re.compile(
    rf"Size: {_SIZE}\s*\n(?:.*\n)*?\s*Operator: op_name=\"([^\"]*)\"(?:.*\n)*?\s*Shape: (\S+)", re.IGNORECASE
)


def read_shortage(message: str) -> Shortage | None:
    """From an error of XLA; None where it is another one."""
    if "RESOURCE_EXHAUSTED" not in message:
        return None
    needed = available = None
    match = next((match for pattern in _NEEDED if (match := pattern.search(message))), None)
    if match:
        needed, available = _size(match[1], match[2]), _size(match[3], match[4])
    buffers = [
        Buffer(_size(match[1], match[2]), match[4].split("{", 1)[0], _readable(match[3]))
        for match in _ALLOCATION.finditer(message)
    ]
    first = message.split("\n", 1)[0].removeprefix("RESOURCE_EXHAUSTED: ")
    return Shortage(
        needed,
        "temporaries" in first,
        available,
        first,
        sorted(buffers, key=lambda buffer: -buffer.bytes)[:_MOST_BUFFERS],
    )


def _size(number: str, unit: str) -> int:
    return int(float(number) * _UNITS[unit.upper()])
