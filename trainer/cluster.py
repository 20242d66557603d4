"""
Several hosts as one program, by `jax.distributed`, from what Vertex AI tells each of them.

CLUSTER_SPEC (and TF_CONFIG, which older containers read) lists the hosts of each worker pool:
https://cloud.google.com/vertex-ai/docs/training/distributed-training#cluster-variables
On slices of Cloud TPU, JAX finds the hosts by itself (TPU_WORKER_HOSTNAMES, MEGASCALE_*).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from trainer.errors import InputError, Terminated
from trainer.log import log

# Hosts agree on what one of them was told only every so many steps: it costs a message to each.
_STEPS_BETWEEN = 8
_PORT = "2222"
# The pools of a CustomJob whose hosts train; the others (parameter servers, evaluators) are not for us.
_POOLS = ("workerpool0", "workerpool1")
_ROLES = ("chief", "worker")


@dataclass(frozen=True)
class Cluster:
    coordinator: str
    """host:port of the first host."""
    hosts: int
    index: int


def find_cluster(environment: Mapping[str, str]) -> Cluster | None:
    """What CLUSTER_SPEC or TF_CONFIG says; None where this host is alone. Raises InputError where it makes no sense."""
    for variable, pools in (("CLUSTER_SPEC", _POOLS), ("TF_CONFIG", _ROLES)):
        text = environment.get(variable)
        if text:
            return _parse(variable, text, pools)
    return None


def _parse(variable: str, text: str, pools: tuple[str, ...]) -> Cluster | None:
    try:
        value = json.loads(text)
        members = [(pool, index, host) for pool in pools for index, host in enumerate(value["cluster"].get(pool, []))]
        task = value["task"]["type"], int(value["task"]["index"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("INVALID_ARGUMENTS", f"{variable} is not a cluster of Vertex AI: {error!r}") from error
    if len(members) < 2:
        return None
    places = [(pool, index) for pool, index, _ in members]
    if task not in places:
        raise InputError("INVALID_ARGUMENTS", f"{variable}: the task {task} is not one of {places}.")
    host = str(members[0][2])
    return Cluster(host if ":" in host else f"{host}:{_PORT}", len(members), places.index(task))


@contextmanager
def joined(environment: Mapping[str, str]) -> Iterator[None]:
    """
    Before anything asks JAX for devices. Waits for the other hosts, and at the end too: one that has gone would take
    down whoever still writes.
    """
    _join(environment)
    try:
        yield
    except Terminated:
        _leave()
        raise
    _leave()


def _leave() -> None:
    import jax

    if jax.process_count() == 1:
        return
    from jax.experimental.multihost_utils import sync_global_devices

    sync_global_devices("done")
    jax.distributed.shutdown()


def _join(environment: Mapping[str, str]) -> None:
    import jax

    cluster = find_cluster(environment)
    # On a slice of TPUs its own runtime knows best which host is which: only there do the chips' places agree.
    slices = environment.get("MEGASCALE_COORDINATOR_ADDRESS")
    workers = [one for one in environment.get("TPU_WORKER_HOSTNAMES", "").split(",") if one]
    if slices or len(workers) > 1:
        jax.distributed.initialize()
    elif cluster is not None:
        jax.distributed.initialize(cluster.coordinator, cluster.hosts, cluster.index)
    else:
        return
    log("joined the other hosts", hosts=jax.process_count(), index=jax.process_index())


class Agreement:
    """A question of which every host must act on the same answer at the same step: yes, where any host says yes."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask

    def at(self, step: int) -> bool:
        import jax

        if jax.process_count() == 1:
            return self._ask()
        if step % _STEPS_BETWEEN:
            return False
        import numpy as np
        from jax.experimental.multihost_utils import process_allgather

        return bool(np.asarray(process_allgather(np.asarray(self._ask()))).any())
