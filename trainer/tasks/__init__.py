"""What can be learnt: a loss to train with, and decisions to evaluate and serve."""

from __future__ import annotations

from trainer.tasks.base import Task
from trainer.tasks.multi_label import MULTI_LABEL
from trainer.tasks.single_label import SINGLE_LABEL

__all__ = ["MULTI_LABEL", "SINGLE_LABEL", "TASKS", "Task", "task_of"]

TASKS: dict[str, Task] = {task.name: task for task in (SINGLE_LABEL, MULTI_LABEL)}


def task_of(problem_type: object) -> Task:
    """The task of a config.json's `problem_type`; one label a text where it names none."""
    return next((task for task in TASKS.values() if task.problem_type == problem_type), SINGLE_LABEL)
