"""
Language models of Llama's kind: rotary positions, norms before, gated layers, heads that share keys and values. What
tells them apart is a `Variant`; names and layouts are those of `…ForCausalLM` in transformers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from trainer.models.base import Config, LanguageModel, Parameters, Shape
from trainer.models.layers import ACTIVATIONS, Shapes, layer_output, linear, problems_of, rms_norm, visible
from trainer.models.rotary import Rope, rope_of, rope_problems, rotate, rotation

FULL, SLIDING = "full_attention", "sliding_attention"

_NUMBERS = (
    "hidden_size",
    "intermediate_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "vocab_size",
)


@dataclass(frozen=True)
class Variant:
    model_type: str
    architecture: str
    """The class of transformers that opens the export."""
    layer_types: Callable[[Config], list[str]] = lambda config: [FULL] * config["num_hidden_layers"]
    window: Callable[[Config], int | None] = lambda config: None
    """How many tokens back, itself included, a token of a sliding layer sees."""
    rope: Callable[[Config, str], Rope] = lambda config, kind: rope_of(config)
    biases: Callable[[Config], tuple[bool, bool]] = lambda config: (False, False)
    """Of queries, keys and values; of attention's output."""
    activation: str = "hidden_act"
    """Which entry of `config.json` names it."""
    tied: bool = False
    """Whether the embeddings write the tokens, too, where `config.json` does not say."""
    head_size: int | None = None
    """Where `config.json` does not say; None for the hidden size's share."""
    head_norms: bool = False
    """Whether queries and keys are normalised."""
    gemma: bool = False
    """Norms that count from one, before and after; embeddings scaled; scores by `query_pre_attn_scalar`."""
    caps_scores: bool = False
    """Whether `attn_logit_softcapping` is heeded."""


class Tokens(NamedTuple):
    """Arrays [rows, length]. A token sees those of its own segment that are not after it; segment 0 is padding."""

    ids: jax.Array
    positions: jax.Array
    segments: jax.Array


class Cache(NamedTuple):
    """What later tokens need of earlier ones."""

    keys: tuple[jax.Array, ...]
    """A layer's [rows, slots, heads, size]."""
    values: tuple[jax.Array, ...]
    positions: jax.Array
    """[rows, slots]"""
    segments: jax.Array
    """[rows, slots]; 0 where a slot is empty."""


def decoder(variant: Variant) -> LanguageModel:
    return LanguageModel(
        model_type=variant.model_type,
        classes={"causal-lm": variant.architecture},
        prefix="model.",
        layers="model.layers.",
        problems=lambda config: _problems(variant, config),
        longest=lambda config: int(config["max_position_embeddings"]),
        shapes=lambda config: _shapes(variant, config),
        hidden=lambda parameters, config, tokens, cache=None, slot=0: _hidden(
            variant, parameters, config, tokens, cache, slot
        ),
        logits=lambda parameters, config, hidden: _logits(variant, parameters, config, hidden),
        empty_cache=lambda config, rows, slots, dtype: _empty_cache(variant, config, rows, slots, dtype),
    )


def _problems(variant: Variant, config: Config) -> list[str]:
    found = problems_of(config, _NUMBERS, variant.activation, {})
    if found:
        return found
    kinds = variant.layer_types(config)
    if len(kinds) != config["num_hidden_layers"]:
        found.append(f"layer_types has {len(kinds)} entries for {config['num_hidden_layers']} layers")
    found += [f"layer type {kind!r} is neither {FULL} nor {SLIDING}" for kind in sorted({*kinds} - {FULL, SLIDING})]
    found += [
        problem for kind in sorted({*kinds} & {FULL, SLIDING}) for problem in rope_problems(variant.rope(config, kind))
    ]
    if SLIDING in kinds and not isinstance(variant.window(config), int):
        found.append("layers with a sliding window, without sliding_window")
    heads, shared = config["num_attention_heads"], _shared_heads(config)
    if heads % shared:
        found.append(f"num_attention_heads {heads} is no multiple of num_key_value_heads {shared}")
    if _head_size(variant, config) % 2:
        found.append(f"an odd size of the heads, {_head_size(variant, config)}")
    if config.get("use_bidirectional_attention"):
        found.append("use_bidirectional_attention")
    if config.get("attn_logit_softcapping") is not None and not variant.caps_scores:
        found.append("attn_logit_softcapping, which transformers does not heed here either")
    if config.get("pretraining_tp", 1) not in (None, 1):
        found.append(f"pretraining_tp {config['pretraining_tp']}")
    return found


