"""The architectures that this program computes, by `model_type`."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from trainer.errors import InputError
from trainer.models.base import Model

# model_type → module; imported only when asked for.
_MODULES = {"bert": "trainer.models.bert"}


def supported() -> list[str]:
    return sorted(_MODULES)


def find_model(config: dict[str, Any], task: str) -> Model:
    """The architecture of a `config.json`. Raises InputError listing what is supported."""
    model_type = config.get("model_type")
    module = _MODULES.get(str(model_type))
    if module is None:
        raise InputError(
            "UNSUPPORTED_MODEL",
            f"model_type {model_type!r} is not supported; supported are: {', '.join(supported())}.",
        )
    model = cast(Model, import_module(module))
    problems = model.problems(config)
    if task not in model.ARCHITECTURES:
        problems.append(f"{model_type} does {', '.join(model.ARCHITECTURES)} here, not {task}")
    if problems:
        raise InputError("UNSUPPORTED_MODEL", f"This {model_type} is not supported: {'; '.join(problems)}.", problems)
    return model
