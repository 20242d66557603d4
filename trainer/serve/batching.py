"""Dynamic batching: while one batch is computed, what arrives gathers to the next. Nobody waits for company."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from trainer.serve.requests import BadRequest

# Questions that may wait; beyond, a client does better to try another replica.
_MOST_WAITING = 4_000

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batcher(Generic[Question, Answer]):
    """Runs `answer` on one thread, with batches of at most `largest` questions."""

    def __init__(
        self, answer: Callable[[list[Question]], Iterable[Answer]], largest: int, most_waiting: int = _MOST_WAITING
    ) -> None:
        self._answer = answer
        self._largest = largest
        self._most_waiting = most_waiting
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def ask(self, questions: list[Question]) -> list[Answer]:
        """The answer to each. Raises BadRequest (503) when too many wait."""
        if len(self._waiting) + len(questions) > self._most_waiting:
            raise BadRequest("Too many wait for their answer; try again later.", status=503)
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = [loop.create_future() for _ in questions]
        self._waiting.extend(zip(questions, futures, strict=True))
        if self._running is None or self._running.done():
            self._running = loop.create_task(self._drain())
        return list(await asyncio.gather(*futures))

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            count = min(self._largest, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            # A client that has gone needs no answer.
            batch = [(question, future) for question, future in batch if not future.done()]
            if not batch:
                continue
            try:
                answers = await loop.run_in_executor(self._thread, self._answer, [question for question, _ in batch])
            except Exception as error:  # whatever it is, its askers must hear of it
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
