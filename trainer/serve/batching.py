"""Dynamic batching: while one batch is computed, what arrives gathers to the next. Nobody waits for company."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from trainer.serve.requests import BadRequest

# Rows that may wait; beyond, a client does better to try another replica.
_MOST_WAITING = 4_000


class Batcher:
    """Runs `predict` on one thread, with batches of at most `largest` texts."""

    def __init__(self, predict: Callable[[list[str]], np.ndarray], largest: int) -> None:
        self._predict = predict
        self._largest = largest
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self._waiting: deque[tuple[str, asyncio.Future[np.ndarray]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def ask(self, texts: list[str]) -> list[np.ndarray]:
        """Probabilities of each text. Raises BadRequest (503) when too many wait."""
        if len(self._waiting) + len(texts) > _MOST_WAITING:
            raise BadRequest("Too many texts wait for their answer; try again later.", status=503)
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in texts]
        self._waiting.extend(zip(texts, futures, strict=True))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._drain())
        return list(await asyncio.gather(*futures))

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            count = min(self._largest, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            # A client that has gone needs no answer.
            batch = [(text, future) for text, future in batch if not future.done()]
            if not batch:
                continue
            try:
                rows = await loop.run_in_executor(self._thread, self._predict, [text for text, _ in batch])
            except Exception as error:  # whatever it is, its askers must hear of it
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), row in zip(batch, rows, strict=True):
                if not future.done():
                    future.set_result(row)
