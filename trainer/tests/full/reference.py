"""
What transformers and torch compute, as the judge of our own numbers.

    python -m trainer.tests.full.reference      writes ../parity.json anew

Needs what requirements.txt beside this file lists, and the trainer's own dependencies.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from trainer.model_files import export_model, load_base
from trainer.testing.tiny import MODEL_TYPES, write_tiny

FIXTURE = Path(__file__).parent.parent / "parity.json"

LABELS = ["games", "mail", "sound"]
MAX_LENGTH = 24
TEXTS = [
    "A game.",
    "Free software that reads mail from any server on your network",
    "",
    "Plays music; records sound! (with images and video in its window, and too long to be read to the end)",
]
TARGETS = [0, 1, 1, 2]


def write_model(folder: Path, model_type: str) -> None:
    """A tiny classifier with a head as random as the rest, exported by our own code."""
    write_tiny(folder / "base", model_type)
    loaded = load_base(folder / "base", LABELS, seed=0)
    random = np.random.default_rng(1)
    head = {
        name: random.normal(0.0, 0.3, value.shape).astype(np.float32)
        for name, value in loaded.parameters.items()
        if name.startswith((*loaded.model.head, "head."))
    }
    export_model(folder / "model", loaded, {**loaded.parameters, **head}, MAX_LENGTH, "single_label_classification")


def compute(folder: Path) -> dict[str, Any]:
    """Tokens, logits, loss and the length of each gradient, by transformers with dropout off."""
    import torch
    import transformers

    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(TEXTS, padding=True, truncation=True, return_tensors="pt")
    output = model(**batch, labels=torch.tensor(TARGETS))
    output.loss.backward()
    lengths = [int(mask.sum()) for mask in batch["attention_mask"]]
    return {
        "transformers": transformers.__version__,
        "torch": torch.__version__,
        "tokens": [row[:length].tolist() for row, length in zip(batch["input_ids"], lengths, strict=True)],
        "logits": output.logits.tolist(),
        "loss": output.loss.item(),
        "gradientNorms": {name: parameter.grad.norm().item() for name, parameter in model.named_parameters()},
    }


if __name__ == "__main__":
    computed = {}
    for one in MODEL_TYPES:
        with tempfile.TemporaryDirectory() as temporary:
            write_model(Path(temporary), one)
            computed[one] = compute(Path(temporary) / "model")
    FIXTURE.write_text(json.dumps(computed, indent=1) + "\n")
