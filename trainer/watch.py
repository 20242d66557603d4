"""Notices a training that has gone wrong, before more is spent on it."""

from __future__ import annotations

import math
from collections import deque

from trainer.errors import Diverged

# So many steps in a row whose mean loss is so many times that of guessing: no noise of a batch.
_STEPS = 50
_TIMES = 5.0


class Watch:
    def __init__(self, guessing: float) -> None:
        """`guessing` is the loss of a model that knows nothing."""
        self._most = _TIMES * guessing
        self._recent: deque[float] = deque(maxlen=_STEPS)

    def see(self, step: int, loss: float, gradient_norm: float) -> None:
        """Raises Diverged."""
        if not math.isfinite(loss):
            raise Diverged(step, f"The loss is {loss}")
        if not math.isfinite(gradient_norm):
            raise Diverged(step, f"The gradient's norm is {gradient_norm}")
        self._recent.append(loss)
        mean = sum(self._recent) / len(self._recent)
        if len(self._recent) == _STEPS and mean > self._most:
            raise Diverged(step, f"The mean loss of {_STEPS} steps is {mean:.3g}, {_TIMES:g} times that of guessing,")
