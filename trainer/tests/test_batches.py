from __future__ import annotations

import numpy as np
import pytest

from trainer.data.batches import TrainingBatches, choose_lengths, fit, ordered_batches

LENGTHS = np.random.default_rng(0).integers(3, 60, 1_003)
CHOSEN = (16, 32, 64)


def test_every_epoch_has_each_row_once_in_another_order() -> None:
    batches = TrainingBatches(LENGTHS, CHOSEN, 32, seed=1)
    assert batches.per_epoch == 32
    epochs = [np.concatenate([batches.at(step).rows for step in range(start, start + 32)]) for start in (0, 32)]
    for rows in epochs:
        assert sorted(rows) == list(range(1_003))
    assert not np.array_equal(epochs[0], epochs[1])


@pytest.mark.parametrize("chosen", [CHOSEN, (64,)])
def test_a_batch_depends_on_seed_and_step_alone(chosen: tuple[int, ...]) -> None:
    forwards = TrainingBatches(LENGTHS, chosen, 32, seed=1)
    rows = [forwards.at(step).rows for step in range(64)]
    assert np.array_equal(TrainingBatches(LENGTHS, chosen, 32, seed=1).at(40).rows, rows[40])
    assert not np.array_equal(TrainingBatches(LENGTHS, chosen, 32, seed=2).at(40).rows, rows[40])


def test_batches_hold_their_texts_and_spare_padding() -> None:
    batches = TrainingBatches(LENGTHS, CHOSEN, 32, seed=1)
    epoch = [batches.at(step) for step in range(batches.per_epoch)]
    assert all(LENGTHS[batch.rows].max() <= batch.length for batch in epoch)
    assert sum(batch.length * len(batch.rows) for batch in epoch) < 0.75 * 64 * len(LENGTHS)


def test_lengths_are_few_and_only_where_they_pay() -> None:
    assert choose_lengths(np.full(100, 200), 64) == (64,)
    assert choose_lengths(np.full(100, 21), 64) == (24,)
    mixed = choose_lengths(np.asarray([10] * 90 + [100] * 10), 128)
    assert mixed == (16, 104)
    assert len(choose_lengths(LENGTHS, 64)) <= 3
    assert choose_lengths(np.asarray([100]), 30) == (30,)
    assert fit(17, CHOSEN) == 32


def test_evaluation_sees_each_row_once() -> None:
    rows = np.concatenate([batch.rows for batch in ordered_batches(LENGTHS, CHOSEN, 50)])
    assert sorted(rows) == list(range(1_003))
