"""
Language models small enough to train in seconds, of every architecture, as folders of the Hugging Face Hub: for tests.

    python -m trainer.testing.tiny_language --out DIR [--model-type llama] [--seed 0]

The tokenizer is one of bytes, so that no text is unknown to it, with ChatML's special tokens and chat template.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from trainer.files import write_json
from trainer.models import find_language_model

MODEL_TYPES = ("gemma2", "gemma3_text", "llama", "mistral", "qwen2", "qwen3")

START, END, PADDING = "<|im_start|>", "<|im_end|>", "<|pad|>"
_SPECIAL = (PADDING, START, END)

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

_SHARED: dict[str, Any] = {
    "bos_token_id": None,
    "eos_token_id": 2,
    "hidden_size": 64,
    "initializer_range": 0.02,
    "intermediate_size": 96,
    "max_position_embeddings": 512,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "rms_norm_eps": 1e-6,
}
_GEMMA: dict[str, Any] = {
    "head_dim": 16,
    "hidden_activation": "gelu_pytorch_tanh",
    "query_pre_attn_scalar": 24,
    "sliding_window": 8,
    "tie_word_embeddings": True,
}

# Windows shorter than the texts of the tests, and layers of each kind.
CONFIGS: dict[str, dict[str, Any]] = {
    "gemma2": {
        **_GEMMA,
        "attn_logit_softcapping": 50.0,
        "final_logit_softcapping": 30.0,
        "rope_theta": 10000.0,
    },
    "gemma3_text": {
        **_GEMMA,
        "rope_local_base_freq": 10000.0,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
        "rope_theta": 1000000.0,
        "sliding_window_pattern": 2,
    },
    "llama": {
        "hidden_act": "silu",
        "rope_scaling": {
            "factor": 8.0,
            "high_freq_factor": 4.0,
            "low_freq_factor": 1.0,
            "original_max_position_embeddings": 64,
            "rope_type": "llama3",
        },
        "rope_theta": 500000.0,
        "tie_word_embeddings": False,
    },
    "mistral": {"hidden_act": "silu", "rope_theta": 10000.0, "sliding_window": 8, "tie_word_embeddings": False},
    "qwen2": {
        "hidden_act": "silu",
        "max_window_layers": 1,
        "rope_theta": 1000000.0,
        "sliding_window": 8,
        "tie_word_embeddings": True,
        "use_sliding_window": True,
    },
    "qwen3": {"head_dim": 32, "hidden_act": "silu", "rope_theta": 1000000.0, "tie_word_embeddings": True},
}


def config_of(model_type: str, **changes: Any) -> dict[str, Any]:
    vocabulary = {"model_type": model_type, "vocab_size": 256 + len(_SPECIAL)}
    return {**_SHARED, **CONFIGS[model_type], **vocabulary, "torch_dtype": "float32", **changes}


def random_parameters(config: dict[str, Any], seed: int, deviation: float = 0.08) -> dict[str, np.ndarray]:
    """Lively enough that what is computed depends on each of them."""
    random = np.random.default_rng(seed)
    from_one = config["model_type"].startswith("gemma")
    return {
        name: (random.normal(0, deviation, shape) + (not from_one and name.endswith("norm.weight"))).astype(np.float32)
        for name, shape in find_language_model(config).shapes(config).items()
    }


def write_tiny_language(folder: Path, model_type: str = "llama", seed: int = 0, **changes: Any) -> None:
    """Writes a base model; `changes` replace entries of config.json."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = config_of(model_type, **changes)
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", {"eos_token_id": [2], "pad_token_id": 0})
    save_file(random_parameters(config, seed), str(folder / "model.safetensors"), metadata={"format": "pt"})
    _tokenizer().save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "chat_template": CHAT_TEMPLATE,
        "eos_token": END,
        "pad_token": PADDING,
        "model_max_length": config["max_position_embeddings"],
        "clean_up_tokenization_spaces": False,
    }
    write_json(folder / "tokenizer_config.json", settings)


def _tokenizer() -> Any:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([*_SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL])
    return tokenizer


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes a tiny language model.")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--model-type", default="llama", choices=MODEL_TYPES)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    write_tiny_language(arguments.out, arguments.model_type, arguments.seed)
