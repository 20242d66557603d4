"""Decoders beside transformers: what it saves, we compute the same, whatever the padding and the packing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from trainer.language.model import load_language_model
from trainer.models.decoder import Tokens
from trainer.testing.tiny_language import MODEL_TYPES, write_tiny_language
from trainer.tests.full import language_reference

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

_LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 500000.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "gemma2": [{}, {"attention_bias": True, "sliding_window": 5, "query_pre_attn_scalar": 256}],
    "gemma3_text": [
        {},
        {
            "num_hidden_layers": 3,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
            "final_logit_softcapping": 20.0,
        },
    ],
    "llama": [
        {},
        {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True, "head_dim": 24},
        {"rope_parameters": _LLAMA3},
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}},
        {"num_key_value_heads": 4},
    ],
    "mistral": [{}, {"sliding_window": None, "head_dim": 32}],
    "qwen2": [{}, {"use_sliding_window": False, "tie_word_embeddings": False}],
    "qwen3": [{}, {"attention_bias": True, "use_sliding_window": True, "sliding_window": 6, "max_window_layers": 1}],
}


@pytest.mark.parametrize(
    ("model_type", "settings"), [(kind, one) for kind, several in SETTINGS.items() for one in several]
)
def test_a_model_that_transformers_made(tmp_path: Path, model_type: str, settings: dict[str, Any]) -> None:
    """Its own config.json and names, lively weights, rows of several lengths padded on either side."""
    write_tiny_language(tmp_path, model_type)
    config = transformers.AutoConfig.from_pretrained(tmp_path, **settings)
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            mean = 1.0 if name.endswith("norm.weight") and not model_type.startswith("gemma") else 0.0
            parameter.normal_(mean, 0.1)
    model.save_pretrained(tmp_path)
    loaded = load_language_model(tmp_path)
    assert loaded.parameters.keys() <= model.state_dict().keys()

    random = np.random.default_rng(0)
    for lengths, width, left in (([1], 4, False), ([5, 40, 17, 1], 40, False), ([90, 12, 64], 96, True)):
        ids = np.zeros((len(lengths), width), np.int32)
        mask = np.zeros_like(ids)
        for row, length in enumerate(lengths):
            place = slice(width - length, width) if left else slice(0, length)
            ids[row, place] = random.integers(3, config.vocab_size, length)
            mask[row, place] = 1
        positions = np.maximum(np.cumsum(mask, axis=1) - 1, 0).astype(np.int32)
        ours = compute(loaded, ids, positions, mask)
        with torch.no_grad():
            given = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
            theirs = model(**{name: torch.tensor(value, dtype=torch.long) for name, value in given.items()}).logits
        real = mask.astype(bool)
        np.testing.assert_allclose(ours[real], theirs.numpy()[real], atol=2e-5)


def compute(loaded: Any, ids: Any, positions: Any, segments: Any) -> np.ndarray:
    def forward(parameters: Any, tokens: Tokens) -> jax.Array:
        hidden, _ = loaded.model.hidden(parameters, loaded.config, tokens)
        return loaded.model.logits(parameters, loaded.config, hidden)

    return np.asarray(jax.jit(forward)(loaded.parameters, Tokens(ids, positions, segments)))


def test_every_decoder_is_compared() -> None:
    assert sorted(SETTINGS) == sorted(MODEL_TYPES)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_the_committed_fixture_is_what_transformers_computes(tmp_path: Path, model_type: str) -> None:
    write_tiny_language(tmp_path, model_type)
    now = language_reference.compute(tmp_path)
    committed = json.loads(language_reference.FIXTURE.read_text())[model_type]
    for ours, theirs in zip(now["losses"], committed["losses"], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-5)
    assert now["gradientNorms"].keys() == committed["gradientNorms"].keys()
