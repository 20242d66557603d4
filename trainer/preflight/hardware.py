"""
What chips can do at the most, and how a slice's chips are laid out over hosts. Vendors' peak figures; estimates rest on
them. v5e: https://cloud.google.com/tpu/docs/v5e, v6e: https://cloud.google.com/tpu/docs/v6e, H100:
https://www.nvidia.com/en-us/data-center/h100, C3: https://cloud.google.com/compute/docs/general-purpose-machines#c3_series
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trainer.errors import InputError

_GIB = 2**30


@dataclass(frozen=True)
class Chip:
    flops: float
    """A second, of matrices in bfloat16 (TPUs multiply float32 so, too, unless they are told otherwise)."""
    bandwidth: float
    """Bytes a second, of its memory."""
    memory: int
    """Bytes that a program can have; of a TPU, what XLA says."""
    link: float
    """Bytes a second to the other chips, all links together; 0 for a machine that is one chip here."""


@dataclass(frozen=True)
class Hardware:
    name: str
    chip: Chip
    chips: int
    hosts: int
    topology: str | None = None
    """As XLA calls it, `v5e:2x4`; None for what cannot be compiled for here."""
    host_bounds: tuple[int, int, int] = (1, 1, 1)
    """Chips of a host, along each axis."""


CHIPS = {
    "v5e": Chip(197e12, 819e9, int(15.75 * _GIB), 200e9),
    "v6e": Chip(918e12, 1640e9, int(31.25 * _GIB), 448e9),
}
_H100 = Chip(989e12, 3350e9, int(79 * _GIB), 450e9)
# Of a virtual core, half of a physical one: AVX-512 in float32, and its share of eight channels of memory.
_C3_CORE = Chip(80e9, 3.5e9, 0, 0.0)

SINGLE_HOSTS = {"1x1": (1, 1, 1), "2x2": (2, 2, 1), "2x4": (2, 4, 1)}
PODS = ("4x4", "4x8", "8x8", "8x16", "16x16")
_POD_HOST = (2, 2, 1)
_C3_GB = {"highcpu": 2, "standard": 4, "highmem": 8}


def find_hardware(request: Mapping[str, Any]) -> Hardware:
    """
    Of `{tpu, topology, hosts?}` or `{machine}`. 2x4 is the single host of eight chips, unless `hosts` is 2.
    Raises InputError.
    """
    return _tpu(request) if "tpu" in request else _machine(str(request["machine"]))


def _tpu(request: Mapping[str, Any]) -> Hardware:
    generation, topology = str(request["tpu"]), str(request["topology"])
    known = [*SINGLE_HOSTS, *PODS]
    if generation not in CHIPS or topology not in known:
        raise InputError(
            "INVALID_CONFIG",
            f"There is no TPU {generation} {topology}: take one of {', '.join(CHIPS)} with {', '.join(known)}.",
        )
    columns, rows = (int(side) for side in topology.split("x"))
    chips = columns * rows
    bounds = SINGLE_HOSTS.get(topology, _POD_HOST)
    asked = request.get("hosts")
    if asked == 2 and topology == "2x4":
        bounds = _POD_HOST
    hosts = chips // (bounds[0] * bounds[1])
    if asked not in (None, hosts):
        raise InputError("INVALID_CONFIG", f"TPU {generation} {topology} has {hosts} hosts, not {asked}.")
    name = f"TPU {generation} {topology}" + (f" on {hosts} hosts" if hosts > 1 else "")
    return Hardware(name, CHIPS[generation], chips, hosts, f"{generation}:{topology}", bounds)


def _machine(machine: str) -> Hardware:
    gpu = re.fullmatch(r"a3-(?:high|mega)gpu-(\d+)g", machine)
    if gpu:
        return Hardware(machine, _H100, int(gpu[1]), 1)
    cpu = re.fullmatch(r"c3-(highcpu|standard|highmem)-(\d+)", machine)
    if cpu:
        cores = int(cpu[2])
        chip = Chip(_C3_CORE.flops * cores, _C3_CORE.bandwidth * cores, cores * _C3_GB[cpu[1]] * _GIB, 0.0)
        return Hardware(machine, chip, 1, 1)
    raise InputError("INVALID_CONFIG", f"Nothing is known of {machine}: take a TPU, an A3 or a C3 machine.")
