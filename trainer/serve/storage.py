"""Where the model's files are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from trainer.errors import InputError

_GS = "gs://"


def model_folder(uri: str, root: Path | None, downloads: Path) -> Path:
    """A folder on this machine with the files of `uri`: the path itself, under `root`, or downloaded."""
    if not uri.startswith(_GS):
        return _existing(Path(uri.removeprefix("file://")))
    bucket, _, prefix = uri.removeprefix(_GS).strip("/").partition("/")
    if not bucket:
        raise InputError("INVALID_MODEL", f"{uri!r} names no bucket.")
    if root is not None:
        return _existing(root / bucket / prefix)
    return _download(bucket, prefix, downloads)


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise InputError("INVALID_MODEL", f"{folder} is not a folder.")
    return folder


def _download(bucket: str, prefix: str, folder: Path) -> Path:
    from google.cloud import storage

    blobs = list(storage.Client().list_blobs(bucket, prefix=f"{prefix}/" if prefix else None))
    # A model's files lie side by side; whatever is deeper is something else.
    files = {blob.name.rpartition("/")[2]: blob for blob in blobs if "/" not in blob.name.removeprefix(f"{prefix}/")}
    files.pop("", None)
    if not files:
        raise InputError("INVALID_MODEL", f"gs://{bucket}/{prefix} has no files.")
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda item: item[1].download_to_filename(str(folder / item[0])), files.items()))
    return folder
