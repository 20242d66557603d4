"""BERT: `BertForSequenceClassification` in transformers, to the last name and layout."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from trainer.models.base import Batch, Config, Model, Parameters, Shape
from trainer.models.layers import (
    ACTIVATIONS,
    Shapes,
    attend,
    identity_linear,
    layer_output,
    linear,
    norm,
    problems_of,
    random_linear,
    split_heads,
    visible,
)

_NUMBERS = (
    "hidden_size",
    "intermediate_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "type_vocab_size",
    "vocab_size",
)


def problems(config: Config) -> list[str]:
    only = {"position_embedding_type": "absolute", "is_decoder": False, "add_cross_attention": False}
    return problems_of(config, _NUMBERS, "hidden_act", only)


def encoder_shapes(config: Config, prefix: str) -> Shapes:
    """Of embeddings and layers; RoBERTa's are the same."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = Shapes()
    embeddings = f"{prefix}embeddings"
    shapes.embedding(f"{embeddings}.word_embeddings", config["vocab_size"], hidden)
    shapes.embedding(f"{embeddings}.position_embeddings", config["max_position_embeddings"], hidden)
    shapes.embedding(f"{embeddings}.token_type_embeddings", config["type_vocab_size"], hidden)
    shapes.norm(f"{embeddings}.LayerNorm", hidden)
    for index in range(config["num_hidden_layers"]):
        layer = f"{prefix}encoder.layer.{index}"
        for projection in ("query", "key", "value"):
            shapes.linear(f"{layer}.attention.self.{projection}", hidden, hidden)
        shapes.linear(f"{layer}.attention.output.dense", hidden, hidden)
        shapes.norm(f"{layer}.attention.output.LayerNorm", hidden)
        shapes.linear(f"{layer}.intermediate.dense", inner, hidden)
        shapes.linear(f"{layer}.output.dense", hidden, inner)
        shapes.norm(f"{layer}.output.LayerNorm", hidden)
    return shapes


def encode(parameters: Parameters, config: Config, batch: Batch, prefix: str, positions: jax.Array) -> jax.Array:
    """The last layer's [rows, length, hidden]. `positions` are rows of the position embeddings, [rows or 1, length]."""
    epsilon = config.get("layer_norm_eps", 1e-12)
    activation = ACTIVATIONS[config.get("hidden_act", "gelu")]
    embeddings = f"{prefix}embeddings"
    hidden = (
        parameters[f"{embeddings}.word_embeddings.weight"][batch["input_ids"]]
        + parameters[f"{embeddings}.position_embeddings.weight"][positions]
        + parameters[f"{embeddings}.token_type_embeddings.weight"][0]
    )
    hidden = norm(parameters, f"{embeddings}.LayerNorm", hidden, epsilon)
    bias = visible(batch["attention_mask"][:, None, None, :] > 0)
    for index in range(config["num_hidden_layers"]):
        layer = f"{prefix}encoder.layer.{index}"
        attended = _attention(parameters, f"{layer}.attention", hidden, bias, config["num_attention_heads"])
        hidden = norm(parameters, f"{layer}.attention.output.LayerNorm", hidden + attended, epsilon)
        inner = activation(linear(parameters, f"{layer}.intermediate.dense", hidden))
        outer = linear(parameters, f"{layer}.output.dense", inner)
        hidden = layer_output(norm(parameters, f"{layer}.output.LayerNorm", hidden + outer, epsilon))
    return hidden


def _attention(parameters: Parameters, name: str, hidden: jax.Array, bias: jax.Array, heads: int) -> jax.Array:
    query, key, value = (
        split_heads(linear(parameters, f"{name}.self.{projection}", hidden), heads)
        for projection in ("query", "key", "value")
    )
    return linear(parameters, f"{name}.output.dense", attend(query, key, value, bias))


def _shapes(config: Config, labels: int) -> dict[str, Shape]:
    shapes = encoder_shapes(config, BERT.prefix)
    shapes.linear("bert.pooler.dense", config["hidden_size"], config["hidden_size"])
    shapes.linear("classifier", labels, config["hidden_size"])
    return shapes.all


def _initial(config: Config, labels: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """
    The pooler begins as the identity: the checkpoint's was trained for another end, or, in a sentence encoder, for
    none. That also lets few rows suffice (https://arxiv.org/abs/2006.05987).
    """
    hidden, deviation = config["hidden_size"], config.get("initializer_range", 0.02)
    return {
        **identity_linear("bert.pooler.dense", hidden),
        **random_linear("classifier", labels, hidden, deviation, random),
    }


def _classify(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    positions = jnp.arange(batch["input_ids"].shape[1])[None, :]
    hidden = encode(parameters, config, batch, BERT.prefix, positions)
    pooled = jnp.tanh(linear(parameters, "bert.pooler.dense", hidden[:, 0]))
    return linear(parameters, "classifier", pooled)


BERT = Model(
    model_type="bert",
    classes={"classification": "BertForSequenceClassification"},
    prefix="bert.",
    head=("bert.pooler.", "classifier."),
    problems=problems,
    longest=lambda config: int(config["max_position_embeddings"]),
    shapes=_shapes,
    initial=_initial,
    classify=_classify,
)
