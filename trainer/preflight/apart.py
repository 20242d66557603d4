"""An attempt in a process of its own: the TPU's compiler may crash, and what it has read of memory goes with it."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from trainer.errors import InputError
from trainer.preflight.hardware import Chip, Hardware

# Its threads overflow the usual 8 MiB on large programs; a thread's stack is as large as the process's may be.
_STACK_BYTES = 256 * 2**20

_BAD_INPUT = 2


def attempt_apart(
    config: Mapping[str, Any], settings: Mapping[str, Any], labels: int, hardware: Hardware, effort: str
) -> dict[str, Any]:
    """`compiling.attempt` as JSON. Raises InputError; a crash of the compiler is an attempt that does not fit."""
    question = {
        "config": config,
        "settings": settings,
        "labels": labels,
        "hardware": asdict(hardware),
        "effort": effort,
    }
    done = subprocess.run(
        [sys.executable, "-m", "trainer.preflight.apart"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        preexec_fn=_more_stack,
    )
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if done.returncode == _BAD_INPUT:
        error = json.loads(done.stdout.splitlines()[-1])
        raise InputError(error["error"], error["message"], error["problems"])
    if done.returncode < 0:
        return _crashed(hardware, settings, effort, signal.Signals(-done.returncode).name)
    raise RuntimeError(f"The attempt ended with {done.returncode}:\n{done.stderr[-4000:]}")


def _crashed(hardware: Hardware, settings: Mapping[str, Any], effort: str, name: str) -> dict[str, Any]:
    return {
        "fits": False,
        "effort": effort,
        "rows": settings["batchSize"],
        "peak": None,
        "available": hardware.chip.memory,
        "memory": {},
        "validation_peak": None,
        "buffers": [],
        "reason": f"the TPU's compiler itself crashed ({name}), which says nothing of the training",
        "train": None,
        "validate": None,
        "seconds": 0.0,
    }


def _more_stack() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    size = _STACK_BYTES if most == resource.RLIM_INFINITY else min(_STACK_BYTES, most)
    resource.setrlimit(resource.RLIMIT_STACK, (size, most))


def _answer() -> int:
    from trainer.preflight.topology import configure

    configure()
    from trainer.preflight.compiling import attempt

    question = json.load(sys.stdin)
    hardware = question["hardware"]
    bounds = tuple(hardware["host_bounds"])
    where = Hardware(**{**hardware, "chip": Chip(**hardware["chip"]), "host_bounds": bounds})
    try:
        found = attempt(question["config"], question["settings"], question["labels"], where, question["effort"])
    except InputError as error:
        print(error.to_json(), flush=True)
        return _BAD_INPUT
    print(json.dumps(asdict(found)), flush=True)
    return 0


if __name__ == "__main__":
    import os

    status = _answer()
    # As in __main__.py: the end of XLA's threads must not make a failure of what is done.
    os._exit(status)
