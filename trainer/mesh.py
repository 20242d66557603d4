"""One mesh over all chips: parameters on each of them, a batch's rows spread over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

_DATA = "data"


def data_mesh() -> Mesh:
    return Mesh(np.asarray(jax.devices()), (_DATA,))


def replicated(mesh: Mesh) -> NamedSharding:
    return NamedSharding(mesh, PartitionSpec())


def by_rows(mesh: Mesh) -> NamedSharding:
    return NamedSharding(mesh, PartitionSpec(_DATA))


def rows_that_divide(rows: int, mesh: Mesh) -> int:
    """The batch size, rounded up to what every chip can have an equal part of."""
    return -(-rows // mesh.size) * mesh.size


def replicate(tree: Any, mesh: Mesh) -> Any:
    return jax.device_put(tree, replicated(mesh))


def spread(batch: Mapping[str, np.ndarray], mesh: Mesh) -> dict[str, jax.Array]:
    """Each chip gets its rows, on whichever host it is: every host knows the whole batch."""
    sharding = by_rows(mesh)
    return {
        name: jax.make_array_from_callback(array.shape, sharding, array.__getitem__) for name, array in batch.items()
    }


def is_leader() -> bool:
    """Whether this process writes the files."""
    return jax.process_index() == 0
