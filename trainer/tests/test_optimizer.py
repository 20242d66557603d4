from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from trainer import optimizer


def rates(**changes: float) -> Any:
    given = {"learning": 0.01, "head": 10.0, "decay": 0.1, "limit": 1.0, **changes}
    return {name: jnp.float32(value) for name, value in given.items()}


def test_the_rate_rises_and_falls_in_straight_lines() -> None:
    rates = [optimizer.learning_rate(step, 10, 1.0, 0.2) for step in range(10)]
    assert rates == pytest.approx([0.5, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125])
    assert optimizer.learning_rate(0, 10, 1.0, 0.0) == 1.0
    assert optimizer.learning_rate(9, 10, 1.0, 1.0) == 1.0


def test_other_schedules_begin_and_end_where_they_should() -> None:
    cosine = [optimizer.learning_rate(step, 10, 1.0, 0.2, "cosine") for step in range(11)]
    assert cosine[:3] == pytest.approx([0.5, 1.0, 1.0]) and cosine[6] == pytest.approx(0.5)
    assert cosine[10] == pytest.approx(0.0) and sorted(cosine[2:], reverse=True) == cosine[2:]
    constant = [optimizer.learning_rate(step, 10, 1.0, 0.2, "constant") for step in range(10)]
    assert constant == pytest.approx([0.5] + [1.0] * 9)


def test_only_matrices_decay_and_the_head_is_faster() -> None:
    parameters = {"a.weight": jnp.ones((2, 2)), "a.bias": jnp.ones(2), "head.weight": jnp.ones((2, 2))}
    still = {name: jnp.zeros_like(value) for name, value in parameters.items()}
    state = optimizer.initialise(parameters)
    moved, _, length = optimizer.update(parameters, state, still, rates(), frozenset({"head.weight"}))
    np.testing.assert_allclose(moved["a.weight"], 1 - 0.001, rtol=1e-6)
    np.testing.assert_allclose(moved["a.bias"], 1)
    np.testing.assert_allclose(moved["head.weight"], 1 - 0.01, rtol=1e-6)
    assert length == 0


@pytest.mark.parametrize(("limit", "seen"), [(1.0, 0.5), (10.0, 2.0), (0.0, 2.0)])
def test_long_gradients_are_scaled_down(limit: float, seen: float) -> None:
    parameters = {"a": jnp.zeros(4)}
    gradients = {"a": jnp.full(4, 2.0)}
    _, state, length = optimizer.update(
        parameters, optimizer.initialise(parameters), gradients, rates(limit=limit), frozenset()
    )
    assert length == pytest.approx(4.0)
    # Adam's first moment holds a tenth of the gradient that it was given.
    np.testing.assert_allclose(state.mu["a"], 0.1 * seen, rtol=1e-5)
