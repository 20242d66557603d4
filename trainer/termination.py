"""SIGTERM as a question that is asked between two steps. Vertex sends it before it takes a machine away."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType


class Termination:
    """While entered, the first SIGTERM only sets `requested`; a second one ends the process at once."""

    def __init__(self) -> None:
        self.requested = False

    def __enter__(self) -> Termination:
        self._previous = signal.signal(signal.SIGTERM, self._request)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGTERM, self._previous)

    def _request(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
