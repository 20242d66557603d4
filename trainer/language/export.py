"""
Writes a language model: a folder that `AutoModelForCausalLM`, vLLM and this program open; of LoRA, the merged weights,
and in `adapter/` what PEFT loads on the base model.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trainer.files import write_atomically, write_json
from trainer.language.model import LoadedLanguageModel
from trainer.lora import DOWN, merged
from trainer.model_files import copy_tokenizer

ADAPTER = "adapter"
_PEFT_PREFIX = "base_model.model."


def export_language_model(
    folder: Path,
    base: LoadedLanguageModel,
    learnt: Mapping[str, np.ndarray],
    lora: Mapping[str, Any] | None,
    scale: float,
) -> None:
    """In the types of the base model's files; config.json comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    parameters = merged(base.parameters, learnt, scale) if lora else learnt
    if lora:
        _export_adapter(folder / ADAPTER, base, learnt, lora)
    copy_tokenizer(base.folder, folder)
    for name in ("tokenizer.json", "generation_config.json"):
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, folder / name)
    _save(folder / "model.safetensors", {name: value.astype(base.dtype) for name, value in parameters.items()})
    config = {key: value for key, value in base.config.items() if key not in ("_name_or_path", "dtype")}
    config |= {"architectures": [base.model.classes["causal-lm"]], "torch_dtype": base.dtype.name}
    write_json(folder / "config.json", config)


def _export_adapter(
    folder: Path, base: LoadedLanguageModel, learnt: Mapping[str, np.ndarray], lora: Mapping[str, Any]
) -> None:
    """https://huggingface.co/docs/peft/developer_guides/checkpoint"""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "adapter_model.safetensors", {_PEFT_PREFIX + name: value for name, value in learnt.items()})
    targets = {name.removesuffix(DOWN).rpartition(".")[2] for name in learnt if name.endswith(DOWN)}
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base.config.get("_name_or_path"),
        "r": lora["rank"],
        "lora_alpha": lora["alpha"],
        "lora_dropout": 0.0,
        "target_modules": sorted(targets),
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    write_json(folder / "adapter_config.json", config)


def _save(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    from safetensors.numpy import save_file

    whole = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    write_atomically(path, lambda temporary: save_file(whole, str(temporary), metadata={"format": "pt"}))
