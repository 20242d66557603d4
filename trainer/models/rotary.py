"""
Rotary positions, with the ways to stretch them that transformers knows by `rope_type`.

https://arxiv.org/abs/2104.09864; `default`, `linear`, `llama3` (https://arxiv.org/abs/2407.21783).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainer.models.base import Config

ROPE_TYPES = ("default", "linear", "llama3")

Rope = Mapping[str, Any]
"""`rope_theta`, `rope_type`, and what the type needs."""


def rope_of(config: Config, kind: str | None = None, theta: float = 10_000.0) -> Rope:
    """
    What `config.json` says, in its form of now (`rope_parameters`, by kind of layer where there are several) or the
    older one (`rope_theta` and `rope_scaling`).
    """
    given = config.get("rope_parameters")
    if isinstance(given, dict) and kind in given:
        given = given[kind]
    older = {"rope_theta": config.get("rope_theta") or theta, **(config.get("rope_scaling") or {})}
    rope = {**older, **(given or {})}
    return {**rope, "rope_type": rope.get("rope_type") or rope.get("type") or "default"}


def rope_problems(rope: Rope) -> list[str]:
    kind = rope["rope_type"]
    if kind not in ROPE_TYPES:
        return [f"rotary positions of type {kind!r}, which is not one of {', '.join(ROPE_TYPES)}"]
    needed = {
        "default": [],
        "linear": ["factor"],
        "llama3": ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"],
    }[kind]
    found = [f"rotary positions of type {kind!r} without {name}" for name in needed if name not in rope]
    if rope.get("partial_rotary_factor", 1.0) != 1.0:
        found.append("rotary positions of a part of each head (partial_rotary_factor)")
    return found


def frequencies(rope: Rope, size: int) -> np.ndarray:
    """Radians a token, [size / 2]."""
    exponents = np.arange(0, size, 2, dtype=np.float32) / np.float32(size)
    plain = (1.0 / np.float32(rope["rope_theta"]) ** exponents).astype(np.float32)
    if rope["rope_type"] == "linear":
        return plain / np.float32(rope["factor"])
    if rope["rope_type"] == "llama3":
        return _llama3(rope, plain)
    return plain


def _llama3(rope: Rope, plain: np.ndarray) -> np.ndarray:
    """Slow waves are stretched, fast ones are not, and those between are mixed."""
    low, high, length = (rope[name] for name in ("low_freq_factor", "high_freq_factor", _LENGTH))
    waves = 2 * math.pi / plain
    share = np.clip((length / waves - low) / (high - low), 0.0, 1.0)
    return ((1 - share) * plain / rope["factor"] + share * plain).astype(np.float32)


_LENGTH = "original_max_position_embeddings"


def rotation(rope: Rope, size: int, positions: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Cosines and sines of positions [rows, length]: [rows, length, 1, size], float32."""
    angles = positions[..., None].astype(jnp.float32) * frequencies(rope, size)
    angles = jnp.concatenate([angles, angles], axis=-1)[:, :, None, :]
    return jnp.cos(angles), jnp.sin(angles)


def rotate(inputs: jax.Array, cosines: Any, sines: Any) -> jax.Array:
    """[rows, length, heads, size], in float32 whatever the precision around it."""
    exact = inputs.astype(jnp.float32)
    first, second = jnp.split(exact, 2, -1)
    turned = jnp.concatenate([-second, first], axis=-1)
    return (exact * cosines + turned * sines).astype(inputs.dtype)
