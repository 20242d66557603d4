"""The architectures that this program computes, by `model_type`. docs/trainer.md says how to add one."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from trainer.errors import InputError
from trainer.models.base import Architecture, Config, LanguageModel, Model

# model_type → where it is; imported only when asked for. The contract's ModelType lists the same.
_MODELS = {
    "bert": "trainer.models.bert:BERT",
    "distilbert": "trainer.models.distilbert:DISTILBERT",
    "gemma2": "trainer.models.gemma:GEMMA2",
    "gemma3_text": "trainer.models.gemma:GEMMA3_TEXT",
    "llama": "trainer.models.llama:LLAMA",
    "mistral": "trainer.models.llama:MISTRAL",
    "modernbert": "trainer.models.modernbert:MODERNBERT",
    "qwen2": "trainer.models.qwen:QWEN2",
    "qwen3": "trainer.models.qwen:QWEN3",
    "roberta": "trainer.models.roberta:ROBERTA",
    "xlm-roberta": "trainer.models.roberta:XLM_ROBERTA",
}


def supported() -> list[str]:
    return sorted(_MODELS)


def find_model(config: Config, kind: str) -> Model:
    """The classifier of a `config.json`. Raises InputError listing what is supported."""
    return cast(Model, _find(config, kind))


def find_language_model(config: Config) -> LanguageModel:
    """The same of one that writes."""
    return cast(LanguageModel, _find(config, "causal-lm"))


def _find(config: Config, kind: str) -> Architecture:
    model_type = config.get("model_type")
    place = _MODELS.get(str(model_type))
    if place is None:
        raise InputError(
            "UNSUPPORTED_MODEL",
            f"model_type {model_type!r} is not supported; supported are: {', '.join(supported())}.",
            [f"model_type {model_type!r}", *(f"supported: {one}" for one in supported())],
        )
    module, name = place.split(":")
    model = cast(Architecture, getattr(import_module(module), name))
    if kind in model.classes:
        problems = model.problems(config)
    else:
        problems = [f"{model_type} does {', '.join(model.classes)} here, not {kind}"]
    if problems:
        raise InputError("UNSUPPORTED_MODEL", f"This {model_type} is not supported: {'; '.join(problems)}.", problems)
    return model
