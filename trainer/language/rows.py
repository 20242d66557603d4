"""Rows of text with what of it is to be learnt, as tokens."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.data.dataset import SplitName, read_columns
from trainer.errors import InputError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from trainer.contract.generated.contract import Manifest

Span = tuple[int, int]
"""From a code point on, to before another one."""


@dataclass(frozen=True)
class TextRows:
    """A split, in the order of its shards."""

    ids: list[str]
    texts: list[str]
    completions: list[list[Span]]
    slices: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, order: list[int]) -> TextRows:
        """Some of the rows, in this order."""
        slices = {name: [values[one] for one in order] for name, values in self.slices.items()}
        ids, texts = ([column[one] for one in order] for column in (self.ids, self.texts))
        return TextRows(ids, texts, [self.completions[one] for one in order], slices)


@dataclass(frozen=True)
class Example:
    ids: np.ndarray
    """Tokens, int32."""
    learnt: np.ndarray
    """Whether each is to be learnt, bool."""
    spans: np.ndarray
    """Which of the completions each belongs to; -1 for none."""

    def __len__(self) -> int:
        return len(self.ids)


def read_texts(folder: Path, manifest: Manifest, name: SplitName) -> TextRows:
    """All rows of a split. Raises InputError with everything that is wrong with its shards."""
    problems: list[str] = []
    read = read_columns(folder, manifest, name, ["id", "text", "completions"], problems)
    completions = []
    for row, (text, value) in enumerate(zip(read["text"], read["completions"], strict=True)):
        spans = _spans(text, value)
        if spans is None:
            problems.append(f"{name}: row {row} has the completions {value!r}, which are not [start, end) of its text")
        completions.append(spans or [])
    if problems:
        raise InputError("INVALID_DATA", f"The {name} split cannot be read: {'; '.join(problems[:10])}", problems)
    return TextRows(read["id"], read["text"], completions, {column: read[column] for column in manifest["slices"]})


def _spans(text: str, value: str) -> list[Span] | None:
    try:
        spans = [(int(start), int(end)) for start, end in json.loads(value)]
    except (ValueError, TypeError):
        return None
    edges = [edge for span in spans for edge in span]
    sound = all(start < end for start, end in spans) and edges == sorted(edges) and edges[-1:] <= [len(text)]
    return spans if sound and spans and edges[0] >= 0 else None


def encode_texts(tokenizer: Tokenizer, rows: TextRows) -> list[Example]:
    """A token belongs to the completion in which it begins."""
    encodings = tokenizer.encode_batch(rows.texts, add_special_tokens=False)
    return [
        _example(encoding.ids, encoding.offsets, spans)
        for encoding, spans in zip(encodings, rows.completions, strict=True)
    ]


def _example(ids: list[int], offsets: list[tuple[int, int]], spans: list[Span]) -> Example:
    starts = np.asarray([start for start, _ in offsets], np.int64)
    bounds = np.asarray(spans, np.int64).reshape(-1, 2)
    index = np.searchsorted(bounds[:, 0], starts, side="right") - 1
    inside = (index >= 0) & (starts < bounds[np.maximum(index, 0), 1]) if len(bounds) else np.zeros(len(starts), bool)
    return Example(np.asarray(ids, np.int32), inside, np.where(inside, index, -1))


def cut(example: Example, length: int) -> Example:
    """Its first tokens."""
    return Example(example.ids[:length], example.learnt[:length], example.spans[:length])
