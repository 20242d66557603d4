"""The architectures that this program computes, by `model_type`. docs/trainer.md says how to add one."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from trainer.errors import InputError
from trainer.models.base import Model

# model_type → where its Model is; imported only when asked for. The contract's ModelType lists the same.
_MODELS = {
    "bert": "trainer.models.bert:BERT",
    "distilbert": "trainer.models.distilbert:DISTILBERT",
    "modernbert": "trainer.models.modernbert:MODERNBERT",
    "roberta": "trainer.models.roberta:ROBERTA",
    "xlm-roberta": "trainer.models.roberta:XLM_ROBERTA",
}


def supported() -> list[str]:
    return sorted(_MODELS)


def find_model(config: dict[str, Any], kind: str) -> Model:
    """The architecture of a `config.json`. Raises InputError listing what is supported."""
    model_type = config.get("model_type")
    place = _MODELS.get(str(model_type))
    if place is None:
        raise InputError(
            "UNSUPPORTED_MODEL",
            f"model_type {model_type!r} is not supported; supported are: {', '.join(supported())}.",
            [f"model_type {model_type!r}", *(f"supported: {one}" for one in supported())],
        )
    module, name = place.split(":")
    model = cast(Model, getattr(import_module(module), name))
    problems = model.problems(config)
    if kind not in model.classes:
        problems.append(f"{model_type} does {', '.join(model.classes)} here, not {kind}")
    if problems:
        raise InputError("UNSUPPORTED_MODEL", f"This {model_type} is not supported: {'; '.join(problems)}.", problems)
    return model
