"""A team's own metrics: functions of a Python file, or of a module in the image, called on the predictions."""

from __future__ import annotations

import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.bootstrap import draws, interval
from trainer.errors import InputError

if TYPE_CHECKING:
    from trainer.contract.generated.contract import CustomMetric, CustomValue

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class CustomMetrics:
    """What the functions found; empty without any."""

    values: dict[str, CustomValue]
    slices: dict[tuple[str, str], dict[str, float]]

    def numbers(self) -> dict[str, float]:
        return {name: found["value"] for name, found in self.values.items()}

    def whole(self) -> dict[str, Any]:
        """The evaluation's field, absent where there is none."""
        return {"custom": self.values} if self.values else {}

    def slice(self, of: tuple[str, str]) -> dict[str, Any]:
        return {"custom": self.slices[of]} if self.values else {}


class Functions:
    """The metrics' functions, loaded before anything is computed, so that a bad one costs nothing."""

    def __init__(self, metrics: Sequence[CustomMetric], folder: Path | None, taken: Sequence[str]) -> None:
        """`folder`: of the files; `taken`: names that are not free. Raises InputError with every problem."""
        self._loaded: list[tuple[CustomMetric, Callable[..., Any]]] = []
        problems: list[str] = []
        names = [metric["name"] for metric in metrics]
        for name in sorted({one for one in names if one in taken or names.count(one) > 1}):
            problems.append(f"{name}: the name is taken")
        for metric in metrics:
            try:
                self._loaded.append((metric, _load(metric, folder)))
            except (Exception, SystemExit) as error:
                problems.append(f"{metric['name']}: {_told(error)}")
        if problems:
            raise InputError("INVALID_METRIC", f"Custom metrics do not load: {'; '.join(problems)}", problems)

    def measure(self, columns: Columns, slices: Mapping[tuple[str, str], np.ndarray]) -> CustomMetrics:
        """`slices`: which rows [rows] are in each. Raises InputError where a function fails or returns no number."""
        found = CustomMetrics({}, {of: {} for of in slices})
        for metric, function in self._loaded:
            name = metric["name"]
            whole = _call(name, function, columns)
            value: CustomValue = {"value": float(np.mean(whole)), "better": metric["better"]}
            if whole.ndim:
                parts = [weights @ whole / len(whole) for weights in draws(len(whole))]
                around = interval(np.concatenate(parts))
                if around:
                    value["interval"] = around
            found.values[name] = value
            for of, mask in slices.items():
                part = whole[mask] if whole.ndim else _call(name, function, _rows_of(columns, mask))
                found.slices[of][name] = float(np.mean(part))
        return found


def _load(metric: CustomMetric, folder: Path | None) -> Callable[..., Any]:
    if "file" in metric:
        if folder is None:
            raise ValueError(f"--hooks does not say where {metric['file']} is")
        path = folder / metric["file"]
        specification = importlib.util.spec_from_file_location(f"custom_metric_{metric['name']}", path)
        if specification is None or specification.loader is None:
            raise ValueError(f"{path} is no Python file")
        module = importlib.util.module_from_spec(specification)
        sys.modules[specification.name] = module
        specification.loader.exec_module(module)
    elif "module" in metric:
        module = importlib.import_module(metric["module"])
    else:
        raise ValueError("it names neither a file nor a module")
    function = getattr(module, metric["function"], None)
    if not callable(function):
        raise ValueError(f"{metric.get('file') or metric.get('module')} has no function {metric['function']}")
    return function  # type: ignore[no-any-return]


def _call(name: str, function: Callable[..., Any], columns: Columns) -> np.ndarray:
    """A number, or one for each row: float [] or [rows]."""
    rows = len(columns["id"])

    def refuse(what: str) -> InputError:
        return InputError("INVALID_METRIC", f"The metric {name}, given {rows} rows, {what}.")

    try:
        # Lists of its own: what a function does to them reaches no other.
        returned = function({column: list(values) for column, values in columns.items()})
    except (Exception, SystemExit) as error:
        raise refuse(f"raised {_told(error)}") from error
    try:
        values = np.asarray(returned)
    except ValueError as error:
        raise refuse(f"returned {type(returned).__name__}, no number and no list of numbers") from error
    if values.dtype.kind not in "biuf":
        raise refuse(f"returned {type(returned).__name__}, no number and no list of numbers")
    if values.shape not in ((), (rows,)):
        raise refuse(f"returned {list(values.shape)} numbers; it must be one, or one for each row")
    numbers = values.astype(float)
    if not np.isfinite(numbers).all() or not math.isfinite(float(np.mean(numbers))):
        raise refuse("returned what is no finite number")
    return numbers


def _rows_of(columns: Columns, mask: np.ndarray) -> dict[str, list[Any]]:
    places = np.flatnonzero(mask)
    return {name: [values[place] for place in places] for name, values in columns.items()}


def _told(error: BaseException) -> str:
    line = ""
    trace = error.__traceback__
    while trace is not None:
        line = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error}{line}"
