"""One mesh over all chips: a batch's rows spread over them; parameters on each of them, or a part of each on one."""

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


def fully_sharded(shape: tuple[int, ...], mesh: Mesh) -> NamedSharding:
    """Along the longest axis that divides by the number of chips (a vocabulary seldom does); else a copy on each."""
    axes = [axis for axis, size in enumerate(shape) if size and size % mesh.size == 0]
    if not axes:
        return replicated(mesh)
    longest = max(axes, key=lambda axis: shape[axis])
    return NamedSharding(mesh, PartitionSpec(*(_DATA if axis == longest else None for axis in range(len(shape)))))


def shardings(tree: Any, mesh: Mesh, sharding: str) -> Any:
    """Of every leaf: `replicated` or `fsdp`."""
    if sharding == "replicated":
        return jax.tree.map(lambda _: replicated(mesh), tree)
    return jax.tree.map(lambda leaf: fully_sharded(np.shape(leaf), mesh), tree)


def rows_that_divide(rows: int, mesh: Mesh, parts: int = 1) -> int:
    """The batch size, rounded up to what every chip can have an equal part of, in each of so many parts."""
    share = mesh.size * parts
    return -(-rows // share) * share


def replicate(tree: Any, mesh: Mesh) -> Any:
    return place(tree, jax.tree.map(lambda _: replicated(mesh), tree))


def place(tree: Any, places: Any) -> Any:
    """Each leaf, which every host knows whole, to where it belongs."""
    if jax.process_count() == 1:
        return jax.device_put(tree, places)
    return jax.tree.map(
        lambda leaf, where: jax.make_array_from_callback(np.shape(leaf), where, np.asarray(leaf).__getitem__),
        tree,
        places,
    )


def gather(tree: Any, mesh: Mesh) -> Any:
    """The whole of each leaf, on every host, as NumPy arrays. Every host must call it."""
    if all(leaf.is_fully_replicated or leaf.is_fully_addressable for leaf in jax.tree.leaves(tree)):
        return jax.tree.map(np.asarray, tree)
    whole = jax.jit(lambda leaves: leaves, out_shardings=replicated(mesh))(tree)
    return jax.tree.map(np.asarray, whole)


def spread(batch: Mapping[str, np.ndarray], mesh: Mesh) -> dict[str, jax.Array]:
    """Each chip gets its rows, on whichever host it is: every host knows the whole batch."""
    sharding = by_rows(mesh)
    return {
        name: jax.make_array_from_callback(array.shape, sharding, array.__getitem__) for name, array in batch.items()
    }


def is_leader() -> bool:
    """Whether this process writes the files."""
    return jax.process_index() == 0
