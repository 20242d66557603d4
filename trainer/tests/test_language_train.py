"""Fine-tuning a language model: packed, on completions only, whole or by adapters."""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from safetensors.numpy import load_file

from trainer.language.model import LoadedLanguageModel, load_language_model
from trainer.language.packing import arrange, pack
from trainer.language.plan import plan_language, token_losses
from trainer.language.rows import Example, TextRows, encode_texts
from trainer.mesh import data_mesh
from trainer.plan import abstract_arguments, plan_training
from trainer.settings import complete
from trainer.step import compile_step
from trainer.testing.tiny_language import MODEL_TYPES, config_of, write_tiny_language
from trainer.tests.conversations import TRAIN_CONFIG, render, rows, write_conversations
from trainer.tests.runs import Finished, read_json, run, start, train_arguments

LORA: dict[str, Any] = {"rank": 4, "alpha": 8, "targets": ["q_proj", "v_proj", "down_proj"]}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    write_tiny_language(folder, "llama")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_conversations(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def pretrained(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows conversations, but answers otherwise: adapters of low rank need something to stand on."""
    folder = tmp_path_factory.mktemp("pretrained")
    otherwise = write_conversations(folder / "data", {"train": rows(160, shift=1), "validation": rows(16, 160, 1)})
    assert train(base, otherwise, folder).status == 0
    return folder / "model"


def arguments(base: Path, data: Path, folder: Path, **config: Any) -> list[str]:
    return train_arguments(base, data, folder, **TRAIN_CONFIG | config)


def train(base: Path, data: Path, folder: Path, **config: Any) -> Finished:
    return run(arguments(base, data, folder, **config))


def parameters(folder: Path) -> dict[str, np.ndarray]:
    return load_file(folder / "model" / "model.safetensors")


def losses_of(loaded: LoadedLanguageModel) -> Callable[[Any], jax.Array]:
    compute = jax.jit(lambda parameters, batch: token_losses(loaded.model, parameters, loaded.config, batch))
    return lambda batch: compute(loaded.parameters, batch)


def test_only_completions_are_learnt(base: Path) -> None:
    loaded = load_language_model(base)
    text, completions = render(
        [{"role": "user", "content": "é🎲?"}, {"role": "assistant", "content": "né"}, {"role": "user", "content": "x"}]
    )
    [example] = encode_texts(loaded.tokenizer, TextRows(["1"], [text], [completions], {}))
    learnt = loaded.tokenizer.decode(example.ids[example.learnt].tolist(), skip_special_tokens=False)
    assert learnt == "né<|im_end|>"
    assert set(example.spans[example.learnt]) == {0}


@pytest.mark.parametrize("model_type", ["llama", "gemma3_text", "qwen3"])
def test_packed_texts_do_not_see_each_other(model_type: str, tmp_path: Path) -> None:
    """Losses of two texts in a row are those of each by itself, and of each in a batch that is padded."""
    write_tiny_language(tmp_path, model_type)
    loaded = load_language_model(tmp_path)
    random = np.random.default_rng(0)
    texts = [
        Example(random.integers(3, 250, length).astype(np.int32), np.ones(length, bool), np.zeros(length, int))
        for length in (20, 9)
    ]
    compute = losses_of(loaded)
    together = arrange([texts], 1, 32)
    packed = np.asarray(compute(together))[0] * together["weights"][0]
    assert together["positions"][0, 20] == 0
    for place, text in ((0, texts[0]), (20, texts[1])):
        batch = arrange([[text]], 2, 32)
        alone = np.asarray(compute(batch))[0] * batch["weights"][0]
        np.testing.assert_allclose(packed[place : place + len(text)], alone[: len(text)], atol=1e-5)


def test_long_rows_are_computed_in_chunks_alike(base: Path) -> None:
    loaded = load_language_model(base)
    ids = np.random.default_rng(0).integers(3, 250, 256).astype(np.int32)
    example = Example(ids, np.ones(256, bool), np.zeros(256, int))
    compute = losses_of(loaded)
    # 257 is no multiple of the chunks.
    chunked, whole = (np.asarray(compute(arrange([[example]], 1, length)))[0, :255] for length in (256, 257))
    np.testing.assert_allclose(chunked, whole, atol=1e-5)


def test_packing_keeps_every_text_once_and_fills_the_rows() -> None:
    lengths = np.random.default_rng(0).integers(1, 100, 500).tolist()
    packed = pack(lengths, 128, seed=3)
    assert sorted(text for row in packed for text in row) == list(range(500))
    assert all(sum(lengths[text] for text in row) <= 128 for row in packed)
    assert sum(lengths) / (len(packed) * 128) > 0.9
    assert packed == pack(lengths, 128, seed=3) != pack(lengths, 128, seed=4)


def test_it_learns_to_answer(base: Path, data: Path, tmp_path: Path) -> None:
    finished = train(base, data, tmp_path)
    assert finished.status == 0, finished.errors
    metrics = read_json(tmp_path / "metrics.json")
    assert metrics["validationPerplexity"] < 1.1
    assert metrics["tokensPerSecond"] > 0
    config = read_json(tmp_path / "model" / "config.json")
    assert config["architectures"] == ["LlamaForCausalLM"]
    assert read_json(tmp_path / "model" / "generation_config.json")["eos_token_id"] == [2]
    assert "chat_template" in read_json(tmp_path / "model" / "tokenizer_config.json")


def test_an_adapter_learns_and_the_merged_model_is_the_base_with_it(
    pretrained: Path, data: Path, tmp_path: Path
) -> None:
    finished = train(pretrained, data, tmp_path, lora=LORA)
    assert finished.status == 0, finished.errors
    assert read_json(tmp_path / "metrics.json")["validationPerplexity"] < 1.3
    merged, before = parameters(tmp_path), load_file(pretrained / "model.safetensors")
    assert merged.keys() == before.keys()
    changed = {name for name in merged if not np.array_equal(merged[name], before[name])}
    assert {name.split(".")[-2] for name in changed} == set(LORA["targets"])
    adapter = load_file(tmp_path / "model" / "adapter" / "adapter_model.safetensors")
    module = "model.layers.1.self_attn.v_proj"
    down, up = (adapter[f"base_model.model.{module}.lora_{one}.weight"] for one in "AB")
    expected = before[f"{module}.weight"] + 2 * up @ down
    np.testing.assert_allclose(merged[f"{module}.weight"], expected, atol=1e-6)


@pytest.mark.parametrize("lora", [None, LORA])
def test_the_gradients_are_those_of_every_parameter(base: Path, lora: Any) -> None:
    settings = complete(TRAIN_CONFIG | ({"lora": lora} if lora else {}))
    plan = plan_language(config_of("llama"), settings)
    assert plan.trainable.keys() & plan.frozen.keys() == set()
    assert len(plan.trainable) == (12 if lora else len(load_language_model(base).parameters))


@pytest.mark.parametrize("change", [{"gradientAccumulation": 2}, {"remat": True}, {"sharding": "fsdp", "lora": LORA}])
def test_eight_devices_and_what_spares_memory_change_nothing(
    base: Path, data: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    config = {"epochs": 2, "learningRate": 1e-3}
    whole = {"lora": change["lora"]} if "lora" in change else {}
    assert train(base, data, tmp_path / "plain", **config, **whole).status == 0
    devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=8"} if "lora" in change else {}
    process = start(arguments(base, data, tmp_path / "changed", **config, **change), **devices)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    plain, changed = parameters(tmp_path / "plain"), parameters(tmp_path / "changed")
    for name, value in plain.items():
        np.testing.assert_allclose(changed[name], value, atol=3e-4, err_msg=name)


def test_killed_it_ends_with_the_same_bytes(base: Path, data: Path, tmp_path: Path) -> None:
    config = {"epochs": 60, "checkpointEvery": 20, "lora": LORA}
    process = start(arguments(base, data, tmp_path / "cut", **config))
    deadline = time.monotonic() + 120
    while not list((tmp_path / "cut").glob("checkpoints/checkpoint-*.safetensors")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "cut" / "model").exists()
    for name in ("cut", "whole"):
        assert train(base, data, tmp_path / name, **config).status == 0
    for path in ("model.safetensors", "adapter/adapter_model.safetensors"):
        one, other = (tmp_path / name / "model" / path for name in ("cut", "whole"))
        assert one.read_bytes() == other.read_bytes()


def test_half_precision_keeps_the_types_of_the_base(pretrained: Path, data: Path, tmp_path: Path) -> None:
    import ml_dtypes
    from safetensors.numpy import save_file

    half = shutil.copytree(pretrained, tmp_path / "half")
    tensors = load_file(half / "model.safetensors")
    save_file({name: value.astype(ml_dtypes.bfloat16) for name, value in tensors.items()}, half / "model.safetensors")
    finished = train(half, data, tmp_path, lora={"rank": 8, "alpha": 16}, precision="bfloat16")
    assert finished.status == 0, finished.errors
    assert read_json(tmp_path / "metrics.json")["validationPerplexity"] < 1.5
    assert {str(value.dtype) for value in parameters(tmp_path).values()} == {"bfloat16"}
    assert read_json(tmp_path / "model" / "config.json")["torch_dtype"] == "bfloat16"


@pytest.mark.parametrize("model_type", MODEL_TYPES)
@pytest.mark.parametrize("lora", [None, {"rank": 2, "alpha": 4}])
def test_a_step_is_lowered_from_config_and_shapes_alone(model_type: str, lora: Any) -> None:
    """What preflight compiles, without any weights."""
    settings = TRAIN_CONFIG | {"sharding": "fsdp", **({"lora": lora} if lora else {})}
    plan = plan_training(config_of(model_type), settings, 0)
    mesh = data_mesh()
    lowered = compile_step(plan, mesh, settings).lower(*abstract_arguments(plan, mesh, settings, 4, 64))
    state, report = lowered.out_info
    assert state["parameters"].keys() == plan.trainable.keys()
    assert report["loss"].shape == ()


def test_bad_settings_and_rows_are_refused_with_all_that_is_wrong(base: Path, data: Path, tmp_path: Path) -> None:
    refused = train(base, data, tmp_path, lora={"rank": 2, "alpha": 4, "targets": ["q_proj", "query", "key"]})
    assert (refused.status, refused.error["error"], len(refused.error["problems"])) == (2, "INVALID_CONFIG", 2)
    assert train(base, data, tmp_path, selectBy="accuracy").error["error"] == "INVALID_CONFIG"
    assert train(base, data, tmp_path, maxLength=4096).error["error"] == "INVALID_CONFIG"
    content = rows(3)
    broken = [{**content[0], "completions": json.dumps([[0, 9999]])}, {**content[1], "completions": "{"}, content[2]]
    bad = write_conversations(tmp_path / "bad", {"train": broken})
    refused = train(base, bad, tmp_path)
    assert (refused.status, refused.error["error"], len(refused.error["problems"])) == (2, "INVALID_DATA", 2)
