from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from trainer import optimizer


def test_the_rate_rises_and_falls_in_straight_lines() -> None:
    rates = [optimizer.learning_rate(step, 10, 1.0, 0.2) for step in range(10)]
    assert rates == pytest.approx([0.5, 1.0, 1.0, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125])
    assert optimizer.learning_rate(0, 10, 1.0, 0.0) == 1.0
    assert optimizer.learning_rate(9, 10, 1.0, 1.0) == 1.0


def test_only_matrices_decay_and_the_head_is_faster() -> None:
    parameters = {"a.weight": jnp.ones((2, 2)), "a.bias": jnp.ones(2), "head.weight": jnp.ones((2, 2))}
    still = {name: jnp.zeros_like(value) for name, value in parameters.items()}
    state = optimizer.initialise(parameters)
    rate, decay = jnp.float32(0.01), jnp.float32(0.1)
    moved, _ = optimizer.update(parameters, state, still, rate, decay, frozenset({"head.weight"}))
    np.testing.assert_allclose(moved["a.weight"], 1 - 0.001, rtol=1e-6)
    np.testing.assert_allclose(moved["a.bias"], 1)
    np.testing.assert_allclose(moved["head.weight"], 1 - 0.01, rtol=1e-6)
