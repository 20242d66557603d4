"""From texts to token ids, by the model's own tokenizer.json."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Tokens = np.ndarray
"""Ids of one text, int32."""


def load_tokenizer(folder: Path, config: dict[str, Any]) -> Tokenizer:
    """Padding off, truncation as in the file. Raises InputError where it does not fit the model."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise InputError("INVALID_MODEL", f"{folder} has no tokenizer.json (the fast tokenizer's file).")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises no narrower class
        raise InputError("INVALID_MODEL", f"{path} is not a tokenizer: {error}") from error
    size = tokenizer.get_vocab_size(with_added_tokens=True)
    if size > config["vocab_size"]:
        # An id beyond the embeddings would be clamped in silence.
        raise InputError(
            "INVALID_MODEL", f"{path} has {size} tokens, the model's vocab_size is {config['vocab_size']}."
        )
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[Tokens]:
    return [np.asarray(encoding.ids, np.int32) for encoding in tokenizer.encode_batch(texts)]


def pad(tokens: list[Tokens], rows: int, length: int, padding: int) -> dict[str, np.ndarray]:
    """A batch of exactly [rows, length]. A row without a text attends to one token, so that nothing divides by zero."""
    ids = np.full((rows, length), padding, np.int32)
    mask = np.zeros((rows, length), np.int32)
    mask[len(tokens) :, 0] = 1
    for row, one in enumerate(tokens):
        ids[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return {"input_ids": ids, "attention_mask": mask}