def _shared_heads(config: Config) -> int:
    return config.get("num_key_value_heads") or config["num_attention_heads"]


def _head_size(variant: Variant, config: Config) -> int:
    return config.get("head_dim") or variant.head_size or config["hidden_size"] // config["num_attention_heads"]


def _tied(variant: Variant, config: Config) -> bool:
    return bool(config.get("tie_word_embeddings", variant.tied))


def _layer_norms(variant: Variant) -> Sequence[str]:
    before = ("input_layernorm", "post_attention_layernorm")
    return (*before, "pre_feedforward_layernorm", "post_feedforward_layernorm") if variant.gemma else before


def _shapes(variant: Variant, config: Config) -> dict[str, Shape]:
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    size = _head_size(variant, config)
    width, shared = config["num_attention_heads"] * size, _shared_heads(config) * size
    inputs_bias, output_bias = variant.biases(config)
    gated_bias = bool(config.get("mlp_bias", False))
    shapes = Shapes()
    shapes.embedding("model.embed_tokens", config["vocab_size"], hidden)
    for index in range(config["num_hidden_layers"]):
        layer = f"model.layers.{index}"
        shapes.linear(f"{layer}.self_attn.q_proj", width, hidden, inputs_bias)
        shapes.linear(f"{layer}.self_attn.k_proj", shared, hidden, inputs_bias)
        shapes.linear(f"{layer}.self_attn.v_proj", shared, hidden, inputs_bias)
        shapes.linear(f"{layer}.self_attn.o_proj", hidden, width, output_bias)
        if variant.head_norms:
            shapes.norm(f"{layer}.self_attn.q_norm", size, bias=False)
            shapes.norm(f"{layer}.self_attn.k_norm", size, bias=False)
        shapes.linear(f"{layer}.mlp.gate_proj", inner, hidden, gated_bias)
        shapes.linear(f"{layer}.mlp.up_proj", inner, hidden, gated_bias)
        shapes.linear(f"{layer}.mlp.down_proj", hidden, inner, gated_bias)
        for norm in _layer_norms(variant):
            shapes.norm(f"{layer}.{norm}", hidden, bias=False)
    shapes.norm("model.norm", hidden, bias=False)
    if not _tied(variant, config):
        shapes.linear("lm_head", config["vocab_size"], hidden, bias=False)
    return shapes.all


def _empty_cache(variant: Variant, config: Config, rows: int, slots: int, dtype: Any) -> Cache:
    size = (rows, slots, _shared_heads(config), _head_size(variant, config))
    layers = tuple(jnp.zeros(size, dtype) for _ in range(config["num_hidden_layers"]))
    nothing = jnp.zeros((rows, slots), jnp.int32)
    return Cache(layers, layers, nothing, nothing)


def _hidden(
    variant: Variant, parameters: Parameters, config: Config, tokens: Tokens, cache: Cache | None, slot: Any
) -> tuple[jax.Array, Cache | None]:
    """The last layer's [rows, length, hidden], and the cache with these tokens in the slots from `slot` on."""
    kinds = variant.layer_types(config)
    seen = tokens
    if cache is not None:
        seen = Tokens(
            tokens.ids,
            jax.lax.dynamic_update_slice(cache.positions, tokens.positions, (0, slot)),
            jax.lax.dynamic_update_slice(cache.segments, tokens.segments, (0, slot)),
        )
    masks = {kind: _mask(tokens, seen, variant.window(config) if kind == SLIDING else None) for kind in set(kinds)}
    size = _head_size(variant, config)
    turns = {kind: rotation(variant.rope(config, kind), size, tokens.positions) for kind in set(kinds)}

    normed = _norm(variant, parameters, config)
    hidden = parameters["model.embed_tokens.weight"][tokens.ids]
    if variant.gemma:
        hidden = hidden * jnp.asarray(config["hidden_size"] ** 0.5, hidden.dtype)
    keys: list[jax.Array] = []
    values: list[jax.Array] = []
    activation = ACTIVATIONS[config.get(variant.activation) or "silu"]
    for index, kind in enumerate(kinds):
        layer = f"model.layers.{index}"
        inputs = normed(f"{layer}.input_layernorm", hidden)
        query, key, value = _heads(variant, parameters, config, f"{layer}.self_attn", inputs, turns[kind])
        if cache is not None:
            key = jax.lax.dynamic_update_slice(cache.keys[index], key, (0, slot, 0, 0))
            value = jax.lax.dynamic_update_slice(cache.values[index], value, (0, slot, 0, 0))
            keys.append(key)
            values.append(value)
        attended = _attend(variant, config, query, key, value, masks[kind])
        attended = linear(parameters, f"{layer}.self_attn.o_proj", attended)
        if variant.gemma:
            hidden += normed(f"{layer}.post_attention_layernorm", attended)
            inputs = normed(f"{layer}.pre_feedforward_layernorm", hidden)
        else:
            hidden += attended
            inputs = normed(f"{layer}.post_attention_layernorm", hidden)
        gate = activation(linear(parameters, f"{layer}.mlp.gate_proj", inputs))
        outputs = linear(
            parameters, f"{layer}.mlp.down_proj", gate * linear(parameters, f"{layer}.mlp.up_proj", inputs)
        )
        if variant.gemma:
            outputs = normed(f"{layer}.post_feedforward_layernorm", outputs)
        hidden = layer_output(hidden + outputs)
    after = None if cache is None else Cache(tuple(keys), tuple(values), seen.positions, seen.segments)
    return normed("model.norm", hidden), after


