"""Many devices compute what one does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.tests.runs import read_json, start, train_arguments

# Steps few enough that rounding has not grown; a batch size that four devices cannot share evenly.
CONFIG = {"epochs": 1, "batchSize": 18, "learningRate": 1e-3}


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
