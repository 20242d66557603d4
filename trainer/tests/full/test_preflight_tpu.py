"""Compiling for TPUs on a CPU, with the real compiler: `retemper preflight` installs it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from trainer.contract.validate import problems
from trainer.preflight.versions import compiler
from trainer.tests.runs import read_json, start
from trainer.tests.samples import TRAIN_CONFIG

pytestmark = pytest.mark.skipif(
    compiler() is None, reason="the TPU's compiler is not installed: retemper preflight does"
)

MINILM = {
    "model_type": "bert",
    "hidden_size": 384,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "type_vocab_size": 2,
    "vocab_size": 30522,
}


def ask(folder: Path, model: dict[str, Any], train: dict[str, Any], **config: Any) -> tuple[dict[str, Any], list[Any]]:
    """From config.json alone: there are no weights."""
    (folder / "config.json").write_text(json.dumps(model))
    whole = {"train": {**TRAIN_CONFIG, **train}, **config}
    out = folder / "preflight.json"
    arguments = ["preflight", "--config", json.dumps(whole), "--base-model", str(folder), "--out", str(out)]
    process = start(arguments, RETEMPER_CACHE=str(folder / "cache"), TPU_LIBRARY_PATH=str(compiler()))
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    report = read_json(out)
    assert problems(report, "PreflightReport") == []
    return report, [json.loads(line) for line in output.splitlines()]


def test_an_encoder_fits_and_the_parts_are_the_peak(tmp_path: Path) -> None:
    small = {**MINILM, "num_hidden_layers": 1}
    report, _ = ask(tmp_path, small, {"maxLength": 64}, hardware={"tpu": "v5e", "topology": "2x4"}, labels=16)
    found = report["hardware"]
    assert (found["basis"], found["fits"], found["chips"]) == ("compiled", True, 8)
    assert sum(found["memory"].values()) <= found["peakBytes"] < found["availableBytes"]
    # AdamW keeps two moments of each parameter.
    assert found["memory"]["optimizerState"] == pytest.approx(2 * found["memory"]["parameters"], rel=0.001)
    assert found["largestBuffers"][0]["bytes"] > 1_000_000
    started = time.monotonic()
    again, log = ask(tmp_path, small, {"maxLength": 64}, hardware={"tpu": "v5e", "topology": "2x4"}, labels=16)
    assert again["hardware"]["peakBytes"] == found["peakBytes"] and log == []
    assert time.monotonic() - started < 10


def test_what_does_not_fit_is_told_with_a_change_that_does(tmp_path: Path) -> None:
    small = {**MINILM, "num_hidden_layers": 2}
    train = {"batchSize": 8192, "maxLength": 128}
    report, log = ask(tmp_path, small, train, hardware={"tpu": "v5e", "topology": "1x1"})
    found = report["hardware"]
    assert not found["fits"] and found["peakBytes"] > found["availableBytes"]
    assert report["remedy"] is not None and report["remedy"]["result"]["fits"]
    assert report["remedy"]["result"]["basis"] == "compiled"
    assert any("doing" in line for line in log)


def test_a_language_model_is_compiled_like_any_other(tmp_path: Path) -> None:
    llama = {
        "model_type": "llama",
        "hidden_size": 256,
        "intermediate_size": 512,
        "max_position_embeddings": 512,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "num_hidden_layers": 1,
        "rms_norm_eps": 1e-5,
        "vocab_size": 4096,
    }
    train = {"task": "causal-lm", "maxLength": 128, "precision": "bfloat16", "lora": {"rank": 8, "alpha": 16}}
    report, _ = ask(tmp_path, llama, train, hardware={"tpu": "v6e", "topology": "2x2"})
    found = report["hardware"]
    assert found["fits"] and found["memory"]["frozenParameters"] > found["memory"]["parameters"]
