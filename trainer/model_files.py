"""A model's folder, as on the Hugging Face Hub: config.json, safetensors, tokenizer. Read, completed, exported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.data.tokens import load_tokenizer
from trainer.errors import InputError
from trainer.files import write_atomically, write_json
from trainer.log import log
from trainer.models import find_model
from trainer.models.base import Model, Shape

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Kind of task: which class of transformers opens the model.
_KIND = "classification"

# What the tokenizer consists of beside tokenizer.json; copied as it is.
_TOKENIZER_FILES = (
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
)

# Buffers that old versions of transformers saved, and names that they used.
_BUFFERS = (".position_ids", ".token_type_ids")
_RENAMED = {".gamma": ".weight", ".beta": ".bias"}


@dataclass(frozen=True)
class LoadedModel:
    folder: Path
    model: Model
    config: dict[str, Any]
    labels: list[str]
    """A label's index is its class id."""
    parameters: dict[str, np.ndarray]
    """float32, by their names in the file."""
    tokenizer: Tokenizer


def load_base(folder: Path, labels: list[str], seed: int) -> LoadedModel:
    """A model to train from. It keeps its head where that is whole and has the same labels, or else gets a new one."""
    config = read_config(folder)
    model = find_model(config, _KIND)
    shapes = model.shapes(config, len(labels))
    found = _read_parameters(folder, model)
    initial = model.initial(config, len(labels), np.random.default_rng(seed))
    head = [name for name in shapes if name.startswith(model.head)]
    if _labels(config) != labels or any(name not in found for name in head):
        log("the model gets a new head", parameters=head, labels=len(labels))
        found |= {name: value for name, value in initial.items() if name in head}
    found = {**initial, **found}
    unused = sorted(set(found) - set(shapes))
    if unused:
        log("parameters of the checkpoint are not used", parameters=unused)
    return _loaded(folder, model, config, labels, found)


def load_classifier(folder: Path) -> LoadedModel:
    """A model that classifies already, ours or not."""
    config = read_config(folder)
    model = find_model(config, _KIND)
    labels = _labels(config)
    if labels is None:
        raise InputError("INVALID_MODEL", f"{folder}/config.json has no id2label for the classes 0, 1, ….")
    return _loaded(folder, model, config, labels, _read_parameters(folder, model))


def _loaded(
    folder: Path, model: Model, config: dict[str, Any], labels: list[str], found: Mapping[str, np.ndarray]
) -> LoadedModel:
    parameters = fitting(folder, model.shapes(config, len(labels)), found)
    return LoadedModel(folder, model, config, labels, parameters, load_tokenizer(folder, config))


def fitting(folder: Path, shapes: Mapping[str, Shape], found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Those that the model has. Raises InputError with every one that is missing or has another shape."""
    problems = [f"{name} is missing" for name in shapes if name not in found]
    problems += [
        f"{name} is {list(found[name].shape)}, config.json says {list(shape)}"
        for name, shape in shapes.items()
        if name in found and found[name].shape != shape
    ]
    if problems:
        raise InputError("INVALID_MODEL", f"{folder}: {'; '.join(problems)}", problems)
    return {name: found[name] for name in shapes}


def read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise InputError("INVALID_MODEL", f"{path} cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise InputError("INVALID_MODEL", f"{path} is not an object.")
    return config


def longest(loaded: LoadedModel) -> int:
    """Tokens of the longest text that the model can read."""
    return loaded.model.longest(loaded.config)


def check_length(loaded: LoadedModel, max_length: int) -> None:
    if max_length > longest(loaded):
        raise InputError(
            "INVALID_CONFIG", f"maxLength is {max_length}; this model reads at most {longest(loaded)} tokens."
        )


def export_model(
    folder: Path, base: LoadedModel, parameters: Mapping[str, np.ndarray], max_length: int, problem_type: str
) -> None:
    """Writes a folder that `AutoModelForSequenceClassification` and `AutoTokenizer` open; config.json comes last."""
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    copy_tokenizer(base.folder, folder, max_length)
    # Whoever opens the model cuts texts where training did.
    base.tokenizer.enable_truncation(max_length)
    write_atomically(folder / "tokenizer.json", lambda path: base.tokenizer.save(str(path)))
    tensors = {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in parameters.items()}
    write_atomically(
        folder / "model.safetensors", lambda path: save_file(tensors, str(path), metadata={"format": "pt"})
    )
    config = {key: value for key, value in base.config.items() if key not in ("_name_or_path", "dtype")}
    config |= {
        "architectures": [base.model.classes[_KIND]],
        "id2label": {str(index): label for index, label in enumerate(base.labels)},
        "label2id": {label: index for index, label in enumerate(base.labels)},
        "problem_type": problem_type,
        "torch_dtype": "float32",
    }
    write_json(folder / "config.json", config)


def copy_tokenizer(source: Path, folder: Path, max_length: int | None = None) -> None:
    """All of it but tokenizer.json. Where a length is given, whoever opens it cuts texts there."""
    for name in _TOKENIZER_FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    settings = read_tokenizer_settings(source)
    if max_length is not None:
        settings["model_max_length"] = max_length
    write_json(folder / "tokenizer_config.json", settings)


def read_tokenizer_settings(folder: Path) -> dict[str, Any]:
    """Its tokenizer_config.json; empty where there is none."""
    path = folder / "tokenizer_config.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _labels(config: Mapping[str, Any]) -> list[str] | None:
    names = config.get("id2label")
    if not isinstance(names, dict):
        return None
    labels = [names[str(index)] for index in range(len(names)) if str(index) in names]
    return labels if len(labels) == len(names) else None


def _read_parameters(folder: Path, model: Model) -> dict[str, np.ndarray]:
    """As float32, named as in the fine-tuned model, whatever the age or state of the checkpoint."""
    found = {_modern(name): tensor.astype(np.float32) for name, tensor in read_tensors(folder).items()}
    if any(name.startswith(model.prefix) for name in found):
        return found
    return {name if name.startswith(model.head) else model.prefix + name: value for name, value in found.items()}


def read_tensors(folder: Path) -> dict[str, np.ndarray]:
    """All parameters of a model, in the names and types of its files."""
    return {
        name: tensor
        for file in weight_files(folder)
        for name, tensor in _read_safetensors(file).items()
        if not name.endswith(_BUFFERS)
    }


def _modern(name: str) -> str:
    for old, new in _RENAMED.items():
        if name.endswith(old):
            return name.removesuffix(old) + new
    return name


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model. Raises InputError where there are none."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        weight_map = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        return [folder / name for name in sorted(set(weight_map.values()))]
    if not (folder / "model.safetensors").is_file():
        here = ", ".join(sorted(path.name for path in folder.glob("*"))) or "nothing"
        raise InputError("INVALID_MODEL", f"{folder} has no model.safetensors; it has {here}.")
    return [folder / "model.safetensors"]


def _read_safetensors(path: Path) -> dict[str, np.ndarray]:
    import ml_dtypes  # noqa: F401  # teaches NumPy bfloat16
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(str(path))
    except (SafetensorError, OSError) as error:
        raise InputError("INVALID_MODEL", f"{path} cannot be read: {error}") from error
