"""Parses JSON from outside into the contract's types."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from trainer.errors import Code, InputError

SCHEMA = Path(__file__).parent / "contract.schema.json"


def parse(text: str, definition: str, code: Code, what: str) -> Any:
    """The JSON of one definition. Raises InputError with each problem's JSON path."""
    try:
        value = json.loads(text, parse_float=_number)
    except json.JSONDecodeError as error:
        raise InputError(code, f"{what} is not JSON: {error}") from error
    found = problems(value, definition)
    if found:
        raise InputError(code, f"{what} is not as the contract says: {'; '.join(found)}", found)
    return value


def problems(value: Any, definition: str) -> list[str]:
    """What is wrong with it; empty when nothing is."""
    errors = sorted(_validator(definition).iter_errors(value), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message[:300]}" for error in errors]


def _number(text: str) -> int | float:
    # A whole number may have passed through a protobuf Struct, which knows only doubles.
    value = float(text)
    return int(value) if value.is_integer() else value


@cache
def _validator(definition: str) -> Any:
    from jsonschema import Draft7Validator

    contract = json.loads(SCHEMA.read_text())
    return Draft7Validator({"definitions": contract["definitions"], "$ref": f"#/definitions/{definition}"})
