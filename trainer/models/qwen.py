"""Qwen 2 (and 2.5) and Qwen 3: `Qwen2ForCausalLM`, `Qwen3ForCausalLM`."""

from __future__ import annotations

from trainer.models.base import Config
from trainer.models.decoder import FULL, SLIDING, Variant, decoder, sliding_window


def _layers(config: Config) -> list[str]:
    """A window only where it is asked for, and only from `max_window_layers` on."""
    slides = bool(config.get("use_sliding_window")) and sliding_window(config) is not None
    first = config.get("max_window_layers", 28)
    plain = [SLIDING if slides and index >= first else FULL for index in range(config["num_hidden_layers"])]
    return config.get("layer_types") or plain


def _qwen3_biases(config: Config) -> tuple[bool, bool]:
    bias = bool(config.get("attention_bias", False))
    return bias, bias


QWEN2 = decoder(
    Variant(
        "qwen2", "Qwen2ForCausalLM", layer_types=_layers, window=sliding_window, biases=lambda config: (True, False)
    )
)

QWEN3 = decoder(
    Variant(
        "qwen3",
        "Qwen3ForCausalLM",
        layer_types=_layers,
        window=sliding_window,
        biases=_qwen3_biases,
        head_size=128,
        head_norms=True,
    )
)
