"""DistilBERT: `DistilBertForSequenceClassification`. BERT's layers under other names, without token types."""

from __future__ import annotations

import jax
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

_NUMBERS = ("dim", "hidden_dim", "max_position_embeddings", "n_heads", "n_layers", "vocab_size")

# Fixed in transformers, too.
_EPSILON = 1e-12


def _shapes(config: Config, labels: int) -> dict[str, Shape]:
    width, inner = config["dim"], config["hidden_dim"]
    shapes = Shapes()
    embeddings = "distilbert.embeddings"
    shapes.embedding(f"{embeddings}.word_embeddings", config["vocab_size"], width)
    shapes.embedding(f"{embeddings}.position_embeddings", config["max_position_embeddings"], width)
    shapes.norm(f"{embeddings}.LayerNorm", width)
    for index in range(config["n_layers"]):
        layer = f"distilbert.transformer.layer.{index}"
        for projection in ("q_lin", "k_lin", "v_lin", "out_lin"):
            shapes.linear(f"{layer}.attention.{projection}", width, width)
        shapes.norm(f"{layer}.sa_layer_norm", width)
        shapes.linear(f"{layer}.ffn.lin1", inner, width)
        shapes.linear(f"{layer}.ffn.lin2", width, inner)
        shapes.norm(f"{layer}.output_layer_norm", width)
    shapes.linear("pre_classifier", width, width)
    shapes.linear("classifier", labels, width)
    return shapes.all


def _initial(config: Config, labels: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    width, deviation = config["dim"], config.get("initializer_range", 0.02)
    return {
        **random_linear("pre_classifier", width, width, deviation, random),
        **random_linear("classifier", labels, width, deviation, random),
    }


def _classify(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    activation = ACTIVATIONS[config.get("activation", "gelu")]
    embeddings = "distilbert.embeddings"
    hidden = (
        parameters[f"{embeddings}.word_embeddings.weight"][batch["input_ids"]]
        + parameters[f"{embeddings}.position_embeddings.weight"][: batch["input_ids"].shape[1]]
    )
    hidden = norm(parameters, f"{embeddings}.LayerNorm", hidden, _EPSILON)
    bias = visible(batch["attention_mask"][:, None, None, :] > 0)
    for index in range(config["n_layers"]):
        layer = f"distilbert.transformer.layer.{index}"
        query, key, value = (
            split_heads(linear(parameters, f"{layer}.attention.{projection}", hidden), config["n_heads"])
            for projection in ("q_lin", "k_lin", "v_lin")
        )
        attended = linear(parameters, f"{layer}.attention.out_lin", attend(query, key, value, bias))
        hidden = norm(parameters, f"{layer}.sa_layer_norm", hidden + attended, _EPSILON)
        inner = activation(linear(parameters, f"{layer}.ffn.lin1", hidden))
        outer = linear(parameters, f"{layer}.ffn.lin2", inner)
        hidden = layer_output(norm(parameters, f"{layer}.output_layer_norm", hidden + outer, _EPSILON))
    return linear(parameters, "classifier", jax.nn.relu(linear(parameters, "pre_classifier", hidden[:, 0])))


DISTILBERT = Model(
    model_type="distilbert",
    classes={"classification": "DistilBertForSequenceClassification"},
    prefix="distilbert.",
    head=("pre_classifier.", "classifier."),
    problems=lambda config: problems_of(config, _NUMBERS, "activation", {}),
    longest=lambda config: int(config["max_position_embeddings"]),
    shapes=_shapes,
    initial=_initial,
    classify=_classify,
)
