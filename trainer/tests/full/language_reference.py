"""
What transformers and torch compute of our tiny language models, as the judge of our own numbers.

    python -m trainer.tests.full.language_reference      writes ../language_parity.json anew
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from trainer.testing.tiny_language import MODEL_TYPES, write_tiny_language

FIXTURE = Path(__file__).parent.parent / "language_parity.json"

# Longer than every window.
LENGTHS = (24, 9)


def texts(vocabulary: int) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.integers(3, vocabulary, length).astype(np.int32) for length in LENGTHS]


def compute(folder: Path) -> dict[str, Any]:
    """The loss of each token given those before it, and the length of each gradient of the mean loss."""
    import torch
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    losses = []
    for ids in texts(model.config.vocab_size):
        batch = torch.tensor(ids[None], dtype=torch.long)
        logits = model(input_ids=batch).logits[0, :-1]
        losses.append(torch.nn.functional.cross_entropy(logits.float(), batch[0, 1:], reduction="none"))
    torch.cat(losses).mean().backward()
    return {
        "transformers": transformers.__version__,
        "losses": [[round(value, 6) for value in one.tolist()] for one in losses],
        "gradientNorms": {name: parameter.grad.norm().item() for name, parameter in model.named_parameters()},
    }


if __name__ == "__main__":
    computed = {}
    for one in MODEL_TYPES:
        with tempfile.TemporaryDirectory() as temporary:
            write_tiny_language(Path(temporary), one)
            computed[one] = compute(Path(temporary))
    FIXTURE.write_text(json.dumps(computed, indent=1) + "\n")
