"""
A trainer of a team's own, with PyTorch and transformers' own model and nothing of ours: for the conformance test.
Each word of `BREAK` in the environment breaks one clause of the contract.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

BREAK = os.environ.get("BREAK", "").split()
KNOWN = {"epochs": int, "batchSize": int, "maxLength": int, "learningRate": float, "seed": int, "checkpointEvery": int}
stopped = False


def refuse(code: str, problem: str) -> NoReturn:
    print(json.dumps({"error": code, "message": problem, "problems": [problem]}), file=sys.stderr)
    sys.exit(2)


def parse() -> tuple[argparse.Namespace, dict[str, float]]:
    parser = argparse.ArgumentParser()
    for name in ("config", "base-model", "data", "checkpoints", "model", "metrics", "executor-input"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args()
    config = json.loads(given.config)
    for name, kind in KNOWN.items():
        if not isinstance(config.get(name), (kind, int)) and "config" not in BREAK:
            refuse("INVALID_CONFIG", f"{name} is {config.get(name)!r}")
    return given, config


def read(folder: Path, split: str, manifest: dict) -> list[dict]:
    rows = []
    for shard in manifest["splits"][split]["shards"]:
        content = (folder / shard["path"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != shard["sha256"] and "data" not in BREAK:
            refuse("INVALID_DATA", f"{shard['path']} is not what the manifest says")
        rows += pq.read_table(pa.BufferReader(content)).to_pylist()
    return rows


def main() -> None:
    given, config = parse()
    data, checkpoints, out = Path(given.data), Path(given.checkpoints), Path(given.model)
    manifest = json.loads((data / "manifest.json").read_text())
    rows = read(data, "train", manifest)
    # Only now: they take seconds to load, and what is bad is told at once.
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    labels = manifest["labels"]
    if "labels" in BREAK:
        labels = [f"LABEL_{index}" for index in range(len(labels))]
    torch.set_num_threads(1)
    torch.manual_seed(config["seed"] if "seed" not in BREAK else int.from_bytes(os.urandom(4)))
    tokenizer = AutoTokenizer.from_pretrained(given.base_model)
    model = AutoModelForSequenceClassification.from_pretrained(
        given.base_model, num_labels=len(labels), id2label=dict(enumerate(labels)), label2id={}
    )
    optimizer = torch.optim.AdamW(model.parameters(), lr=config["learningRate"])
    size = int(config["batchSize"])
    per_epoch = -(-len(rows) // size)
    steps, step, loss = per_epoch * int(config["epochs"]), 0, None
    saved = checkpoints / "last.pt"
    checkpoints.mkdir(parents=True, exist_ok=True)
    if saved.exists() and "resume" not in BREAK:
        state = torch.load(saved)
        step = state["step"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])

    def report(phase: str) -> None:
        if "progress" in BREAK:
            phase = "nearly"
        value = {"phase": phase, "step": step, "steps": steps, "epoch": step / per_epoch, "loss": loss}
        value |= {"examplesPerSecond": None, "secondsLeft": None, "validationAccuracy": None}
        (checkpoints / ".progress").write_text(json.dumps(value))
        (checkpoints / ".progress").replace(checkpoints / "progress.json")

    def save() -> None:
        state = {"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save(state, checkpoints / "partial.pt")
        (checkpoints / "partial.pt").replace(saved)

    while step < steps:
        # A batch is a function of seed and step.
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(step // per_epoch)).tolist()
        start = step % per_epoch * size
        batch = [rows[index] for index in order[start : start + size]]
        tokens = tokenizer(
            [row["text"] for row in batch],
            padding=True,
            truncation=True,
            max_length=int(config["maxLength"]),
            return_tensors="pt",
        )
        model.eval()
        found = model(**tokens, labels=torch.tensor([manifest["labels"].index(row["label"]) for row in batch])).loss
        found.backward()
        optimizer.step()
        optimizer.zero_grad()
        step, loss = step + 1, found.item()
        report("training")
        if step % int(config["checkpointEvery"]) == 0:
            save()
        if stopped:
            save()
            sys.exit(1 if "status" in BREAK else 0 if "success" in BREAK else 143)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    metrics = {"loss": loss} if "metrics" not in BREAK else {"loss": "low"}
    Path(given.metrics).write_text(json.dumps(metrics))
    outputs = json.loads(given.executor_input)["outputs"]
    artifacts = {name: {"artifacts": [one["artifacts"][0]]} for name, one in outputs["artifacts"].items()}
    Path(outputs["outputFile"]).write_text(json.dumps({"artifacts": artifacts}))
    report("done")


def stop(*_: object) -> None:
    global stopped
    stopped = True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    main()
