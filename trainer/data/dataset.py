"""Reads prepared data: a manifest and the Parquet shards that it names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from trainer.contract.validate import parse
from trainer.errors import InputError
from trainer.tasks import TASKS

if TYPE_CHECKING:
    import pyarrow

    from trainer.contract.generated.contract import Manifest

SplitName = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Rows:
    """A split, in the order of its shards."""

    ids: list[str]
    texts: list[str]
    labels: list[str]
    slices: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.ids)


def read_manifest(folder: Path) -> Manifest:
    """Raises InputError where it is missing or not as the contract says."""
    path = folder / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError("INVALID_DATA", f"--data has no readable manifest: {error}") from error
    return cast("Manifest", parse(text, "Manifest", "INVALID_DATA", str(path)))


def check_task(manifest: Manifest, task: str) -> None:
    """Raises InputError where the data are for another task, or lack labels."""
    if manifest["task"] != task:
        raise InputError("INVALID_CONFIG", f"The task is {task}; the data are for {manifest['task']}.")
    if task in TASKS and len(manifest["labels"]) < 2:
        raise InputError("INVALID_DATA", f"The data have {len(manifest['labels'])} labels; two at least are needed.")


def manifest_digest(folder: Path) -> str:
    """Names the data: the manifest holds the digest of each shard."""
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()


def read_split(folder: Path, manifest: Manifest, name: SplitName) -> Rows:
    """All rows of a split. Raises InputError with everything that is wrong with its shards."""
    problems: list[str] = []
    read = read_columns(folder, manifest, name, ["id", "text", "label"], problems)
    task = TASKS[manifest["task"]]
    unknown: set[str] = set()
    for label in set(read["label"]) - {None}:
        try:
            unknown |= set(task.parse(label)) - set(manifest["labels"])
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if unknown:
        problems.append(f"{name}: labels that the manifest does not list: {', '.join(sorted(unknown))}")
    if problems:
        raise InputError("INVALID_DATA", f"The {name} split cannot be read: {'; '.join(problems)}", problems)
    return Rows(read["id"], read["text"], read["label"], {column: read[column] for column in manifest["slices"]})


def read_columns(
    folder: Path, manifest: Manifest, name: SplitName, required: list[str], problems: list[str]
) -> dict[str, list[str]]:
    """These columns, of which none may be null, and the slices. What is wrong with the shards joins `problems`."""
    import pyarrow as pa

    columns = [*required, *manifest["slices"]]
    tables: list[pyarrow.Table] = []
    for shard in manifest["splits"][name]["shards"]:
        path = folder / shard["path"]
        table = _read_shard(path, shard["sha256"], shard["rows"], columns, required, problems)
        if table is not None:
            tables.append(table)
    table = pa.concat_tables(tables) if tables else None
    return {column: table[column].to_pylist() if table else [] for column in columns}


def _read_shard(
    path: Path, sha256: str, rows: int, columns: list[str], required: list[str], problems: list[str]
) -> pyarrow.Table | None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(f"{path}: {error.strerror}")
        return None
    if hashlib.sha256(content).hexdigest() != sha256:
        problems.append(f"{path}: its sha256 is not the manifest's")
        return None
    try:
        table = pq.read_table(pa.BufferReader(content))
    except pa.ArrowException as error:
        problems.append(f"{path}: {error}")
        return None
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        problems.append(f"{path}: no column {', '.join(missing)}; it has {', '.join(table.column_names)}")
        return None
    table = table.select(columns).cast(pa.schema([(column, pa.string()) for column in columns]))
    empty = [column for column in required if table[column].null_count]
    if empty:
        problems.append(f"{path}: null in {', '.join(empty)}")
    if table.num_rows != rows:
        problems.append(f"{path}: {table.num_rows} rows, the manifest says {rows}")
    return table
