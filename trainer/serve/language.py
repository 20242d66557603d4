"""A loaded language model, ready to write: prompts or messages in, texts out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np

from trainer.data.batches import fit
from trainer.errors import InputError
from trainer.language.chat import ChatTemplate, TemplateRefused
from trainer.language.evaluate import decode
from trainer.language.generate import Prompt, Writer, Written
from trainer.language.model import load_language_model
from trainer.mesh import data_mesh, replicate
from trainer.serve.batching import Batcher
from trainer.serve.engine import Answer
from trainer.serve.requests import BadRequest, parse_body

# Of what is written, and of a prompt, in tokens: each longer one costs memory on every row that is computed.
_MOST_NEW = 256
_LONGEST_PROMPT = 2_048
_DEFAULT_NEW = 128

# A CPU gains little from larger batches; an accelerator does.
_ROWS = {"cpu": (1, 4)}
_ROWS_OF_ACCELERATORS = (1, 8, 32)

# Questions take seconds here: beyond, a client does better to try another replica.
_MOST_WAITING = 256


@dataclass(frozen=True)
class _Sampling:
    limit: int
    temperature: float
    top_p: float
    seed: int


class LanguageEngine:
    def __init__(self, folder: Path) -> None:
        self._loaded = loaded = load_language_model(folder)
        self._template = ChatTemplate(folder)
        mesh = data_mesh()
        most_new = min(_MOST_NEW, loaded.longest // 2)
        if most_new < 1:
            raise InputError("INVALID_MODEL", f"{folder}: a model of {loaded.longest} token can write nothing.")
        self._writer = Writer(loaded, mesh, most_new, _LONGEST_PROMPT)
        self._parameters = replicate(dict(loaded.parameters), mesh)
        self._rows = _ROWS.get(jax.default_backend(), _ROWS_OF_ACCELERATORS)
        self._batcher: Batcher[Prompt, Written] = Batcher(self._write, self._rows[-1], _MOST_WAITING)

    @property
    def predict(self) -> Answer:
        return self._predict

    @property
    def routes(self) -> dict[str, Answer]:
        return {"/v1/chat/completions": self._chat}

    def warm_up(self, stop: Callable[[], bool] = lambda: False) -> None:
        for rows in self._rows:
            for length in self._writer.lengths:
                if stop():
                    return
                self._writer.write(self._parameters, [Prompt(np.zeros(length, np.int32), 1)], rows)

    def _write(self, prompts: list[Prompt]) -> list[Written]:
        return self._writer.write(self._parameters, prompts, fit(len(prompts), self._rows))

    async def _predict(self, body: bytes) -> dict[str, Any]:
        value = parse_body(body, "WriteRequest")
        parameters = value.get("parameters", {})
        sampling = self._sampling(
            parameters.get("maxTokens"),
            parameters.get("temperature", 0.0),
            parameters.get("topP"),
            parameters.get("seed"),
        )
        tokens = [self._tokens(instance, f"$.instances[{index}]") for index, instance in enumerate(value["instances"])]
        prompts = [self._prompt(ids, sampling) for ids in tokens]
        return {"predictions": [self._shape(*pair) for pair in zip(prompts, await self._ask(prompts), strict=True)]}

    async def _chat(self, body: bytes) -> dict[str, Any]:
        value = parse_body(body, "ChatRequest")
        if value.get("stream"):
            raise BadRequest("Answers are not streamed here.", ["$.stream"])
        limit = value.get("max_completion_tokens", value.get("max_tokens"))
        sampling = self._sampling(limit, value.get("temperature", 1.0), value.get("top_p"), value.get("seed"))
        prompt = self._prompt(self._tokens({"messages": value["messages"]}, "$.messages"), sampling)
        [written] = await self._ask([prompt])
        answer = self._shape(prompt, written)
        read, wrote = answer["promptTokens"], answer["completionTokens"]
        message = {"role": "assistant", "content": answer["text"]}
        return {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": value.get("model", self._loaded.model.model_type),
            "choices": [{"index": 0, "message": message, "finish_reason": answer["finishReason"]}],
            "usage": {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote},
        }

    async def _ask(self, prompts: list[Prompt]) -> list[Written]:
        return await self._batcher.ask(prompts)

    def _sampling(self, limit: int | None, temperature: float, top_p: float | None, seed: int | None) -> _Sampling:
        most = self._writer.most_new
        if limit is not None and limit > most:
            raise BadRequest(f"{limit} tokens are asked for; {most} are the most that is written.")
        return _Sampling(limit or min(_DEFAULT_NEW, most), float(temperature), float(top_p or 1.0), seed or 0)

    def _tokens(self, instance: Any, path: str) -> np.ndarray:
        """Of a prompt, or of messages rendered by the template, which brings its special tokens along."""
        if isinstance(instance, dict) and "messages" in instance:
            try:
                text, whole = self._template.render(instance["messages"]), True
            except TemplateRefused as refused:
                raise BadRequest(f"{path}: {refused}", [f"{path}: {refused}"]) from refused
        else:
            text = instance if isinstance(instance, str) else instance["prompt"]
            first = self._template.starts_with
            whole = bool(first) and text.startswith(first)
        ids = self._loaded.tokenizer.encode(text, add_special_tokens=not whole).ids
        if not ids:
            raise BadRequest(f"{path} is empty.", [path])
        if len(ids) > self._writer.longest:
            raise BadRequest(f"{path} has {len(ids)} tokens; {self._writer.longest} are allowed.", [path])
        return np.asarray(ids, np.int32)

    @staticmethod
    def _prompt(ids: np.ndarray, sampling: _Sampling) -> Prompt:
        return Prompt(ids, sampling.limit, sampling.temperature, sampling.top_p, sampling.seed)

    def _shape(self, prompt: Prompt, written: Written) -> dict[str, Any]:
        return {
            "text": decode(self._loaded, written.ids),
            "finishReason": "stop" if written.stopped else "length",
            "promptTokens": len(prompt.ids),
            "completionTokens": len(written.ids),
        }
