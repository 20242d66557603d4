"""What a served model is to the server, whatever it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from trainer.model_files import read_config

Answer = Callable[[bytes], Awaitable[dict[str, Any]]]
"""From a request's body to the JSON of the response. Raises BadRequest."""


class Engine(Protocol):
    def warm_up(self, stop: Callable[[], bool]) -> None:
        """Compiles and runs every shape, so that no request ever waits for a compiler."""

    @property
    def predict(self) -> Answer:
        """The route that Vertex AI names."""

    @property
    def routes(self) -> dict[str, Answer]:
        """Others that it answers."""


def open_engine(folder: Path) -> Engine:
    """By what the model's config.json says that it is. Raises InputError."""
    architectures = read_config(folder).get("architectures") or []
    if any(str(name).endswith("ForCausalLM") for name in architectures):
        from trainer.serve.language import LanguageEngine

        return LanguageEngine(folder)
    from trainer.serve.classifier import Classifier

    return Classifier(folder)
