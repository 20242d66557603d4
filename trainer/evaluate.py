"""`evaluate`: metrics of a model on a split, and its prediction for each row."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer import metrics
from trainer.data.batches import choose_lengths
from trainer.data.dataset import Rows, read_manifest, read_split
from trainer.data.tokens import encode
from trainer.errors import InputError
from trainer.files import write_atomically, write_json
from trainer.log import log
from trainer.mesh import data_mesh, replicate
from trainer.model_files import load_classifier, longest
from trainer.tasks.text_classification import Predictor

if TYPE_CHECKING:
    from trainer.contract.generated.contract import EvaluateConfig, Evaluation, EvaluationMetrics


@dataclass(frozen=True)
class EvaluateOptions:
    config: EvaluateConfig
    model: Path
    data: Path
    evaluation: Path
    predictions: Path


def evaluate(options: EvaluateOptions) -> EvaluationMetrics:
    """
    Writes the evaluation and the predictions. A model may have been trained with other labels than the data has: it is
    judged by label name, and a label that the data lacks is a wrong answer like another. Raises InputError.
    """
    config = options.config
    manifest = read_manifest(options.data)
    rows = _by_id(read_split(options.data, manifest, config["split"]))
    if not rows.ids:
        raise InputError("INVALID_DATA", f"The {config['split']} split is empty.")
    loaded = load_classifier(options.model)
    foreign = sorted(set(loaded.labels) ^ set(manifest["labels"]))
    if foreign:
        log("labels that only the model or only the data has", labels=foreign)
    max_length = min(config["maxLength"], longest(loaded))
    loaded.tokenizer.enable_truncation(max_length)

    started = time.monotonic()
    tokens = encode(loaded.tokenizer, rows.texts)
    lengths = choose_lengths(np.asarray([len(one) for one in tokens]), max_length)
    mesh = data_mesh()
    probabilities = Predictor(loaded.model, loaded.config, mesh).predict_all(
        replicate(loaded.parameters, mesh), tokens, config["batchSize"], lengths
    )
    seconds = time.monotonic() - started

    best = probabilities.argmax(axis=-1)
    predicted = [loaded.labels[index] for index in best]
    scores = probabilities.max(axis=-1).astype(float).tolist()
    # What the model alone knows gets a place only where it was predicted.
    labels = [*manifest["labels"], *sorted(set(predicted) - set(manifest["labels"]))]
    matrix = metrics.confusion_matrix(rows.labels, predicted, labels)
    evaluation: Evaluation = {
        "schemaVersion": 1,
        "task": "text-classification",
        "split": config["split"],
        "rows": len(rows),
        "metrics": {
            "accuracy": metrics.accuracy(rows.labels, predicted),
            "macroF1": metrics.macro_f1(matrix),
            "loss": metrics.cross_entropy(rows.labels, probabilities, loaded.labels),
        },
        "perClass": metrics.per_class(matrix, labels),
        "confusionMatrix": matrix,
        "slices": {name: metrics.by_slice(values, rows.labels, predicted) for name, values in rows.slices.items()},
        "rowsPerSecond": round(len(rows) / seconds, 2),
    }
    _write_predictions(options.predictions, rows, predicted, scores)
    write_json(options.evaluation, evaluation)
    log("evaluated", split=config["split"], rows=len(rows), **evaluation["metrics"])
    return evaluation["metrics"]


def _by_id(rows: Rows) -> Rows:
    order = sorted(range(len(rows)), key=rows.ids.__getitem__)

    def arrange(column: list[str]) -> list[str]:
        return [column[index] for index in order]

    slices = {name: arrange(values) for name, values in rows.slices.items()}
    return Rows(arrange(rows.ids), arrange(rows.texts), arrange(rows.labels), slices)


def _write_predictions(path: Path, rows: Rows, predicted: list[str], scores: list[float]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"id": rows.ids, "label": rows.labels, "prediction": predicted, "score": scores, **rows.slices}
    types = {"score": pa.float64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    table = pa.table(columns, schema=schema)
    write_atomically(path, lambda temporary: pq.write_table(table, str(temporary), compression="zstd"))
