"""Requests and responses: what is asked, checked; what is answered, shaped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.contract.validate import problems
from trainer.tasks import MULTI_LABEL, SINGLE_LABEL, Task

if TYPE_CHECKING:
    from trainer.contract.generated.contract import PredictResponsePredictionsItem

# Vertex AI's own limit of a prediction request: https://cloud.google.com/vertex-ai/docs/quotas
LARGEST_BODY = 1_500_000  # bytes
MOST_INSTANCES = 1_000
_MOST_PROBLEMS = 10


@dataclass(frozen=True)
class Question:
    texts: list[str]
    top: int | None
    """How many labels to answer with; None for the best alone."""


class BadRequest(Exception):
    def __init__(self, message: str, problems: Sequence[str] = (), status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.problems = list(problems)

    def to_json(self) -> dict[str, Any]:
        return {"error": {"code": self.status, "message": str(self), "problems": self.problems}}


def parse_question(body: bytes) -> Question:
    """Of a classifier. Raises BadRequest with the reason."""
    value = parse_body(body, "PredictRequest")
    texts = [one if isinstance(one, str) else one["text"] for one in value["instances"]]
    return Question(texts, value.get("parameters", {}).get("topK"))


def parse_body(body: bytes, definition: str) -> dict[str, Any]:
    """As the contract has it. Raises BadRequest with the reason."""
    try:
        value = json.loads(body)
    except ValueError as error:  # neither JSON nor UTF-8
        raise BadRequest(f"The body is not JSON: {error}") from error
    except RecursionError as error:
        raise BadRequest("The body is nested too deeply.") from error
    instances = value.get("instances") if isinstance(value, dict) else None
    if isinstance(instances, list) and len(instances) > MOST_INSTANCES:
        raise BadRequest(f"{len(instances)} instances in one request; {MOST_INSTANCES} are allowed.")
    found = problems(value, definition)
    if found:
        raise BadRequest(f"The request is not valid: {found[0]}", found[:_MOST_PROBLEMS])
    broken = _not_unicode(value, "$")
    if broken:
        raise BadRequest(f"Not valid Unicode: {broken[0]}", broken[:_MOST_PROBLEMS])
    return dict(value)


def _not_unicode(value: Any, path: str) -> list[str]:
    """Where JSON escapes half of a surrogate pair, which is no character."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return [path]
        return []
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, list):
        inner = ((f"{path}[{index}]", one) for index, one in enumerate(value))
    elif isinstance(value, dict):
        inner = ((f"{path}.{name}", one) for name, one in value.items())
    return [found for place, one in inner for found in _not_unicode(one, place)]


def shape_answer(
    probabilities: np.ndarray, labels: list[str], top: int | None, task: Task = SINGLE_LABEL
) -> PredictResponsePredictionsItem:
    order = np.argsort(-probabilities, kind="stable")
    best = int(order[0])
    answer: PredictResponsePredictionsItem = {"label": labels[best], "score": float(probabilities[best])}
    if task is MULTI_LABEL:
        decided = task.decide(probabilities[None])[0]
        answer["labels"] = [labels[index] for index in np.flatnonzero(decided)]
    if top is not None:
        answer["scores"] = [{"label": labels[index], "score": float(probabilities[index])} for index in order[:top]]
    return answer
