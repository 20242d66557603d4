"""Chips that are not there, for the compiler: a mesh of a TPU slice, on a machine without one."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

import jax
import numpy as np
from jax.sharding import Mesh

from trainer.preflight.hardware import Hardware
from trainer.preflight.versions import compiler

# So that the TPU's compiler neither looks for a TPU nor asks Google's metadata server about one.
_SETTINGS = {
    "JAX_PLATFORMS": "cpu",
    "TPU_SKIP_MDS_QUERY": "1",
    "TPU_WORKER_HOSTNAMES": "localhost",
    "TPU_WORKER_ID": "0",
    # Any will do: the topology is named where it is asked for.
    "TPU_ACCELERATOR_TYPE": "v5litepod-4",
    "ALLOW_MULTIPLE_LIBTPU_LOAD": "1",
    "TPU_MIN_LOG_LEVEL": "3",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def configure(environment: MutableMapping[str, str] = os.environ) -> None:
    """Must be called before JAX has a backend."""
    environment.update(_SETTINGS)
    library = compiler()
    if library is not None:
        environment["TPU_LIBRARY_PATH"] = str(library)
    jax.config.update("jax_platforms", "cpu")
    # Answers are kept by us; programs for chips that are not there are no use to anybody.
    jax.config.update("jax_enable_compilation_cache", False)


def slice_mesh(hardware: Hardware) -> Mesh:
    """As `trainer.mesh.data_mesh` makes it there."""
    from jax.experimental import topologies

    found = topologies.get_topology_desc(
        platform="tpu",
        topology_name=str(hardware.topology),
        chips_per_host_bounds=hardware.host_bounds,
        num_slices=1,
    )
    return Mesh(np.asarray(found.devices), ("data",))
