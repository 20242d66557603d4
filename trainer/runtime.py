"""Settings of JAX that must stand before it is imported."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from pathlib import Path

# On CPUs, operations in the order that needs the least memory, not the one that lets most of them run side by side: a
# matrix product keeps all cores busy by itself. Other devices do not read it.
_LEAST_MEMORY = "--xla_cpu_enable_concurrency_optimized_scheduler"


def configure(environment: MutableMapping[str, str] = os.environ) -> None:
    """
    Keeps compiled programs between processes: in JAX_COMPILATION_CACHE_DIR, RETEMPER_CACHE or the user's cache. Orders
    what runs on CPUs for the least memory, unless XLA_FLAGS says otherwise.
    """
    cache = Path(environment.get("RETEMPER_CACHE") or Path.home() / ".cache" / "retemper")
    environment.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache / "jax"))
    # The default keeps only what took a second; a server starts faster when all is kept.
    environment.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
    flags = environment.get("XLA_FLAGS", "")
    if _LEAST_MEMORY not in flags:
        environment["XLA_FLAGS"] = f"{flags} {_LEAST_MEMORY}=false".strip()
