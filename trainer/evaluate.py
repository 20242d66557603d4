"""`evaluate`: metrics of a model on a split, and its prediction for each row."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

import numpy as np

from trainer.bootstrap import Bootstrap
from trainer.classification_metrics import classification_metrics
from trainer.custom_metrics import Functions
from trainer.data.batches import choose_lengths
from trainer.data.dataset import Rows, read_manifest, read_split
from trainer.data.encoded import labels_of
from trainer.data.tokens import encode
from trainer.errors import InputError
from trainer.evaluation import BUILT_IN, EvaluateOptions, Result, by_id, masks, write_predictions
from trainer.files import write_json
from trainer.log import log
from trainer.mesh import data_mesh, replicate
from trainer.metrics import Judged, confusion_matrix, per_label, present
from trainer.model_files import load_classifier, longest
from trainer.predictor import Predictor
from trainer.tasks import TASKS, task_of

if TYPE_CHECKING:
    from trainer.contract.generated.contract import Evaluation


def evaluate(options: EvaluateOptions) -> Result:
    """Writes the evaluation and the predictions. Raises InputError."""
    if options.config["task"] == "causal-lm":
        from trainer.language.evaluate import evaluate_language

        return evaluate_language(options)
    return _evaluate_classifier(options)


def _evaluate_classifier(options: EvaluateOptions) -> Result:
    """
    Writes the evaluation and the predictions. A model may have been trained with other labels than the data has: it is
    judged by label name, and a label that the data lacks is a wrong answer like another. Raises InputError.
    """
    config = options.config
    functions = Functions(config.get("custom", []), options.hooks, BUILT_IN)
    manifest = read_manifest(options.data)
    rows = _sorted(read_split(options.data, manifest, config["split"]))
    if not rows.ids:
        raise InputError("INVALID_DATA", f"The {config['split']} split is empty.")
    loaded = load_classifier(options.model)
    task = task_of(loaded.config.get("problem_type"))
    if {config["task"], manifest["task"]} != {task.name}:
        raise InputError(
            "INVALID_CONFIG",
            f"The task is {config['task']}; the data are for {manifest['task']}, the model for {task.name}.",
        )
    foreign = sorted(set(loaded.labels) ^ set(manifest["labels"]))
    if foreign:
        log("labels that only the model or only the data has", labels=foreign)
    max_length = min(config["maxLength"], longest(loaded))
    loaded.tokenizer.enable_truncation(max_length)

    started = time.monotonic()
    tokens = encode(loaded.tokenizer, rows.texts)
    lengths = choose_lengths(np.asarray([len(one) for one in tokens]), max_length)
    mesh = data_mesh()
    own = Predictor(loaded, task, mesh).predict_all(
        replicate(loaded.parameters, mesh), tokens, config["batchSize"], lengths
    )
    seconds = time.monotonic() - started

    # What the model alone knows gets a place only where it was predicted.
    decided = task.decide(own)
    predicted = {loaded.labels[index] for index in np.flatnonzero(decided.any(axis=0))}
    labels = [*manifest["labels"], *sorted(predicted - set(manifest["labels"]))]
    judged = Judged.by(task, labels_of(rows, labels, task), _arrange(own, loaded.labels, labels))
    slices = {(name, value): mask for name, values in rows.slices.items() for value, mask in masks(values).items()}
    bootstrap = Bootstrap(judged, slices)
    matrix = confusion_matrix(judged) if task is TASKS["text-classification"] else []
    metrics = judged.metrics()
    written = [task.write([loaded.labels[index] for index in np.flatnonzero(row)]) for row in decided]
    scores = task.certainty(own).astype(float).tolist()
    columns = {**rows.slices, "id": rows.ids, "label": rows.labels, "prediction": written, "score": scores}
    custom = functions.measure({**columns, "text": rows.texts}, slices)
    evaluation = {
        "schemaVersion": 1,
        "task": task.name,
        "split": config["split"],
        "rows": len(rows),
        "metrics": metrics,
        **custom.whole(),
        "intervals": bootstrap.metrics(),
        "perClass": [
            {"label": label, **found, "f1Interval": bootstrap.f1(index)}
            for index, (label, found) in enumerate(zip(labels, per_label(judged), strict=True))
        ],
        "confusionMatrix": matrix,
        "slices": {
            name: {
                value: {
                    "rows": int(mask.sum()),
                    **present(judged.measure(mask[None].astype(float))),
                    **custom.slice((name, value)),
                    "accuracyInterval": bootstrap.accuracy((name, value)),
                }
                for (of, value), mask in slices.items()
                if of == name
            }
            for name in rows.slices
        },
        "rowsPerSecond": round(len(rows) / seconds, 2),
    }
    write_predictions(options.predictions, rows.ids, rows.labels, written, scores, rows.slices)
    write_json(options.evaluation, cast("Evaluation", evaluation))
    log("evaluated", split=config["split"], rows=len(rows), **metrics, **custom.numbers())
    return Result({**metrics, **custom.numbers()}, classification_metrics(judged, labels, matrix))


def _arrange(probabilities: np.ndarray, labels: list[str], wanted: list[str]) -> np.ndarray:
    """Columns in another order; 0 for a label that the model does not know."""
    index = {label: position for position, label in enumerate(labels)}
    arranged = np.zeros((len(probabilities), len(wanted)), probabilities.dtype)
    for position, label in enumerate(wanted):
        if label in index:
            arranged[:, position] = probabilities[:, index[label]]
    return arranged


def _sorted(rows: Rows) -> Rows:
    order = by_id(rows.ids)

    def arrange(column: list[str]) -> list[str]:
        return [column[index] for index in order]

    slices = {name: arrange(values) for name, values in rows.slices.items()}
    return Rows(arrange(rows.ids), arrange(rows.texts), arrange(rows.labels), slices)
