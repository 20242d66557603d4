"""A tiny model of every architecture, with a tokenizer of the kind that it has on the Hub: for tests."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trainer.files import write_json
from trainer.testing import tiny_bert
from trainer.testing.random_weights import base_parameters

MODEL_TYPES = ("bert", "distilbert", "modernbert", "roberta", "xlm-roberta")

_ROBERTA: dict[str, Any] = {
    "bos_token_id": 0,
    "eos_token_id": 2,
    "hidden_act": "gelu",
    "hidden_size": 32,
    "initializer_range": 0.02,
    "intermediate_size": 64,
    "layer_norm_eps": 1e-5,
    "max_position_embeddings": 130,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "pad_token_id": 1,
    "type_vocab_size": 1,
}

_CONFIGS: dict[str, dict[str, Any]] = {
    "distilbert": {
        "activation": "gelu",
        "dim": 32,
        "hidden_dim": 64,
        "initializer_range": 0.02,
        "max_position_embeddings": 128,
        "n_heads": 2,
        "n_layers": 2,
        "pad_token_id": 0,
    },
    # With a window shorter than the texts of the tests, and a layer of each kind after the first.
    "modernbert": {
        "bos_token_id": 0,
        "cls_token_id": 0,
        "eos_token_id": 2,
        "sep_token_id": 2,
        "classifier_pooling": "mean",
        "global_attn_every_n_layers": 2,
        "global_rope_theta": 160000.0,
        "hidden_activation": "gelu",
        "hidden_size": 32,
        "initializer_range": 0.02,
        "intermediate_size": 48,
        "local_attention": 8,
        "local_rope_theta": 10000.0,
        "max_position_embeddings": 128,
        "norm_eps": 1e-5,
        "num_attention_heads": 2,
        "num_hidden_layers": 3,
        "pad_token_id": 1,
    },
    "roberta": _ROBERTA,
    "xlm-roberta": _ROBERTA,
}

_WORDS = [word for word in tiny_bert.vocabulary() if word.isalpha() and len(word) > 1]
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def write_tiny(folder: Path, model_type: str, seed: int = 0, **config: Any) -> None:
    """Writes a base model; `config` changes entries of config.json."""
    from safetensors.numpy import save_file

    if model_type == "bert":
        tiny_bert.write_tiny_bert(folder, seed, **config)
        return
    folder.mkdir(parents=True, exist_ok=True)
    if model_type == "distilbert":
        tiny_bert.write_tokenizer(folder, "DistilBertTokenizer")
        size = len(tiny_bert.vocabulary())
    else:
        tokenizer = _TOKENIZERS[model_type]()
        tokenizer.save(str(folder / "tokenizer.json"))
        size = tokenizer.get_vocab_size()
        roles = {"pad": "<pad>", "unk": "<unk>", "cls": "<s>", "sep": "</s>", "mask": "<mask>"}
        settings = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 128}
        tokens = {f"{role}_token": token for role, token in roles.items()}
        # Whoever knows no token types must not be given any.
        names = {"model_input_names": ["input_ids", "attention_mask"]}
        write_json(folder / "tokenizer_config.json", settings | tokens | names)
    settings = {"model_type": model_type, **_CONFIGS[model_type], "vocab_size": size, **config}
    write_json(folder / "config.json", settings)
    save_file(base_parameters(settings, seed), str(folder / "model.safetensors"), metadata={"format": "pt"})


def _byte_level_bpe() -> Any:
    """As RoBERTa's and ModernBERT's: no text is unknown to it, and a space is a part of the word after it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

    vocabulary = [*_SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    merges: list[tuple[str, str]] = []
    for word in _WORDS:
        pieces = [*"Ġ" + word]
        while len(pieces) > 1:
            pair = (pieces[0], pieces[1])
            if pair not in merges:
                merges.append(pair)
            pieces[:2] = ["".join(pair)]
            if pieces[0] not in vocabulary:
                vocabulary.append(pieces[0])
    index = {token: position for position, token in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.BPE(index, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.add_special_tokens(_SPECIAL)
    return tokenizer


def _unigram() -> Any:
    """As XLM-RoBERTa's, which comes from SentencePiece."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = [(token, 0.0) for token in _SPECIAL]
    pieces += [(one, -8.0) for one in ["▁", *string.ascii_letters, *string.digits, *string.punctuation]]
    pieces += [(f"▁{word}", -4.0) for word in _WORDS]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens(_SPECIAL)
    return tokenizer


_TOKENIZERS: dict[str, Callable[[], Any]] = {
    "modernbert": _byte_level_bpe,
    "roberta": _byte_level_bpe,
    "xlm-roberta": _unigram,
}
