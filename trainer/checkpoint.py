"""Training state on disk: one safetensors file a checkpoint, whole or absent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from trainer.files import write_atomically
from trainer.log import log

_KEPT = 2
_NAME = re.compile(r"checkpoint-(\d+)\.safetensors")


class Checkpoints:
    """Checkpoints of one training: those of another (other data, model or configuration) are passed over."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def save(self, step: int, state: Any) -> None:
        """`step` is the number of steps done. The newest two are kept."""
        tensors = {name: np.asarray(leaf) for name, leaf in _named_leaves(state)}
        metadata = {"step": str(step), "fingerprint": self._fingerprint}
        path = self._folder / f"checkpoint-{step:08}.safetensors"
        write_atomically(path, lambda temporary: save_file(tensors, str(temporary), metadata=metadata))
        for _, old in self._newest_first()[_KEPT:]:
            old.unlink(missing_ok=True)

    def restore(self, template: Any) -> tuple[int, Any] | None:
        """The newest sound checkpoint's step and state, in the template's structure; None to begin at the beginning."""
        for step, path in self._newest_first():
            try:
                with safe_open(str(path), framework="np") as file:
                    if (file.metadata() or {}).get("fingerprint") != self._fingerprint:
                        log("a checkpoint of another training is passed over", checkpoint=path.name)
                        continue
                    leaves = [file.get_tensor(name) for name, _ in _named_leaves(template)]
            except (SafetensorError, OSError) as error:
                log("a broken checkpoint is passed over", checkpoint=path.name, error=str(error))
                continue
            return step, jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(template), leaves)
        return None

    def _newest_first(self) -> list[tuple[int, Path]]:
        found = [(int(match[1]), path) for path in self._folder.glob("*") if (match := _NAME.fullmatch(path.name))]
        return sorted(found, reverse=True)


def _named_leaves(tree: Any) -> list[tuple[str, Any]]:
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return [(jax.tree_util.keystr(path), leaf) for path, leaf in leaves]
