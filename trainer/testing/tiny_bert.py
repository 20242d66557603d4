"""
A BERT small enough to train in seconds, as a folder of the Hugging Face Hub: for tests of whatever runs the trainer.

    python -m trainer.testing.tiny_bert --out DIR [--seed 0]

The weights are random and the same for the same seed. It learns which words go with which label in about
160 steps of 16 rows at a learning rate of 2e-3, which take a second. It reads at most 128 tokens.
"""

from __future__ import annotations

import argparse
import json
import string
from pathlib import Path
from typing import Any

from trainer.files import write_json
from trainer.testing.random_weights import base_parameters

CONFIG: dict[str, Any] = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 32,
    "initializer_range": 0.02,
    "intermediate_size": 64,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 128,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "pad_token_id": 0,
    "type_vocab_size": 2,
}

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
_WORDS = """
a an and are as by can data for free from game images in into is it library mail music network of on or play player
program server software sound system text that the this to tool tools user video web which with your
""".split()


def vocabulary() -> list[str]:
    """Some words, and every lower-case ASCII character, so that no English text is unknown to it."""
    characters = sorted(set(string.ascii_lowercase + string.digits + string.punctuation))
    return list(dict.fromkeys([*_SPECIAL, *characters, *(f"##{one}" for one in characters), *_WORDS]))


def write_tiny_bert(folder: Path, seed: int = 0, **config: Any) -> None:
    """Writes config.json, model.safetensors and the tokenizer; `config` changes entries of config.json."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    settings = {**CONFIG, "vocab_size": len(vocabulary()), **config}
    write_json(folder / "config.json", settings)
    save_file(base_parameters(settings, seed), str(folder / "model.safetensors"), metadata={"format": "pt"})
    write_tokenizer(folder, "BertTokenizer")


def write_tokenizer(folder: Path, tokenizer_class: str) -> None:
    tokens = vocabulary()
    (folder / "vocab.txt").write_text("\n".join(tokens) + "\n", encoding="utf-8")
    write_json(folder / "tokenizer.json", _tokenizer(tokens))
    write_json(
        folder / "tokenizer_config.json",
        {"tokenizer_class": tokenizer_class, "do_lower_case": True, "model_max_length": 128},
    )


def _tokenizer(tokens: list[str]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    index = {token: position for position, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(index, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", index["[SEP]"]), ("[CLS]", index["[CLS]"]))
    tokenizer.add_special_tokens(_SPECIAL)
    return json.loads(tokenizer.to_str())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Writes a tiny BERT.")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    write_tiny_bert(arguments.out, arguments.seed)
