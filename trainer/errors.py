"""What ends a run, with the code by which Retemper knows it."""

from __future__ import annotations

import json
from typing import Literal

Code = Literal[
    "INVALID_ARGUMENTS",  # the command line
    "INVALID_CONFIG",  # --config
    "INVALID_DATA",  # the manifest or its shards
    "INVALID_MODEL",  # the model's files
    "INVALID_METRIC",  # a team's own metric: its file, its function, or what that returned
    "UNSUPPORTED_MODEL",  # a model_type or variant that no code here computes
    "DIVERGED",  # the loss or its gradient is no number any more, or far above that of guessing
]


class TrainerError(Exception):
    """Ends the program: one line of JSON on standard error, and an exit status."""

    exit_status = 1

    def __init__(self, code: Code, message: str, problems: list[str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = problems or []

    def to_json(self) -> str:
        return json.dumps({"error": self.code, "message": self.message, "problems": self.problems})


class InputError(TrainerError):
    """What was given is bad; trying again cannot help. Lists every problem at once."""

    exit_status = 2


class Diverged(TrainerError):
    """Training went wrong by itself."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__("DIVERGED", f"{what} at step {step}. Lower the learning rate, or lengthen the warm-up.")
        self.step = step


class Terminated(Exception):
    """SIGTERM came, and what is worth keeping has been saved."""

    exit_status = 143
