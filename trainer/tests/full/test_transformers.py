"""transformers itself beside us: what it saves, we compute the same; what we export, it opens and computes the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from trainer.data.tokens import pad
from trainer.model_files import load_base, load_classifier
from trainer.testing.tiny import MODEL_TYPES, write_tiny
from trainer.tests.full import reference
from trainer.tests.runs import evaluate, train
from trainer.tests.samples import LABELS, write_data

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_the_committed_fixture_is_what_transformers_computes(tmp_path: Path, model_type: str) -> None:
    reference.write_model(tmp_path, model_type)
    now, committed = reference.compute(tmp_path / "model"), json.loads(reference.FIXTURE.read_text())[model_type]
    assert now["tokens"] == committed["tokens"]
    np.testing.assert_allclose(now["logits"], committed["logits"], atol=2e-6)
    assert now["gradientNorms"].keys() == committed["gradientNorms"].keys()


SETTINGS: dict[str, list[dict[str, Any]]] = {
    "bert": [{}, {"hidden_act": "gelu_new", "type_vocab_size": 3}],
    "distilbert": [{}, {"activation": "relu"}],
    "modernbert": [
        {},
        {"classifier_pooling": "cls", "norm_bias": True, "attention_bias": True, "mlp_bias": True},
        {"classifier_bias": True, "classifier_activation": "relu", "layer_types": ["sliding_attention"] * 3},
    ],
    "roberta": [{}, {"pad_token_id": 5}],
    "xlm-roberta": [{}],
}


@pytest.mark.parametrize(
    ("model_type", "settings"), [(kind, one) for kind, several in SETTINGS.items() for one in several]
)
def test_a_model_that_transformers_made(tmp_path: Path, model_type: str, settings: dict[str, Any]) -> None:
    """Its own config.json and names, lively weights, padded batches of several lengths."""
    write_tiny(tmp_path, model_type)
    config = transformers.AutoConfig.from_pretrained(tmp_path, num_labels=3, **settings)
    torch.manual_seed(0)
    model = transformers.AutoModelForSequenceClassification.from_config(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1.0 if name.lower().endswith("norm.weight") else 0.0, 0.2)
    model.save_pretrained(tmp_path)
    # config.json of now; the tokenizer is not asked.
    loaded = load_classifier(tmp_path)
    classify = jax.jit(lambda parameters, batch: loaded.model.classify(parameters, loaded.config, batch))

    random = np.random.default_rng(0)
    for lengths, padded in (([1], 8), ([3, 30, 17, 9], 32), ([120, 2, 64], 128)):
        texts = [random.integers(6, config.vocab_size, length).astype(np.int32) for length in lengths]
        batch = pad(texts, len(texts), padded, config.pad_token_id)
        ours = classify(loaded.parameters, batch)
        with torch.no_grad():
            theirs = model(**{name: torch.tensor(value) for name, value in batch.items()}).logits
        np.testing.assert_allclose(ours, theirs.numpy(), atol=2e-5)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
@pytest.mark.parametrize("head", ["AutoModel", "AutoModelForMaskedLM"])
def test_a_base_model_that_transformers_saved(tmp_path: Path, model_type: str, head: str) -> None:
    write_tiny(tmp_path, model_type)
    config = transformers.AutoConfig.from_pretrained(tmp_path)
    model = getattr(transformers, head).from_config(config)
    model.save_pretrained(tmp_path)
    loaded = load_base(tmp_path, LABELS, 0)
    prefix = loaded.model.prefix
    theirs = {name if name.startswith(prefix) else prefix + name: value for name, value in model.state_dict().items()}
    encoder = [name for name in loaded.parameters if name.startswith(prefix) and not name.startswith(loaded.model.head)]
    assert len(encoder) > 10
    for name in encoder:
        np.testing.assert_array_equal(loaded.parameters[name], theirs[name].numpy())
    if model_type == "modernbert" and head == "AutoModelForMaskedLM":
        pretrained = model.state_dict()["head.dense.weight"].numpy()
        np.testing.assert_array_equal(loaded.parameters["head.dense.weight"], pretrained)


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_a_trained_model_opens_and_predicts_the_same(tmp_path: Path, model_type: str) -> None:
    base, data, model = tmp_path / "base", write_data(tmp_path / "data"), tmp_path / "model"
    write_tiny(base, model_type)
    assert train(base, data, tmp_path, epochs=8).status == 0
    assert evaluate(model, data, tmp_path).status == 0

    opened, report = transformers.AutoModelForSequenceClassification.from_pretrained(model, output_loading_info=True)
    assert not any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    assert [opened.config.id2label[index] for index in range(3)] == LABELS

    import pyarrow.parquet as pq

    texts = {row["id"]: row["text"] for row in pq.read_table(data / "test").to_pylist()}
    ours = pq.read_table(tmp_path / "predictions.parquet").to_pylist()
    classify = transformers.pipeline("text-classification", model=str(model), tokenizer=str(model), truncation=True)
    theirs = classify([texts[row["id"]] for row in ours])
    assert [row["prediction"] for row in ours] == [row["label"] for row in theirs]
    np.testing.assert_allclose([row["score"] for row in ours], [row["score"] for row in theirs], atol=1e-5)
