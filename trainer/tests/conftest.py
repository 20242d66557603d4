from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Before anything imports JAX: compiled programs are shared by the tests of a run and the processes that they start.
_cache = tempfile.TemporaryDirectory(prefix="jax-cache-")
os.environ["JAX_COMPILATION_CACHE_DIR"] = _cache.name
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent.parent)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from trainer.testing.tiny_bert import write_tiny_bert

    folder = tmp_path_factory.mktemp("base")
    write_tiny_bert(folder)
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from trainer.tests.samples import write_data

    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, base: Path, data: Path) -> Path:
    """A model that has learnt the samples."""
    from trainer.tests.runs import train

    folder = tmp_path_factory.mktemp("trained")
    assert train(base, data, folder).status == 0
    return folder / "model"
