"""BERT for sequence classification: `BertForSequenceClassification` in transformers, to the last name and layout."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from trainer.models.base import Batch, Parameters, Shape

Config = Mapping[str, Any]

MODEL_TYPE = "bert"
ARCHITECTURES = {"text-classification": "BertForSequenceClassification"}

# A base checkpoint has the encoder's names bare, a fine-tuned one under this prefix.
PREFIX = "bert."

HEAD = ("bert.pooler.", "classifier.")

_NUMBERS = (
    "hidden_size",
    "intermediate_size",
    "max_position_embeddings",
    "num_attention_heads",
    "num_hidden_layers",
    "type_vocab_size",
    "vocab_size",
)

# Nearly the least float32: what is added to the score of a token that is padding.
_MASKED = -3e38

_ACTIVATIONS = {
    "gelu": lambda x: jax.nn.gelu(x, approximate=False),
    "gelu_new": lambda x: jax.nn.gelu(x, approximate=True),
    "gelu_pytorch_tanh": lambda x: jax.nn.gelu(x, approximate=True),
    "relu": jax.nn.relu,
}


def problems(config: Config) -> list[str]:
    """What in `config.json` this program cannot do."""
    found = [f"{name} is {config.get(name)!r}, not a number" for name in _NUMBERS if type(config.get(name)) is not int]
    if config.get("hidden_act", "gelu") not in _ACTIVATIONS:
        found.append(f"hidden_act {config['hidden_act']!r} is not one of {sorted(_ACTIVATIONS)}")
    if config.get("position_embedding_type", "absolute") != "absolute":
        found.append(f"position_embedding_type {config['position_embedding_type']!r} is not 'absolute'")
    if config.get("is_decoder") or config.get("add_cross_attention"):
        found.append("a decoder, not an encoder")
    return found


def shapes(config: Config, labels: int) -> dict[str, Shape]:
    """The shape of every parameter, in torch's layout (a linear layer's weight is [out, in])."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    result: dict[str, Shape] = {
        "bert.embeddings.word_embeddings.weight": (config["vocab_size"], hidden),
        "bert.embeddings.position_embeddings.weight": (config["max_position_embeddings"], hidden),
        "bert.embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
    }

    def norm(name: str) -> None:
        result[f"{name}.weight"] = result[f"{name}.bias"] = (hidden,)

    def linear(name: str, outputs: int, inputs: int) -> None:
        result[f"{name}.weight"] = (outputs, inputs)
        result[f"{name}.bias"] = (outputs,)

    norm("bert.embeddings.LayerNorm")
    for index in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{index}"
        for projection in ("query", "key", "value"):
            linear(f"{layer}.attention.self.{projection}", hidden, hidden)
        linear(f"{layer}.attention.output.dense", hidden, hidden)
        norm(f"{layer}.attention.output.LayerNorm")
        linear(f"{layer}.intermediate.dense", inner, hidden)
        linear(f"{layer}.output.dense", hidden, inner)
        norm(f"{layer}.output.LayerNorm")
    linear("bert.pooler.dense", hidden, hidden)
    linear("classifier", labels, hidden)
    return result


def initial_head(config: Config, labels: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """
    The parameters of a head for new labels. Its pooler begins as the identity: the checkpoint's was trained for another
    end, or, in a sentence encoder, for none. That also lets few rows suffice (https://arxiv.org/abs/2006.05987).
    """
    hidden, deviation = config["hidden_size"], config.get("initializer_range", 0.02)
    return {
        "bert.pooler.dense.weight": np.eye(hidden, dtype=np.float32),
        "bert.pooler.dense.bias": np.zeros(hidden, np.float32),
        "classifier.weight": random.normal(0.0, deviation, (labels, hidden)).astype(np.float32),
        "classifier.bias": np.zeros(labels, np.float32),
    }


def classify(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    """Logits [rows, labels]."""
    hidden = _encode(parameters, config, batch)
    pooled = jnp.tanh(_linear(parameters, "bert.pooler.dense", hidden[:, 0]))
    return _linear(parameters, "classifier", pooled)


def _encode(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    epsilon = config.get("layer_norm_eps", 1e-12)
    activation = _ACTIVATIONS[config.get("hidden_act", "gelu")]
    ids, mask = batch["input_ids"], batch["attention_mask"]
    embeddings = "bert.embeddings"
    hidden = (
        parameters[f"{embeddings}.word_embeddings.weight"][ids]
        + parameters[f"{embeddings}.position_embeddings.weight"][: ids.shape[1]]
        + parameters[f"{embeddings}.token_type_embeddings.weight"][0]
    )
    hidden = _norm(parameters, f"{embeddings}.LayerNorm", hidden, epsilon)
    bias = jnp.where(mask[:, None, None, :] > 0, 0.0, _MASKED)
    for index in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{index}"
        attended = _attention(parameters, f"{layer}.attention", hidden, bias, config["num_attention_heads"])
        hidden = _norm(parameters, f"{layer}.attention.output.LayerNorm", hidden + attended, epsilon)
        inner = activation(_linear(parameters, f"{layer}.intermediate.dense", hidden))
        outer = _linear(parameters, f"{layer}.output.dense", inner)
        hidden = _norm(parameters, f"{layer}.output.LayerNorm", hidden + outer, epsilon)
    return hidden


def _attention(parameters: Parameters, name: str, hidden: jax.Array, bias: jax.Array, heads: int) -> jax.Array:
    rows, length, width = hidden.shape

    def project(projection: str) -> jax.Array:
        return _linear(parameters, f"{name}.self.{projection}", hidden).reshape(rows, length, heads, width // heads)

    query, key, value = project("query"), project("key"), project("value")
    scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / math.sqrt(width // heads) + bias
    mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores, axis=-1), value)
    return _linear(parameters, f"{name}.output.dense", mixed.reshape(rows, length, width))


def _linear(parameters: Parameters, name: str, inputs: jax.Array) -> jax.Array:
    return inputs @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


def _norm(parameters: Parameters, name: str, inputs: jax.Array, epsilon: float) -> jax.Array:
    mean = inputs.mean(axis=-1, keepdims=True)
    variance = jnp.square(inputs - mean).mean(axis=-1, keepdims=True)
    normal = (inputs - mean) * jax.lax.rsqrt(variance + epsilon)
    return normal * parameters[f"{name}.weight"] + parameters[f"{name}.bias"]
