"""The conformance test on a trainer that has nothing of ours, whole and with its clauses broken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trainer.testing.conformance import CHECKS, check

COMMAND = [sys.executable, str(Path(__file__).parent / "independent_trainer.py")]

# What each breaks.
CLAUSES = {
    "labels": "the_model_is_evaluated",
    "metrics": "it_reports",
    "progress": "it_says_how_far_it_is",
    "config": "a_bad_setting_is_refused",
    "data": "broken_data_are_refused",
    "seed": "the_same_arguments_give_the_same_model",
    "status": "it_goes_on_after_sigterm",
    "resume": "it_goes_on_after_sigterm",
    "success": "it_goes_on_after_sigterm",
}

# Several at once, for speed. No two clauses are broken in the same of these runs, so that a clause which is found
# broken exactly where it is was found by its own breakage, and no breakage is found by another clause.
RUNS = [
    [],
    ["labels", "config", "data", "status"],
    ["metrics", "config", "seed", "resume"],
    ["progress", "data", "seed", "success"],
]


@pytest.mark.parametrize("broken", RUNS, ids=lambda words: " ".join(words) or "whole")
def test_exactly_the_broken_clauses_are_found(monkeypatch: pytest.MonkeyPatch, broken: list[str]) -> None:
    monkeypatch.setenv("BREAK", " ".join(broken))
    found = {one.__name__: what for one, what in check(COMMAND, "text-classification", deterministic=True)}
    assert len(found) == len(CHECKS) + 1
    wrong = {name: what for name, what in found.items() if what is not None}
    assert wrong.keys() == {CLAUSES[word] for word in broken}, wrong
