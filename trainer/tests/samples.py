"""Models and data that tests train on: small, made here, the same every time."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

LABELS = ["games", "mail", "sound"]

TRAIN_CONFIG: dict[str, Any] = {
    "task": "text-classification",
    "epochs": 16,
    "batchSize": 16,
    "maxLength": 16,
    "learningRate": 2e-3,
    "weightDecay": 0.01,
    "warmup": 0.1,
    "seed": 0,
    "checkpointEvery": 50,
}

EVALUATE_CONFIG: dict[str, Any] = {"task": "text-classification", "batchSize": 16, "maxLength": 16, "split": "test"}

_WORDS = {
    "games": ["game", "play", "player"],
    "mail": ["mail", "text", "server"],
    "sound": ["sound", "music", "library"],
}
_FILLING = ["a", "free", "the", "program", "for", "your", "system", "with", "data", "tools"]

Row = dict[str, Any]


def rows(count: int, start: int = 0) -> list[Row]:
    """Each text has one word that tells its label, among others that tell nothing."""
    result: list[Row] = []
    for number in range(start, start + count):
        label = LABELS[number % len(LABELS)]
        words = [_FILLING[(number * step + step) % len(_FILLING)] for step in range(1, 3 + number % 6)]
        words.insert(number % len(words), _WORDS[label][number // 3 % 3])
        result.append(
            {
                # Descending, so that order by id is not the order of the rows.
                "id": f"{10_000 - number:05}",
                "text": " ".join(words),
                "label": label,
                "status": "new" if number % 4 == 0 else "old",
            }
        )
    return result


def write_data(
    folder: Path, splits: Mapping[str, list[Row]] | None = None, labels: list[str] = LABELS, **changes: Any
) -> Path:
    """A manifest and its shards; the train split has two. `changes` replace entries of the manifest."""
    splits = {"train": rows(160), "validation": rows(30, 160), "test": rows(60, 190), **(splits or {})}
    manifest = {
        "schemaVersion": 1,
        "task": "text-classification",
        "labels": labels,
        "slices": ["status"],
        "splits": {name: _write_split(folder, name, content) for name, content in splits.items()},
        "sources": [{"uri": "file:///rows.csv", "revision": "0" * 64, "rows": 250}],
        "rejected": [],
        "duplicates": {"withinSplits": 0, "acrossSplits": 0},
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _write_split(folder: Path, name: str, content: list[Row]) -> dict[str, Any]:
    half = len(content) // 2
    parts = [content[:half], content[half:]] if name == "train" else [content]
    return {
        "rows": len(content),
        "shards": [_write_shard(folder, f"{name}/part-{index:05}.parquet", part) for index, part in enumerate(parts)],
        "labelCounts": Counter(row["label"] for row in content),
    }


def _write_shard(folder: Path, path: str, content: list[Row]) -> dict[str, Any]:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([(name, pa.string()) for name in ("id", "text", "label", "status")])
    pq.write_table(pa.Table.from_pylist(content, schema=schema), file)
    return {"path": path, "rows": len(content), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
