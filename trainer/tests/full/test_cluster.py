"""Several hosts, as Vertex AI lays them out."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.cluster import Cluster, find_cluster
from trainer.errors import InputError
from trainer.tests.runs import read_json, start, train, train_arguments

CONFIG: dict[str, Any] = {"epochs": 2, "batchSize": 18, "learningRate": 1e-3, "checkpointEvery": 4, "sharding": "fsdp"}


def spec(hosts: list[str], pool: str, index: int) -> str:
    cluster = {"workerpool0": hosts[:1], "workerpool1": hosts[1:]}
    return json.dumps({"cluster": cluster, "environment": "cloud", "task": {"type": pool, "index": index}})


def test_the_first_pool_has_the_first_host() -> None:
    hosts = ["a:2222", "b:2222", "c:2222"]
    assert find_cluster({"CLUSTER_SPEC": spec(hosts, "workerpool0", 0)}) == Cluster("a:2222", 3, 0)
    assert find_cluster({"CLUSTER_SPEC": spec(hosts, "workerpool1", 1)}) == Cluster("a:2222", 3, 2)
    older = {"cluster": {"chief": ["a"], "worker": ["b"]}, "task": {"type": "worker", "index": 0}}
    assert find_cluster({"TF_CONFIG": json.dumps(older)}) == Cluster("a:2222", 2, 1)


def test_one_host_is_no_cluster() -> None:
    assert find_cluster({}) is None
    assert find_cluster({"CLUSTER_SPEC": spec(["a:2222"], "workerpool0", 0)}) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", spec(["a:2222", "b:2222"], "workerpool2", 0)])
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        find_cluster({"CLUSTER_SPEC": text})
    assert refused.value.code == "INVALID_ARGUMENTS"


def start_both(base: Path, data: Path, folder: Path, **config: Any) -> list[subprocess.Popen[str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    hosts = [address, "127.0.0.1:1"]
    arguments = train_arguments(base, data, folder, **CONFIG | config)
    return [start(arguments, CLUSTER_SPEC=spec(hosts, f"workerpool{index}", 0)) for index in (0, 1)]


def finish(processes: list[subprocess.Popen[str]], status: int) -> list[str]:
    outputs = []
    try:
        for process in processes:
            output, errors = process.communicate(timeout=600)
            assert process.returncode == status, errors
            outputs.append(output)
    finally:
        for process in processes:
            process.kill()
    return outputs


def test_two_hosts_train_what_one_trains(base: Path, data: Path, tmp_path: Path) -> None:
    first, second = finish(start_both(base, data, tmp_path / "two"), 0)
    # One of them reports.
    assert '"phase"' in first and '"phase"' not in second
    assert train(base, data, tmp_path / "one", **CONFIG).status == 0
    one, two = (load_file(tmp_path / name / "model" / "model.safetensors") for name in ("one", "two"))
    for name, value in one.items():
        np.testing.assert_allclose(two[name], value, atol=2e-4, err_msg=name)
    losses = [read_json(tmp_path / name / "metrics.json")["validationLoss"] for name in ("one", "two")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


def test_a_signal_to_one_host_stops_both_and_they_go_on(base: Path, data: Path, tmp_path: Path) -> None:
    config = {"epochs": 4, "checkpointEvery": 8}
    cut = start_both(base, data, tmp_path / "cut", **config)
    checkpoints = tmp_path / "cut" / "checkpoints"
    deadline = time.monotonic() + 120
    while not list(checkpoints.glob("checkpoint-*.safetensors")):
        assert all(one.poll() is None for one in cut) and time.monotonic() < deadline
        time.sleep(0.01)
    cut[1].send_signal(signal.SIGTERM)
    finish(cut, 143)
    first, _ = finish(start_both(base, data, tmp_path / "cut", **config), 0)
    assert "goes on" in first
    finish(start_both(base, data, tmp_path / "whole", **config), 0)
    one, other = (tmp_path / name / "model" / "model.safetensors" for name in ("cut", "whole"))
    assert one.read_bytes() == other.read_bytes()
