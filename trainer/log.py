"""One JSON object a line on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any


def log(message: str, **fields: Any) -> None:
    write({"message": message, **fields})


def write(record: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    sys.stdout.flush()
