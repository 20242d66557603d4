"""ModernBERT: `ModernBertForSequenceClassification`. Rotary positions, norms before, gated layers, local attention."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainer.models.base import Batch, Config, Model, Parameters, Shape
from trainer.models.layers import (
    ACTIVATIONS,
    Shapes,
    attend,
    layer_output,
    linear,
    norm,
    problems_of,
    random_linear,
    split_heads,
    visible,
)
from trainer.models.rotary import rotate

_NUMBERS = (
    "hidden_size",
    "intermediate_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "vocab_size",
)
_GLOBAL, _LOCAL = "full_attention", "sliding_attention"

# Those of transformers, where config.json names none: kind of attention → its older name in config.json, its value.
_THETA = {_GLOBAL: ("global_rope_theta", 160_000.0), _LOCAL: ("local_rope_theta", 10_000.0)}


def _problems(config: Config) -> list[str]:
    found = problems_of(config, _NUMBERS, "hidden_activation", {})
    found += problems_of(config, (), "classifier_activation", {})
    if config.get("classifier_pooling", "cls") not in ("cls", "mean"):
        found.append(f"classifier_pooling {config['classifier_pooling']!r} is neither 'cls' nor 'mean'")
    rope = [config.get("rope_scaling"), *(_rope(config, kind) for kind in _THETA)]
    kinds = {str(one.get("rope_type", one.get("type", "default"))) for one in rope if isinstance(one, dict)}
    found += [f"rotary positions of type {kind!r}, not 'default'" for kind in sorted(kinds - {"default"})]
    unknown = set(config.get("layer_types") or []) - set(_THETA)
    found += [f"layer type {kind!r} is not one of {sorted(_THETA)}" for kind in sorted(unknown)]
    return found


def _rope(config: Config, kind: str) -> dict[str, Any]:
    return (config.get("rope_parameters") or {}).get(kind) or {}


def _layer_types(config: Config) -> list[str]:
    every = config.get("global_attn_every_n_layers", 3)
    given = config.get("layer_types")
    return given or [_LOCAL if index % every else _GLOBAL for index in range(config["num_hidden_layers"])]


def _shapes(config: Config, labels: int) -> dict[str, Shape]:
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    norms, attention = config.get("norm_bias", False), config.get("attention_bias", False)
    gated, head = config.get("mlp_bias", False), config.get("classifier_bias", False)
    shapes = Shapes()
    shapes.embedding("model.embeddings.tok_embeddings", config["vocab_size"], hidden)
    shapes.norm("model.embeddings.norm", hidden, norms)
    for index in range(config["num_hidden_layers"]):
        layer = f"model.layers.{index}"
        if index:
            shapes.norm(f"{layer}.attn_norm", hidden, norms)
        shapes.linear(f"{layer}.attn.Wqkv", 3 * hidden, hidden, attention)
        shapes.linear(f"{layer}.attn.Wo", hidden, hidden, attention)
        shapes.norm(f"{layer}.mlp_norm", hidden, norms)
        shapes.linear(f"{layer}.mlp.Wi", 2 * inner, hidden, gated)
        shapes.linear(f"{layer}.mlp.Wo", hidden, inner, gated)
    shapes.norm("model.final_norm", hidden, norms)
    shapes.linear("head.dense", hidden, hidden, head)
    shapes.norm("head.norm", hidden, norms)
    shapes.linear("classifier", labels, hidden)
    return shapes.all


def _initial(config: Config, labels: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """`head.` is a part of the pretrained model; only a checkpoint of the bare encoder lacks it."""
    hidden = config["hidden_size"]
    values = random_linear("classifier", labels, hidden, config.get("initializer_range", 0.02), random)
    values["head.dense.weight"] = np.eye(hidden, dtype=np.float32)
    values["head.norm.weight"] = np.ones(hidden, np.float32)
    if config.get("classifier_bias", False):
        values["head.dense.bias"] = np.zeros(hidden, np.float32)
    if config.get("norm_bias", False):
        values["head.norm.bias"] = np.zeros(hidden, np.float32)
    return dict(values)


def _classify(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    epsilon = config.get("norm_eps", 1e-5)
    hidden = _encode(parameters, config, batch, epsilon)
    if config.get("classifier_pooling", "cls") == "cls":
        pooled = hidden[:, 0]
    else:
        seen = batch["attention_mask"][:, :, None].astype(hidden.dtype)
        pooled = (hidden * seen).sum(axis=1) / seen.sum(axis=1)
    activation = ACTIVATIONS[config.get("classifier_activation", "gelu")]
    pooled = norm(parameters, "head.norm", activation(linear(parameters, "head.dense", pooled)), epsilon)
    return linear(parameters, "classifier", pooled)


def _encode(parameters: Parameters, config: Config, batch: Batch, epsilon: float) -> jax.Array:
    heads = config["num_attention_heads"]
    activation = ACTIVATIONS[config.get("hidden_activation", "gelu")]
    length = batch["input_ids"].shape[1]
    distance = jnp.abs(jnp.arange(length)[:, None] - jnp.arange(length)[None, :])
    seen = batch["attention_mask"][:, None, None, :] > 0
    near = distance[None, None] <= config.get("local_attention", 128) // 2
    masks = {_GLOBAL: visible(seen), _LOCAL: visible(seen & near)}
    rotations = {kind: _rotation(config, kind, length) for kind in _THETA}

    hidden = parameters["model.embeddings.tok_embeddings.weight"][batch["input_ids"]]
    hidden = norm(parameters, "model.embeddings.norm", hidden, epsilon)
    for index, kind in enumerate(_layer_types(config)):
        layer = f"model.layers.{index}"
        inputs = norm(parameters, f"{layer}.attn_norm", hidden, epsilon) if index else hidden
        query, key, value = (
            split_heads(part, heads) for part in jnp.split(linear(parameters, f"{layer}.attn.Wqkv", inputs), 3, -1)
        )
        query, key = (rotate(one, *rotations[kind]) for one in (query, key))
        hidden += linear(parameters, f"{layer}.attn.Wo", attend(query, key, value, masks[kind]))
        inputs = norm(parameters, f"{layer}.mlp_norm", hidden, epsilon)
        inner, gate = jnp.split(linear(parameters, f"{layer}.mlp.Wi", inputs), 2, -1)
        hidden = layer_output(hidden + linear(parameters, f"{layer}.mlp.Wo", activation(inner) * gate))
    return norm(parameters, "model.final_norm", hidden, epsilon)


def _rotation(config: Config, kind: str, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines, [length, 1, size of a head]."""
    older, default = _THETA[kind]
    theta = float(_rope(config, kind).get("rope_theta") or config.get(older) or default)
    size = config["hidden_size"] // config["num_attention_heads"]
    frequencies = 1.0 / theta ** (np.arange(0, size, 2, dtype=np.float32) / size)
    angles = np.outer(np.arange(length, dtype=np.float32), frequencies)
    angles = np.concatenate([angles, angles], axis=-1).astype(np.float32)[:, None, :]
    return np.cos(angles), np.sin(angles)


MODERNBERT = Model(
    model_type="modernbert",
    classes={"classification": "ModernBertForSequenceClassification"},
    prefix="model.",
    head=("classifier.",),
    problems=_problems,
    longest=lambda config: int(config["max_position_embeddings"]),
    shapes=_shapes,
    initial=_initial,
    classify=_classify,
)
