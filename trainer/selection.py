"""Which step is exported: the best one on the validation split. The test split is never asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Validation = Mapping[str, float]
"""`step`, and metrics after it: `accuracy`, `macroF1`, `loss`."""


def best(history: Sequence[Validation], by: str) -> Validation | None:
    """Of equals the one with the least loss, and of those the first; None where nothing was validated."""
    if not history:
        return None
    if by == "last":
        return history[-1]
    return max(history, key=lambda one: (-one["loss"] if by == "loss" else one[by], -one["loss"]))


def exhausted(history: Sequence[Validation], by: str, patience: int | None) -> bool:
    """Whether the last `patience` validations brought nothing better."""
    chosen = best(history, by)
    if patience is None or chosen is None:
        return False
    return sum(one["step"] > chosen["step"] for one in history) >= patience
