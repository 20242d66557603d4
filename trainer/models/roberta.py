"""RoBERTa and XLM-RoBERTa: BERT's layers, positions that begin after the padding's id, and a head of two layers."""

from __future__ import annotations

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from trainer.models import bert
from trainer.models.base import Batch, Config, Model, Parameters, Shape
from trainer.models.layers import identity_linear, linear, random_linear


def _padding(config: Config) -> int:
    padding = config.get("pad_token_id")
    return 1 if padding is None else int(padding)


def _positions(config: Config, ids: jax.Array) -> jax.Array:
    """A token's place among those that are no padding, counted on from the padding's id."""
    real = (ids != _padding(config)).astype(jnp.int32)
    return jnp.cumsum(real, axis=1) * real + _padding(config)


def _shapes(config: Config, labels: int) -> dict[str, Shape]:
    shapes = bert.encoder_shapes(config, ROBERTA.prefix)
    shapes.linear("classifier.dense", config["hidden_size"], config["hidden_size"])
    shapes.linear("classifier.out_proj", labels, config["hidden_size"])
    return shapes.all


def _initial(config: Config, labels: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    """The inner layer begins as the identity, as BERT's pooler does."""
    hidden, deviation = config["hidden_size"], config.get("initializer_range", 0.02)
    return {
        **identity_linear("classifier.dense", hidden),
        **random_linear("classifier.out_proj", labels, hidden, deviation, random),
    }


def _classify(parameters: Parameters, config: Config, batch: Batch) -> jax.Array:
    hidden = bert.encode(parameters, config, batch, ROBERTA.prefix, _positions(config, batch["input_ids"]))
    inner = jnp.tanh(linear(parameters, "classifier.dense", hidden[:, 0]))
    return linear(parameters, "classifier.out_proj", inner)


ROBERTA = Model(
    model_type="roberta",
    classes={"classification": "RobertaForSequenceClassification"},
    prefix="roberta.",
    head=("classifier.",),
    problems=bert.problems,
    longest=lambda config: int(config["max_position_embeddings"]) - _padding(config) - 1,
    shapes=_shapes,
    initial=_initial,
    classify=_classify,
)

XLM_ROBERTA = replace(
    ROBERTA, model_type="xlm-roberta", classes={"classification": "XLMRobertaForSequenceClassification"}
)
