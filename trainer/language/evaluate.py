"""`evaluate` of a language model: how well it predicts the completions, and what it writes itself, row by row."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import jax
import numpy as np
from jax.sharding import Mesh

from trainer.bootstrap import draws, interval
from trainer.custom_metrics import Functions
from trainer.data.batches import choose_lengths, ordered_batches
from trainer.data.dataset import check_task, read_manifest
from trainer.errors import InputError
from trainer.evaluation import BUILT_IN, EvaluateOptions, Result, by_id, masks, write_predictions
from trainer.files import write_json
from trainer.language.generate import Prompt, Writer
from trainer.language.metrics import LanguageJudged, judge_written
from trainer.language.model import LoadedLanguageModel, load_language_model
from trainer.language.packing import arrange
from trainer.language.plan import plan_language
from trainer.language.rows import Example, TextRows, cut, encode_texts, read_texts
from trainer.log import log
from trainer.mesh import data_mesh, is_leader, replicate, replicated, rows_that_divide, spread
from trainer.metrics import present
from trainer.models.base import Parameters

if TYPE_CHECKING:
    from trainer.contract.generated.contract import Evaluation

MOST_NEW = 128
"""Tokens, where the configuration says nothing."""


def evaluate_language(options: EvaluateOptions) -> Result:
    """Writes the evaluation and the predictions. Raises InputError."""
    config = options.config
    functions = Functions(config.get("custom", []), options.hooks, BUILT_IN)
    manifest = read_manifest(options.data)
    check_task(manifest, config["task"])
    rows = _sorted(read_texts(options.data, manifest, config["split"]))
    loaded = load_language_model(options.model)
    length = min(config["maxLength"], loaded.longest)
    whole = encode_texts(loaded.tokenizer, rows)
    examples = [cut(example, length) for example in whole]
    kept = [index for index, example in enumerate(examples) if example.learnt[1:].any()]
    if len(kept) < len(rows):
        log("rows have no completion within maxLength", rows=len(rows) - len(kept), maxLength=length)
    rows, examples, whole = rows.take(kept), [examples[one] for one in kept], [whole[one] for one in kept]
    if not examples:
        raise InputError("INVALID_DATA", f"The {config['split']} split has nothing to evaluate.")

    mesh = data_mesh()
    parameters = replicate(dict(loaded.parameters), mesh)
    started = time.monotonic()
    losses, tokens = _row_losses(loaded, parameters, mesh, examples, config["batchSize"], length)
    most_new = config.get("maxNewTokens", MOST_NEW)
    expected = [_last_completion(loaded, example) for example in whole]
    written = [""] * len(rows)
    if most_new:
        written = _written(loaded, parameters, mesh, whole, most_new, config["batchSize"])
    seconds = time.monotonic() - started

    each = judge_written(expected, written) if most_new else {}
    judged = LanguageJudged(losses, tokens, each)
    slices = {(name, value): mask for name, values in rows.slices.items() for value, mask in masks(values).items()}
    metrics = present(judged.measure(np.ones((1, len(rows)))))
    means = losses / tokens
    scores = np.exp(-means).tolist()
    columns = {**rows.slices, "id": rows.ids, "label": expected, "prediction": written, "score": scores}
    custom = functions.measure({**columns, "loss": means.tolist(), "tokens": tokens.tolist()}, slices)
    evaluation = {
        "schemaVersion": 1,
        "task": "causal-lm",
        "split": config["split"],
        "rows": len(rows),
        "metrics": {**metrics, "tokens": int(tokens.sum())},
        **custom.whole(),
        "intervals": _intervals(judged, len(rows)),
        "perClass": [],
        "confusionMatrix": [],
        "slices": {
            name: {
                value: {
                    "rows": int(mask.sum()),
                    **present(judged.measure(mask[None].astype(float))),
                    **custom.slice((name, value)),
                }
                for (of, value), mask in slices.items()
                if of == name
            }
            for name in rows.slices
        },
        "rowsPerSecond": round(len(rows) / seconds, 2),
    }
    if is_leader():
        more = {"loss": means.tolist(), "tokens": tokens.tolist()}
        more |= {name: values.tolist() for name, values in each.items() if name != "exactMatch"}
        write_predictions(options.predictions, rows.ids, expected, written, scores, {**more, **rows.slices})
        write_json(options.evaluation, cast("Evaluation", evaluation))
    log("evaluated", split=config["split"], rows=len(rows), **metrics, **custom.numbers())
    return Result({**metrics, **custom.numbers(), "rowsPerSecond": evaluation["rowsPerSecond"]}, {})  # type: ignore[dict-item]


def _sorted(rows: TextRows) -> TextRows:
    return rows.take(by_id(rows.ids))


def _row_losses(
    loaded: LoadedLanguageModel, parameters: Parameters, mesh: Mesh, examples: list[Example], rows: int, longest: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of each row the sum over its learnt tokens, and their number."""
    predict = plan_language(loaded.config, {"precision": "float32", "remat": False}).predict
    compute = jax.jit(predict, out_shardings=replicated(mesh))
    lengths = np.asarray([len(example) for example in examples])
    losses, tokens = np.zeros(len(examples)), np.zeros(len(examples))
    count = rows_that_divide(rows, mesh)
    for batch in ordered_batches(lengths, choose_lengths(lengths, longest), rows):
        arrays = arrange([[examples[row]] for row in batch.rows], count, batch.length)
        found = compute(parameters, spread(arrays, mesh))
        losses[batch.rows], tokens[batch.rows] = (np.asarray(one)[: len(batch.rows)] for one in found)
    return losses, tokens


def _written(
    loaded: LoadedLanguageModel, parameters: Parameters, mesh: Mesh, examples: list[Example], most_new: int, rows: int
) -> list[str]:
    """What the model writes in the place of each row's last completion. Of a prompt that is too long the end counts."""
    prompts = [example.ids[: _start(example)] for example in examples]
    room = loaded.longest - most_new
    if room < 1:
        raise InputError("INVALID_CONFIG", f"maxNewTokens is {most_new}; this model reads {loaded.longest} tokens.")
    longest = max(len(prompt) for prompt in prompts)
    if longest > room:
        log("prompts are too long; their ends are kept", longest=longest, room=room)
    writer = Writer(loaded, mesh, most_new, min(longest, room))
    written = writer.write_all(parameters, [Prompt(prompt[-room:], most_new) for prompt in prompts], rows)
    return [decode(loaded, one.ids) for one in written]


def _start(example: Example) -> int:
    """Of the last completion; a prompt has one token at least."""
    return max(1, int(np.flatnonzero(example.spans == example.spans.max())[0]))


def _last_completion(loaded: LoadedLanguageModel, example: Example) -> str:
    last = example.ids[example.spans == example.spans.max()].tolist()
    return decode(loaded, last)


def decode(loaded: LoadedLanguageModel, ids: Sequence[int]) -> str:
    """Without special tokens, and what stands empty at its ends."""
    return str(loaded.tokenizer.decode(list(ids), skip_special_tokens=True)).strip()


def _intervals(judged: LanguageJudged, rows: int) -> dict[str, Any]:
    parts = [judged.measure(weights) for weights in draws(rows)]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    found = {name: interval(values) for name, values in whole.items()}
    return {name: one for name, one in found.items() if one is not None}
