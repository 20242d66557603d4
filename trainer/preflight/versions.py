"""What decides what is compiled, beside the question: the compilers and this program. Found without JAX."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_TRAINER = Path(__file__).parent.parent


def compiler() -> Path | None:
    """The TPU's compiler, where JAX looks for it: `TPU_LIBRARY_PATH`, or the package `libtpu`; None where it lacks."""
    named = os.environ.get("TPU_LIBRARY_PATH")
    if named and Path(named).is_file():
        return Path(named)
    package = find_spec("libtpu")
    if package is None or package.origin is None:
        return None
    library = Path(package.origin).parent / "libtpu.so"
    return library if library.is_file() else None


def versions() -> dict[str, str]:
    library = compiler()
    return {"jax": version("jax"), "libtpu": "none" if library is None else _libtpu(library)}


def _libtpu(library: Path) -> str:
    # Unpacked beside its metadata, in an environment or in a folder of its own.
    for metadata in library.parent.parent.glob("libtpu-*.dist-info"):
        return metadata.name.removeprefix("libtpu-").removesuffix(".dist-info")
    try:
        return version("libtpu")
    except PackageNotFoundError:
        return f"unknown, {library.stat().st_size} bytes"


def program_digest() -> str:
    """Of the sources whose steps are compiled."""
    digest = hashlib.sha256()
    for path in sorted(_TRAINER.rglob("*.py")):
        if not {"tests", "testing", "serve"} & set(path.relative_to(_TRAINER).parts):
            digest.update(path.read_bytes())
    return digest.hexdigest()
