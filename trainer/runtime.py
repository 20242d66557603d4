"""Settings of JAX that must stand before it is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path


def configure(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keeps compiled programs between processes: in JAX_COMPILATION_CACHE_DIR, RETEMPER_CACHE or the user's cache."""
    cache = Path(environment.get("RETEMPER_CACHE") or Path.home() / ".cache" / "retemper")
    environment.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache / "jax"))
    # The default keeps only what took a second; a server starts faster when all is kept.
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
