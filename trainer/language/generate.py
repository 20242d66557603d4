"""Writing: the prompt is read at once, then one token after another, with what was computed before kept in a cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh

from trainer.data.batches import fit
from trainer.language.model import LoadedLanguageModel
from trainer.mesh import replicated, rows_that_divide, spread
from trainer.models.base import Config, LanguageModel, Parameters
from trainer.models.decoder import Tokens

_LEAST_LENGTH = 32
_GROWTH = 4


@dataclass(frozen=True)
class Prompt:
    ids: np.ndarray
    """Tokens, int32; one at least."""
    limit: int
    """The most tokens to write."""
    temperature: float = 0.0
    """0: always the likeliest token."""
    top_p: float = 1.0
    """Only the likeliest tokens that together are so likely."""
    seed: int = 0
    """The same prompt and seed write the same, whoever shares the batch."""


@dataclass(frozen=True)
class Written:
    ids: list[int]
    """Without the token that ended it."""
    stopped: bool
    """Whether the model ended it, and not the limit."""


class _Batch(NamedTuple):
    """Arrays of so many rows, `ids` [rows, length]."""

    ids: Any
    lengths: Any
    limits: Any
    temperatures: Any
    top_ps: Any
    seeds: Any


class Writer:
    """Each shape (rows, length of the prompts) is compiled once."""

    def __init__(self, loaded: LoadedLanguageModel, mesh: Mesh, most_new: int, longest: int | None = None) -> None:
        """`longest` is that of a prompt; together with what is written it is at most what the model reads."""
        self.most_new = most_new
        self.longest = min(longest or loaded.longest, loaded.longest - most_new)
        self.lengths = _lengths(self.longest)
        self._mesh = mesh
        write = partial(_write, loaded.model, loaded.config, sorted(loaded.stops), most_new)
        self._write = jax.jit(write, out_shardings=replicated(mesh))

    def write(self, parameters: Parameters, prompts: Sequence[Prompt], rows: int) -> list[Written]:
        """One batch of at most `rows` prompts, each no longer than `longest`, padded to that many."""
        length = fit(max(len(prompt.ids) for prompt in prompts), self.lengths)
        count = rows_that_divide(rows, self._mesh)
        batch = _arrange(prompts, count, length, self.most_new)
        ids, counts, stopped = self._write(parameters, _Batch(**spread(batch._asdict(), self._mesh)))
        return [
            Written(row[:count].tolist(), bool(ended))
            for row, count, ended, _ in zip(
                np.asarray(ids), np.asarray(counts), np.asarray(stopped), prompts, strict=False
            )
        ]

    def write_all(self, parameters: Parameters, prompts: Sequence[Prompt], rows: int) -> list[Written]:
        """Any number of prompts, in their order; those of like length share a batch."""
        order = np.argsort([len(prompt.ids) for prompt in prompts], kind="stable")
        written: dict[int, Written] = {}
        for start in range(0, len(order), rows):
            chosen = order[start : start + rows]
            batch = self.write(parameters, [prompts[one] for one in chosen], rows)
            written |= dict(zip((int(one) for one in chosen), batch, strict=True))
        return [written[index] for index in range(len(prompts))]


def _lengths(longest: int) -> tuple[int, ...]:
    """From the longest down, each a quarter of the one before."""
    lengths = [longest]
    while lengths[0] // _GROWTH >= _LEAST_LENGTH:
        lengths.insert(0, lengths[0] // _GROWTH)
    return tuple(lengths)


def _arrange(prompts: Sequence[Prompt], rows: int, length: int, most_new: int) -> _Batch:
    """A row without a prompt writes nothing."""
    empty = [Prompt(np.zeros(1, np.int32), 0)] * (rows - len(prompts))
    all_rows = [*prompts, *empty]
    ids = np.zeros((rows, length), np.int32)
    for row, prompt in enumerate(all_rows):
        ids[row, : len(prompt.ids)] = prompt.ids
    return _Batch(
        ids,
        np.asarray([len(prompt.ids) for prompt in all_rows], np.int32),
        np.asarray([min(prompt.limit, most_new) for prompt in all_rows], np.int32),
        np.asarray([prompt.temperature for prompt in all_rows], np.float32),
        np.asarray([prompt.top_p for prompt in all_rows], np.float32),
        np.asarray([prompt.seed % 2**32 for prompt in all_rows], np.uint32),
    )


def _write(
    model: LanguageModel, config: Config, stops: list[int], most_new: int, parameters: Parameters, batch: _Batch
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Tokens [rows, most_new], how many of them each row wrote, and whether it ended by itself."""
    rows, length = batch.ids.shape
    cache = model.empty_cache(config, rows, length + most_new, parameters["model.embed_tokens.weight"].dtype)
    places = jnp.broadcast_to(jnp.arange(length, dtype=jnp.int32), (rows, length))
    segments = (places < batch.lengths[:, None]).astype(jnp.int32)
    hidden, cache = model.hidden(parameters, config, Tokens(batch.ids, places, segments), cache, 0)
    last = jnp.take_along_axis(hidden, (batch.lengths - 1)[:, None, None], axis=1)[:, 0]
    token = _choose(model.logits(parameters, config, last), batch, jnp.int32(0))
    ending = jnp.asarray(stops or [-1], jnp.int32)

    def goes_on(state: Any) -> jax.Array:
        step, _, done, *_ = state
        return (step < most_new) & ~done.all()

    def advance(state: Any) -> Any:
        step, token, done, written, counts, stopped, cache = state
        ends = (token[:, None] == ending).any(axis=1)
        stopped |= ends & ~done
        done |= ends
        written = written.at[:, step].set(jnp.where(done, 0, token))
        counts += ~done
        done |= counts >= batch.limits
        positions = (batch.lengths + step)[:, None]
        tokens = Tokens(token[:, None], positions, jnp.ones((rows, 1), jnp.int32))
        hidden, cache = model.hidden(parameters, config, tokens, cache, length + step)
        token = _choose(model.logits(parameters, config, hidden[:, 0]), batch, step + 1)
        return step + 1, token, done, written, counts, stopped, cache

    nobody = jnp.zeros(rows, bool)
    start = (
        jnp.int32(0),
        token,
        batch.limits <= 0,
        jnp.zeros((rows, most_new), jnp.int32),
        jnp.zeros(rows, jnp.int32),
        nobody,
        cache,
    )
    _, _, _, written, counts, stopped, _ = jax.lax.while_loop(goes_on, advance, start)
    return written, counts, stopped


def _choose(logits: jax.Array, batch: _Batch, step: jax.Array) -> jax.Array:
    """The next token of each row."""
    likeliest = logits.argmax(axis=-1).astype(jnp.int32)

    def draw() -> jax.Array:
        cooled = logits / jnp.maximum(batch.temperatures, 1e-6)[:, None]
        order = jnp.argsort(-cooled, axis=-1)
        ordered = jnp.take_along_axis(cooled, order, axis=-1)
        chances = jax.nn.softmax(ordered, axis=-1)
        before = jnp.cumsum(chances, axis=-1) - chances
        kept = jnp.where(before < batch.top_ps[:, None], ordered, -jnp.inf)
        keys = jax.vmap(lambda seed: jax.random.fold_in(jax.random.key(seed), step))(batch.seeds)
        place = jax.vmap(jax.random.categorical)(keys, kept)
        drawn = jnp.take_along_axis(order, place[:, None], axis=-1)[:, 0].astype(jnp.int32)
        return jnp.where(batch.temperatures > 0, drawn, likeliest)

    return jax.lax.cond((batch.temperatures > 0).any(), draw, lambda: likeliest)
