"""Conversations that a tiny language model learns, as prepared data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.testing.tiny_language import END, START

TRAIN_CONFIG: dict[str, Any] = {
    "task": "causal-lm",
    "epochs": 12,
    "batchSize": 8,
    "maxLength": 128,
    "learningRate": 5e-3,
    "weightDecay": 0.0,
    "warmup": 0.1,
    "seed": 0,
    "checkpointEvery": 50,
}
EVALUATE_CONFIG: dict[str, Any] = {
    "task": "causal-lm",
    "batchSize": 8,
    "maxLength": 128,
    "split": "test",
    "maxNewTokens": 8,
}

# What is asked, and what is to be answered.
ANSWERS = {"games": "play", "mail": "send", "sound": "hear", "fonts": "type"}
_ASKING = ["what of {}?", "{}", "tell me {}", "and {} then"]

Row = dict[str, Any]


def conversation(number: int, shift: int = 0) -> list[dict[str, str]]:
    """`shift`: how many topics on the answer belongs to."""
    topics = list(ANSWERS)
    topic, answered = topics[number % len(topics)], topics[(number + shift) % len(topics)]
    asked = _ASKING[number // len(ANSWERS) % len(_ASKING)].format(topic)
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": ANSWERS[answered]}]


def render(messages: list[dict[str, str]]) -> tuple[str, list[tuple[int, int]]]:
    """By the chat template of the tiny models; an answer and the end of its turn are to be learnt."""
    text, completions = "", []
    for message in messages:
        text += f"{START}{message['role']}\n"
        start = len(text)
        text += f"{message['content']}{END}"
        if message["role"] == "assistant":
            completions.append((start, len(text)))
        text += "\n"
    return text, completions


def rows(count: int, start: int = 0, shift: int = 0) -> list[Row]:
    result = []
    for number in range(start, start + count):
        messages = conversation(number, shift)
        text, completions = render(messages)
        result.append(
            {
                "id": f"{10_000 - number:05}",
                "messages": json.dumps(messages),
                "text": text,
                "completions": json.dumps(completions),
                "status": "new" if number % 4 == 0 else "old",
            }
        )
    return result


def write_conversations(folder: Path, splits: Mapping[str, list[Row]] | None = None) -> Path:
    splits = {"train": rows(160), "validation": rows(16, 160), "test": rows(16, 176), **(splits or {})}
    manifest = {
        "schemaVersion": 1,
        "task": "causal-lm",
        "labels": [],
        "slices": ["status"],
        "splits": {name: _write(folder, name, content) for name, content in splits.items()},
        "sources": [{"uri": "file:///rows.jsonl", "revision": "0" * 64, "rows": 192}],
        "rejected": [],
        "duplicates": {"withinSplits": 0, "acrossSplits": 0},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _write(folder: Path, name: str, content: list[Row]) -> dict[str, Any]:
    path = folder / name / "part-00000.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = pa.schema([(column, pa.string()) for column in ("id", "messages", "text", "completions", "status")])
    pq.write_table(pa.Table.from_pylist(content, schema=schema), path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    shard = {"path": f"{name}/part-00000.parquet", "rows": len(content), "sha256": digest}
    return {"rows": len(content), "shards": [shard], "labelCounts": {}}