def _norm(variant: Variant, parameters: Parameters, config: Config) -> Callable[[str, jax.Array], jax.Array]:
    epsilon = config.get("rms_norm_eps", 1e-6)
    return lambda name, inputs: rms_norm(parameters, name, inputs, epsilon, from_one=variant.gemma)


def _mask(tokens: Tokens, seen: Tokens, window: int | None) -> jax.Array:
    """What is added to the scores, [rows, 1, 1, length, slots]."""
    distance = tokens.positions[:, :, None] - seen.positions[:, None, :]
    allowed = (tokens.segments[:, :, None] == seen.segments[:, None, :]) & (distance >= 0)
    if window is not None:
        allowed &= distance < window
    return visible(allowed)[:, None, None]


def _heads(
    variant: Variant, parameters: Parameters, config: Config, name: str, inputs: jax.Array, turn: tuple[Any, Any]
) -> tuple[jax.Array, jax.Array, jax.Array]:
    size = _head_size(variant, config)

    def heads(projection: str) -> jax.Array:
        flat = linear(parameters, f"{name}.{projection}", inputs)
        return flat.reshape(*flat.shape[:2], -1, size)

    query, key, value = (heads(projection) for projection in ("q_proj", "k_proj", "v_proj"))
    if variant.head_norms:
        normed = _norm(variant, parameters, config)
        query, key = normed(f"{name}.q_norm", query), normed(f"{name}.k_norm", key)
    return rotate(query, *turn), rotate(key, *turn), value


def _attend(
    variant: Variant, config: Config, query: jax.Array, key: jax.Array, value: jax.Array, mask: jax.Array
) -> jax.Array:
    """Queries [rows, length, heads, size]; several of them share one of the keys [rows, slots, shared heads, size]."""
    rows, length, heads, size = query.shape
    shared = key.shape[2]
    scale = config.get("query_pre_attn_scalar", 256) if variant.gemma else size
    grouped = query.reshape(rows, length, shared, heads // shared, size)
    scores = jnp.einsum("bqhgd,bkhd->bhgqk", grouped, key, preferred_element_type=jnp.float32) * scale**-0.5
    cap = config.get("attn_logit_softcapping") if variant.caps_scores else None
    if cap:
        scores = jnp.tanh(scores / cap) * cap
    weights = jax.nn.softmax(scores + mask, axis=-1).astype(value.dtype)
    return jnp.einsum("bhgqk,bkhd->bqhgd", weights, value).reshape(rows, length, heads * size)


def _logits(variant: Variant, parameters: Parameters, config: Config, hidden: jax.Array) -> jax.Array:
    """Of the next token, float32."""
    name = "model.embed_tokens.weight" if _tied(variant, config) else "lm_head.weight"
    logits = jnp.einsum("...h,vh->...v", hidden, parameters[name], preferred_element_type=jnp.float32)
    cap = config.get("final_logit_softcapping") if variant.gemma else None
    return jnp.tanh(logits / cap) * cap if cap else logits


def every(count: int) -> Callable[[Config], list[str]]:
    """Where `config.json` names no layer types: each so many-th layer sees everything, the others a window."""

    def kinds(config: Config) -> list[str]:
        step = config.get("sliding_window_pattern") or count
        plain = [FULL if (index + 1) % step == 0 else SLIDING for index in range(config["num_hidden_layers"])]
        return config.get("layer_types") or plain

    return kinds


def sliding_window(config: Mapping[str, Any]) -> int | None:
    window: int | None = config.get("sliding_window", 4096)
    return window
