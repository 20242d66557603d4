"""Prepares Parquet files with Hugging Face's datasets, as one would: peer.py OUTPUT PROCESSES FILE…

The same job as ours: texts normalised, rows without text or label dropped, texts with several labels dropped, exact
duplicates dropped, three splits by hash, each ordered by id and written as Parquet shards.
"""

import hashlib
import json
import os
import re
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

import datasets
from datasets import Dataset, load_dataset

ROWS_A_SHARD = 50_000
SPACES = re.compile(r"\s+")


def keys(batch: dict[str, list[str]]) -> dict[str, list[str]]:
    ids = []
    for text in batch["text"]:
        normalised = SPACES.sub(" ", f" {unicodedata.normalize('NFC', text or '')} ").lower()
        ids.append(hashlib.sha256(normalised.encode()).hexdigest()[:32] if normalised != " " else "")
    return {"id": ids}


def wanted(data: Dataset) -> list[int]:
    """Rows to keep: the first of equal texts, none of those that contradict each other."""
    labels: dict[str, str] = {}
    contradicting: set[str] = set()
    kept: dict[str, int] = {}
    index = 0
    for batch in data.select_columns(["id", "label"]).iter(10_000):
        for key, label in zip(batch["id"], batch["label"], strict=True):
            if key and label:
                if labels.setdefault(key, label) != label:
                    contradicting.add(key)
                kept.setdefault(key, index)
            index += 1
    return [row for key, row in kept.items() if key not in contradicting]


def split_of(key: str) -> str:
    position = int(key[:8], 16) / 2**32
    return "test" if position < 0.2 else "validation" if position < 0.3 else "train"


def main() -> None:
    output, processes = Path(sys.argv[1]), int(sys.argv[2])
    started = time.monotonic()
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory(dir=output.parent) as cache:
        data = load_dataset("parquet", data_files=sys.argv[3:], split="train", cache_dir=cache)
        data = data.map(keys, batched=True, num_proc=processes)
        data = data.select(wanted(data)).sort("id")
        splits = [split_of(key) for batch in data.select_columns(["id"]).iter(10_000) for key in batch["id"]]
        rows = {}
        for name in ["train", "validation", "test"]:
            part = data.select([index for index, split in enumerate(splits) if split == name])
            rows[name] = len(part)
            (output / name).mkdir(parents=True)
            for number, first in enumerate(range(0, len(part), ROWS_A_SHARD)):
                shard = part.select(range(first, min(first + ROWS_A_SHARD, len(part))))
                shard.to_parquet(output / name / f"part-{number:05}.parquet")
    print(json.dumps({"rows": rows, "seconds": time.monotonic() - started, "cpu": sum(os.times()[:4])}))


if __name__ == "__main__":
    main()
