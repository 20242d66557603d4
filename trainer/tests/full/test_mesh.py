"""Many devices compute what one does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.tests.runs import read_json, start, train_arguments

# Steps few enough that rounding has not grown; a batch size that four devices cannot share evenly.
CONFIG = {"epochs": 1, "batchSize": 18, "learningRate": 1e-3}


def test_fsdp_over_eight_devices_and_one(base: Path, data: Path, tmp_path: Path) -> None:
    """Each chip holds a part of the parameters; a run that began on one device goes on on eight."""
    config = CONFIG | {"epochs": 2, "checkpointEvery": 3, "sharding": "fsdp", "validateEvery": 100}
    for name, count in (("1", 1), ("8", 8)):
        process = start(
            train_arguments(base, data, tmp_path / name, **config),
            XLA_FLAGS=f"--xla_force_host_platform_device_count={count}",
        )
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors
    one, eight = (load_file(tmp_path / count / "model" / "model.safetensors") for count in ("1", "8"))
    for name, value in one.items():
        np.testing.assert_allclose(eight[name], value, atol=2e-4, err_msg=name)

    checkpoints = tmp_path / "8" / "checkpoints"
    for path in tmp_path.glob("1/checkpoints/checkpoint-*"):
        (checkpoints / path.name).write_bytes(path.read_bytes())
    process = start(
        train_arguments(base, data, tmp_path / "8", **config), XLA_FLAGS="--xla_force_host_platform_device_count=8"
    )
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0 and "goes on" in output, errors
    for name, value in load_file(tmp_path / "8" / "model" / "model.safetensors").items():
        np.testing.assert_allclose(one[name], value, atol=2e-4, err_msg=name)


def test_each_chip_holds_an_eighth() -> None:
    """In a process of its own, which has eight devices; a vocabulary of 30,522 is cut along its other axis."""
    program = """
import jax, numpy as np
from trainer.mesh import data_mesh, gather, shardings
mesh = data_mesh()
shapes = {"embeddings": (30522, 384), "norm": (384,), "odd": (3,)}
tree = {name: np.ones(shape, np.float32) for name, shape in shapes.items()}
placed = jax.device_put(tree, shardings(tree, mesh, "fsdp"))
assert len(jax.devices()) == 8
shapes = {name: leaf.addressable_shards[0].data.shape for name, leaf in placed.items()}
assert shapes == {"embeddings": (30522, 48), "norm": (48,), "odd": (3,)}, shapes
whole = gather(placed, mesh)
assert all(np.array_equal(whole[name], tree[name]) for name in tree)
"""
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=8"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_four_devices_and_one(base: Path, data: Path, tmp_path: Path) -> None:
    processes = [
        start(
            train_arguments(base, data, tmp_path / str(count), **CONFIG),
            XLA_FLAGS=f"--xla_force_host_platform_device_count={count}",
        )
        for count in (1, 4)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    one, four = (load_file(tmp_path / count / "model" / "model.safetensors") for count in ("1", "4"))
    for name, value in one.items():
        np.testing.assert_allclose(four[name], value, atol=2e-4, err_msg=name)
    losses = [read_json(tmp_path / count / "metrics.json")["validationLoss"] for count in ("1", "4")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)
