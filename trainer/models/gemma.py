"""Gemma 2 and the text models of Gemma 3: `Gemma2ForCausalLM`, `Gemma3ForCausalLM`."""

from __future__ import annotations

from trainer.models.base import Config
from trainer.models.decoder import FULL, Variant, decoder, every, sliding_window
from trainer.models.rotary import Rope, rope_of


def _biases(config: Config) -> tuple[bool, bool]:
    bias = bool(config.get("attention_bias", False))
    return bias, bias


def _gemma3_rope(config: Config, kind: str) -> Rope:
    """Layers that see everything have slower waves, stretched where the model is; those with a window have neither."""
    if kind == FULL:
        return rope_of(config, kind, 1_000_000.0)
    older = {**config, "rope_theta": config.get("rope_local_base_freq"), "rope_scaling": None}
    return rope_of(older, kind, 10_000.0)


GEMMA2 = decoder(
    Variant(
        "gemma2",
        "Gemma2ForCausalLM",
        layer_types=every(2),
        window=sliding_window,
        biases=_biases,
        activation="hidden_activation",
        tied=True,
        head_size=256,
        gemma=True,
        caps_scores=True,
    )
)

GEMMA3_TEXT = decoder(
    Variant(
        "gemma3_text",
        "Gemma3ForCausalLM",
        layer_types=every(6),
        window=sliding_window,
        rope=_gemma3_rope,
        biases=_biases,
        activation="hidden_activation",
        tied=True,
        head_size=256,
        head_norms=True,
        gemma=True,
    )
)
