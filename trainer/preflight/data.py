"""What the data will be to the training: rows, labels, and how long its texts are against `maxLength`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.data.batches import choose_lengths, fit
from trainer.data.dataset import check_task, read_manifest, read_split
from trainer.data.tokens import encode, load_tokenizer
from trainer.errors import InputError

# Texts that are tokenised, evenly over the split: a share is then known to a percent.
_SAMPLE = 20_000


@dataclass(frozen=True)
class DataFacts:
    labels: list[str]
    rows: int
    """Of the train split, in sequences: texts, or what texts are packed into."""
    validation_rows: int
    steps_per_epoch: int
    median_length: int
    longest: int
    """Tokens, of those that were looked at."""
    truncated: float
    """Share of the texts that are longer than `maxLength`."""
    filled: float
    """What batches are long on average, as a share of the longest."""


def measure(folder: Path, base_model: Path, config: Mapping[str, Any], settings: Mapping[str, Any]) -> DataFacts:
    """Reads the data and the tokenizer. Raises InputError."""
    manifest = read_manifest(folder)
    check_task(manifest, settings["task"])
    length, batch = settings["maxLength"], settings["batchSize"]
    texts, validation_rows = _texts(folder, manifest, settings["task"])
    if not texts:
        raise InputError("INVALID_DATA", "The train split is empty.")
    tokenizer = load_tokenizer(base_model, dict(config))
    tokenizer.no_truncation()
    sample = texts[:: math.ceil(len(texts) / _SAMPLE)]
    lengths = np.asarray([len(one) for one in encode(tokenizer, sample)])
    seen = np.minimum(lengths, length)
    rows, filled = len(texts), 1.0
    if settings["task"] == "causal-lm":
        # Texts are packed into full rows.
        rows = math.ceil(float(seen.mean()) * len(texts) / length)
    else:
        chosen = choose_lengths(seen, length)
        filled = float(np.mean([fit(int(one), chosen) for one in seen])) / length
    return DataFacts(
        list(manifest["labels"]),
        rows,
        validation_rows,
        math.ceil(rows / batch),
        int(np.median(lengths)),
        int(lengths.max()),
        float((lengths > length).mean()),
        filled,
    )


def _texts(folder: Path, manifest: Any, task: str) -> tuple[list[str], int]:
    if task == "causal-lm":
        from trainer.language.rows import read_texts

        return read_texts(folder, manifest, "train").texts, int(manifest["splits"]["validation"]["rows"])
    rows = read_split(folder, manifest, "train")
    return rows.texts, int(manifest["splits"]["validation"]["rows"])
