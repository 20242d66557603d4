"""The conformance test of the contract, on our own trainer and on ones that break it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trainer.testing.conformance import CHECKS, check

OURS = [sys.executable, "-m", "trainer", "train"]


@pytest.mark.parametrize("task", ["text-classification", "causal-lm"])
def test_our_own_trainer_keeps_the_contract(task: str) -> None:
    assert [(one.__name__, broken) for one, broken in check(OURS, task)] == [(one.__name__, None) for one in CHECKS]


def test_one_that_does_nothing_keeps_none_of_it() -> None:
    found = {one.__name__: broken for one, broken in check([sys.executable, "-c", "pass"], "text-classification")}
    assert len(found) == len(CHECKS)
    assert all(found.values())
    # Told as a clause, not as a file that is missing.
    assert not any("Error" in (broken or "") for broken in found.values())


def test_each_breach_is_found(tmp_path: Path) -> None:
    """Ours behind a wrapper that is deaf to SIGTERM, ends with 1 for whatever is bad, and hides how far it is."""
    wrapper = tmp_path / "wrapper.py"
    wrapper.write_text(
        f"""
import pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
status = subprocess.call({OURS!r} + sys.argv[1:])
checkpoints = pathlib.Path(sys.argv[sys.argv.index("--checkpoints") + 1])
(checkpoints / "progress.json").write_text("{{}}") if status == 0 else None
sys.exit(1 if status else 0)
"""
    )
    found = {one.__name__: broken for one, broken in check([sys.executable, str(wrapper)], "text-classification")}
    broken = {name for name, one in found.items() if one}
    assert {"it_says_how_far_it_is", "a_bad_setting_is_refused", "broken_data_are_refused"} <= broken
    assert not {"it_trains", "the_model_is_evaluated", "it_reports"} & broken
