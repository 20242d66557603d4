"""Training state on disk: one safetensors file a checkpoint, whole or absent."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from trainer.files import write_atomically
from trainer.log import log
from trainer.selection import Validation

_KEPT = 2
_NAME = re.compile(r"checkpoint-(\d+)\.safetensors")


@dataclass(frozen=True)
class Restored:
    step: int
    """Steps done."""
    state: Any
    history: list[Validation]
    """Every validation until then."""


class Checkpoints:
    """
    Checkpoints of one training: those of another (other data, model or configuration) are passed over. Beside them lie
    the parameters of the best step so far, which a checkpoint names.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def save(self, step: int, state: Any, history: Sequence[Validation] = (), best: int | None = None) -> None:
        """`step` is the number of steps done, `best` one whose parameters were saved. The newest two are kept."""
        tensors = {name: np.asarray(leaf) for name, leaf in _named_leaves(state)}
        metadata = {"step": str(step), "fingerprint": self._fingerprint, "history": json.dumps(list(history))}
        if best is not None:
            metadata["best"] = self._best(best).name
        path = self._folder / f"checkpoint-{step:08}.safetensors"
        write_atomically(path, lambda temporary: save_file(tensors, str(temporary), metadata=metadata))
        self._remove_old()

    def restore(self, template: Any) -> Restored | None:
        """The newest sound checkpoint, in the template's structure; None to begin at the beginning."""
        for step, path in self._newest_first():
            try:
                metadata = _metadata(path)
                if metadata.get("fingerprint") != self._fingerprint:
                    log("a checkpoint of another training is passed over", checkpoint=path.name)
                    continue
                if "best" in metadata:
                    _metadata(self._folder / metadata["best"])
                with safe_open(str(path), framework="np") as file:
                    leaves = [file.get_tensor(name) for name, _ in _named_leaves(template)]
            except (SafetensorError, OSError) as error:
                log("a broken checkpoint is passed over", checkpoint=path.name, error=str(error))
                continue
            state = jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(template), leaves)
            return Restored(step, state, json.loads(metadata["history"]))
        return None

    def save_best(self, step: int, parameters: dict[str, np.ndarray]) -> None:
        write_atomically(self._best(step), lambda temporary: save_file(parameters, str(temporary)))

    def load_best(self, step: int) -> dict[str, np.ndarray]:
        return load_file(str(self._best(step)))

    def _best(self, step: int) -> Path:
        return self._folder / f"best-{step:08}.safetensors"

    def _remove_old(self) -> None:
        newest = self._newest_first()
        for _, old in newest[_KEPT:]:
            old.unlink(missing_ok=True)
        named = set()
        for _, path in newest[:_KEPT]:
            try:
                named.add(_metadata(path).get("best"))
            except (SafetensorError, OSError):
                continue
        for path in self._folder.glob("best-*.safetensors"):
            if path.name not in named:
                path.unlink(missing_ok=True)

    def _newest_first(self) -> list[tuple[int, Path]]:
        found = [(int(match[1]), path) for path in self._folder.glob("*") if (match := _NAME.fullmatch(path.name))]
        return sorted(found, reverse=True)


def _metadata(path: Path) -> dict[str, str]:
    with safe_open(str(path), framework="np") as file:
        return file.metadata() or {}


def _named_leaves(tree: Any) -> list[tuple[str, Any]]:
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return [(jax.tree_util.keystr(path), leaf) for path, leaf in leaves]
