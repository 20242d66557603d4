"""What training a language model writes opens in transformers and in PEFT as it is, and computes the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.language.model import load_language_model
from trainer.testing.tiny_language import MODEL_TYPES, write_tiny_language
from trainer.tests.conversations import EVALUATE_CONFIG, TRAIN_CONFIG, conversation, rows, write_conversations
from trainer.tests.full.test_language_models import compute
from trainer.tests.runs import evaluate, read_json, run, train_arguments

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"))


def train(base: Path, data: Path, folder: Path, **config: Any) -> Path:
    finished = run(train_arguments(base, data, folder, **TRAIN_CONFIG | config))
    assert finished.status == 0, finished.errors
    return folder / "model"


def logits(model: Any, ids: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(model.eval()(input_ids=torch.tensor(ids, dtype=torch.long)).logits)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_an_adapter_loads_in_peft_and_the_merged_model_in_transformers(
    data: Path, tmp_path: Path, model_type: str
) -> None:
    base = tmp_path / "base"
    write_tiny_language(base, model_type)
    model = train(base, data, tmp_path, lora={"rank": 4, "alpha": 6}, epochs=4)

    merged, report = transformers.AutoModelForCausalLM.from_pretrained(model, output_loading_info=True)
    assert not any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    untouched = transformers.AutoModelForCausalLM.from_pretrained(base)
    before = logits(untouched, np.arange(3, 43)[None])
    adapted = peft.PeftModel.from_pretrained(untouched, model / "adapter")
    assert {name for name, value in adapted.named_parameters() if "lora_B" in name and not value.any()} == set()

    ids = np.arange(3, 43)[None]
    theirs = logits(adapted, ids)
    assert np.abs(theirs - before).max() > 0.1
    np.testing.assert_allclose(logits(merged, ids), theirs, atol=2e-4)
    positions = np.arange(40)[None]
    ours = compute(load_language_model(model), ids.astype(np.int32), positions, np.ones((1, 40), np.int32))
    np.testing.assert_allclose(ours, theirs, atol=2e-4)


def test_transformers_writes_what_the_evaluation_wrote(data: Path, tmp_path: Path) -> None:
    """By its own chat template, tokenizer and generation, greedily; early, so that not all is right."""
    import pyarrow.parquet as pq

    base = tmp_path / "base"
    write_tiny_language(base, "qwen2")
    model = train(base, data, tmp_path, epochs=5, learningRate=3e-3)
    assert evaluate(model, data, tmp_path, **EVALUATE_CONFIG | {"maxNewTokens": 12}).status == 0
    ours = {row["id"]: row["prediction"] for row in pq.read_table(tmp_path / "predictions.parquet").to_pylist()}
    opened = transformers.AutoModelForCausalLM.from_pretrained(model).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    for number in range(176, 192):
        [row] = rows(1, number)
        messages = conversation(number)
        assert tokenizer.apply_chat_template(messages, tokenize=False) == row["text"]
        prompt = tokenizer.apply_chat_template(
            messages[:1], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        with torch.no_grad():
            written = opened.generate(**prompt, max_new_tokens=12, do_sample=False)
        text = tokenizer.decode(written[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
        assert text.strip() == ours[row["id"]]


def test_the_loss_is_the_one_that_transformers_computes(data: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    write_tiny_language(base, "gemma3_text")
    assert evaluate(base, data, tmp_path, **EVALUATE_CONFIG | {"maxNewTokens": 0}).status == 0
    model = transformers.AutoModelForCausalLM.from_pretrained(base).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    total, tokens = 0.0, 0
    for row in rows(16, 176):
        [[start, end]] = json.loads(row["completions"])
        encoded = tokenizer(row["text"], return_offsets_mapping=True, return_tensors="pt", add_special_tokens=False)
        labels = encoded["input_ids"].clone()
        for place, (first, _) in enumerate(encoded["offset_mapping"][0].tolist()):
            if not start <= first < end:
                labels[0, place] = -100
        count = int((labels != -100).sum())
        with torch.no_grad():
            total += float(model(input_ids=encoded["input_ids"], labels=labels).loss) * count
        tokens += count
    found = read_json(tmp_path / "evaluation.json")["metrics"]
    assert found["tokens"] == tokens
    assert found["loss"] == pytest.approx(total / tokens, abs=1e-5)
