"""Answers that were given before, by all that they depend on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from trainer.files import write_json
from trainer.preflight.versions import cache_folder


class Answers:
    """One file an answer. A broken one is as none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def default() -> Answers:
        return Answers(cache_folder() / "preflight")

    def find(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            found = json.loads(self._file(question).read_text(encoding="utf-8"))
        except (OSError, json.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def keep(self, question: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        write_json(self._file(question), answer)

    def ask(self, question: Mapping[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        found = self.find(question)
        if found is None:
            found = answer()
            self.keep(question, found)
        return found

    def _file(self, question: Mapping[str, Any]) -> Path:
        digest = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest}.json"
