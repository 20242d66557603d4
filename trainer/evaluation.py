"""What evaluations of every task share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.files import write_atomically

if TYPE_CHECKING:
    from trainer.contract.generated.contract import EvaluateConfig


@dataclass(frozen=True)
class EvaluateOptions:
    config: EvaluateConfig
    model: Path
    data: Path
    evaluation: Path
    predictions: Path
    hooks: Path | None = None
    """Folder of the files of a team's own metrics."""


@dataclass(frozen=True)
class Result:
    """Numbers for Kubeflow's artifacts."""

    metrics: dict[str, float]
    classification: dict[str, Any]
    """Metadata of a ClassificationMetrics; empty where nothing was classified."""


BUILT_IN = (
    *("accuracy", "macroF1", "loss", "auroc", "calibrationError", "perplexity", "exactMatch", "rougeL", "chrF"),
    *("tokens", "rowsPerSecond"),
)
"""Names that a team's own metric cannot have."""


def by_id(ids: Sequence[str]) -> list[int]:
    """The order of the rows in everything that is written."""
    return sorted(range(len(ids)), key=ids.__getitem__)


def masks(values: Sequence[str | None]) -> dict[str, np.ndarray]:
    """Which rows have each value; a row without one is in none."""
    found = np.asarray(values, object)
    return {value: found == value for value in sorted({one for one in values if one is not None})}


def write_predictions(
    path: Path,
    ids: Sequence[str],
    labels: Sequence[str],
    predicted: Sequence[str],
    scores: Sequence[float],
    more: Mapping[str, Sequence[Any]],
) -> None:
    """`more`: further columns, of numbers or strings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"id": ids, "label": labels, "prediction": predicted, "score": scores, **more}

    def kind(values: Sequence[Any]) -> pa.DataType:
        return pa.float64() if values and isinstance(values[0], float) else pa.string()

    schema = pa.schema([(name, kind(values)) for name, values in columns.items()])
    table = pa.table({name: list(values) for name, values in columns.items()}, schema=schema)
    write_atomically(path, lambda temporary: pq.write_table(table, str(temporary), compression="zstd"))
