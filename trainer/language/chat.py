"""
A model's chat template: from messages to the text of a prompt.

https://huggingface.co/docs/transformers/chat_templating; a template comes with the model, so it runs in a sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from trainer.model_files import read_tokenizer_settings

_SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")


class TemplateRefused(Exception):
    """The template does not take these messages, or there is none."""


class ChatTemplate:
    def __init__(self, folder: Path) -> None:
        settings = read_tokenizer_settings(folder)
        self._source = _source(folder, settings)
        self._special = {name: _content(settings.get(name)) for name in _SPECIAL}

    @property
    def starts_with(self) -> str:
        """What a text begins with, where the tokenizer need not add it again; empty where nothing."""
        return self._special["bos_token"]

    def render(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """The text before the model's answer. Raises TemplateRefused."""
        if self._source is None:
            raise TemplateRefused("The model has no chat template; ask it with a prompt.")
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.filters["tojson"] = lambda value, **options: json.dumps(value, ensure_ascii=False, **options)
        environment.globals |= {"raise_exception": _refuse, "strftime_now": lambda form: datetime.now().strftime(form)}
        try:
            template = environment.from_string(self._source)
            return template.render(messages=list(messages), add_generation_prompt=True, **self._special)
        except (TemplateError, TypeError, ValueError) as error:
            raise TemplateRefused(f"The model's chat template does not take these messages: {error}") from error


def _refuse(message: str) -> NoReturn:
    raise TemplateRefused(f"The model's chat template does not take these messages: {message}")


def _source(folder: Path, settings: Mapping[str, Any]) -> str | None:
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    given = settings.get("chat_template")
    if isinstance(given, list):
        return next((one["template"] for one in given if one.get("name") == "default"), None)
    return given


def _content(token: Any) -> str:
    return str(token["content"]) if isinstance(token, dict) else token or ""
