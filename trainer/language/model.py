"""A language model's folder, read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.data.tokens import load_tokenizer
from trainer.errors import InputError
from trainer.log import log
from trainer.model_files import fitting, read_config, read_tensors
from trainer.models import find_language_model
from trainer.models.base import LanguageModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True)
class LoadedLanguageModel:
    folder: Path
    model: LanguageModel
    config: dict[str, Any]
    parameters: dict[str, np.ndarray]
    """As in the files: their names, their types."""
    tokenizer: Tokenizer
    """Adds nothing: a rendered conversation has its special tokens already."""
    stops: frozenset[int]
    """The tokens that end what it writes."""

    @property
    def longest(self) -> int:
        return self.model.longest(self.config)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the files."""
        return self.parameters["model.embed_tokens.weight"].dtype


def load_language_model(folder: Path) -> LoadedLanguageModel:
    """Raises InputError for a model that is broken or not supported."""
    config = read_config(folder)
    model = find_language_model(config)
    found = read_tensors(folder)
    if not any(name.startswith(model.prefix) for name in found):
        found = {model.prefix + name: value for name, value in found.items()}
    shapes = model.shapes(config)
    unused = sorted(set(found) - set(shapes))
    if unused:
        log("parameters of the checkpoint are not used", parameters=unused)
    tokenizer = load_tokenizer(folder, config)
    tokenizer.no_truncation()
    return LoadedLanguageModel(folder, model, config, fitting(folder, shapes, found), tokenizer, stops(folder, config))


def stops(folder: Path, config: dict[str, Any]) -> frozenset[int]:
    """Of generation_config.json, which knows the end of a turn, or else of config.json."""
    path = folder / "generation_config.json"
    given = None
    if path.is_file():
        try:
            given = json.loads(path.read_text(encoding="utf-8")).get("eos_token_id")
        except (json.JSONDecodeError, AttributeError) as error:
            raise InputError("INVALID_MODEL", f"{path} cannot be read: {error}") from error
    ids = given if given is not None else config.get("eos_token_id")
    return frozenset([ids] if isinstance(ids, int) else ids or [])
