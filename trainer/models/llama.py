"""Llama and Mistral: `LlamaForCausalLM`, `MistralForCausalLM`."""

from __future__ import annotations

from trainer.models.base import Config
from trainer.models.decoder import FULL, SLIDING, Variant, decoder, sliding_window


def _llama_biases(config: Config) -> tuple[bool, bool]:
    bias = bool(config.get("attention_bias", False))
    return bias, bias


def _mistral_layers(config: Config) -> list[str]:
    return [FULL if sliding_window(config) is None else SLIDING] * config["num_hidden_layers"]


LLAMA = decoder(Variant("llama", "LlamaForCausalLM", biases=_llama_biases))

MISTRAL = decoder(Variant("mistral", "MistralForCausalLM", layer_types=_mistral_layers, window=sliding_window))
