"""What decides what is compiled, beside the question: the compilers and this program. Found without JAX."""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

_TRAINER = Path(__file__).parent.parent


def compiler() -> Path | None:
    """
    The TPU's compiler: `TPU_LIBRARY_PATH`, the package `libtpu`, or what `retemper preflight` put into the cache. None
    where it is in none of them.
    """
    named = os.environ.get("TPU_LIBRARY_PATH")
    package = find_spec("libtpu")
    places = [Path(named)] if named else []
    places += [Path(package.origin).parent / "libtpu.so"] if package and package.origin else []
    places += sorted(cache_folder().glob("libtpu-*/libtpu/libtpu.so"), reverse=True)
    return next((place for place in places if place.is_file()), None)


def cache_folder() -> Path:
    """`RETEMPER_CACHE`, or the user's."""
    return Path(os.environ.get("RETEMPER_CACHE") or Path.home() / ".cache" / "retemper")


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
