"""Losses and what labels weigh in them."""

from __future__ import annotations

import math

import jax.numpy as jnp
import numpy as np
import pytest

from trainer.tasks import MULTI_LABEL, SINGLE_LABEL, task_of

HAS = np.asarray([[True, False]] * 6 + [[False, True]] * 2)


def test_balanced_labels_weigh_alike() -> None:
    weights = SINGLE_LABEL.balanced(HAS)
    assert weights == pytest.approx([8 / (2 * 6), 8 / (2 * 2)])
    targets = jnp.asarray(SINGLE_LABEL.targets(HAS))
    # A model that is sure of the first label, whatever the row.
    logits = jnp.asarray([[2.0, 0.0]] * 8)
    losses, each = SINGLE_LABEL.terms(logits, targets, jnp.asarray(weights))
    right, wrong = math.log(1 + math.exp(-2)), math.log(1 + math.exp(2))
    assert losses.sum() / each.sum() == pytest.approx((right + wrong) / 2, rel=1e-5)
    losses, each = SINGLE_LABEL.terms(logits, targets, jnp.ones(2))
    assert losses.sum() / each.sum() == pytest.approx((6 * right + 2 * wrong) / 8, rel=1e-5)


def test_balanced_labels_of_a_multi_label_task() -> None:
    has = np.asarray([[True, False]] * 1 + [[False, True]] * 3)
    assert MULTI_LABEL.balanced(has) == pytest.approx([3, 1 / 3])
    targets, label_weights = (jnp.asarray(make(has)) for make in (MULTI_LABEL.targets, MULTI_LABEL.balanced))
    losses, weights = MULTI_LABEL.terms(jnp.zeros((4, 2)), targets, label_weights)
    # Of each label, rows with it and rows without weigh the same in all.
    assert losses.sum() == pytest.approx(math.log(2) * (3 + 3 + 1 + 1) / 2, rel=1e-5)
    assert weights.sum() == 4


def test_labels_are_written_as_they_are_read() -> None:
    assert MULTI_LABEL.write(["sound", "games"]) == '["games","sound"]'
    assert MULTI_LABEL.parse('["games","sound"]') == ["games", "sound"]
    with pytest.raises(ValueError):
        MULTI_LABEL.parse("games")
    assert SINGLE_LABEL.write(SINGLE_LABEL.parse("games")) == "games"


def test_a_model_says_by_its_problem_type_what_it_does() -> None:
    assert task_of("multi_label_classification") is MULTI_LABEL
    assert task_of(None) is SINGLE_LABEL
