from __future__ import annotations

from typing import Any

import pytest

from trainer.errors import Diverged
from trainer.selection import best, exhausted
from trainer.watch import Watch

HISTORY: list[dict[str, Any]] = [
    {"step": 10, "accuracy": 0.5, "macroF1": 0.6, "loss": 1.0},
    {"step": 20, "accuracy": 0.7, "macroF1": 0.5, "loss": 0.9},
    {"step": 30, "accuracy": 0.7, "macroF1": 0.4, "loss": 0.8},
    {"step": 40, "accuracy": 0.6, "macroF1": 0.4, "loss": 0.7},
]


@pytest.mark.parametrize(("by", "step"), [("accuracy", 30), ("macroF1", 10), ("loss", 40), ("last", 40)])
def test_the_best_step(by: str, step: int) -> None:
    chosen = best(HISTORY, by)
    assert chosen is not None and chosen["step"] == step
    assert best([], by) is None


def test_patience() -> None:
    assert not exhausted(HISTORY, "accuracy", None)
    assert not exhausted(HISTORY, "accuracy", 2)
    assert exhausted(HISTORY, "accuracy", 1)
    assert exhausted(HISTORY, "macroF1", 3)


def test_divergence() -> None:
    for loss, norm in ((float("nan"), 1.0), (1.0, float("inf"))):
        with pytest.raises(Diverged) as caught:
            Watch(guessing=1.0).see(7, loss, norm)
        assert caught.value.step == 7
    watch = Watch(guessing=1.0)
    for step in range(200):
        watch.see(step, 12.0 if step % 3 == 0 else 1.0, 1.0)
    with pytest.raises(Diverged) as caught:
        for step in range(200, 300):
            watch.see(step, 6.0, 1.0)
    assert 200 < caught.value.step <= 250
