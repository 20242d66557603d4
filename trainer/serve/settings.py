"""What Vertex AI tells a prediction container by its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import InputError


@dataclass(frozen=True)
class Settings:
    host: str
    port: int
    health_route: str
    predict_route: str
    storage_uri: str
    storage_root: Path | None
    """Where buckets are folders on this machine; None to download from Cloud Storage."""


def parse_settings(environment: Mapping[str, str]) -> Settings:
    """Raises InputError listing every variable that is wrong."""
    problems = []
    port = environment.get("AIP_HTTP_PORT", "8080")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        problems.append(f"AIP_HTTP_PORT is {port!r}, not a port")
    routes = {
        name: environment.get(name, default)
        for name, default in (("AIP_HEALTH_ROUTE", "/health"), ("AIP_PREDICT_ROUTE", "/predict"))
    }
    problems += [f"{name} is {route!r}; it must begin with /" for name, route in routes.items() if route[:1] != "/"]
    if len(set(routes.values())) < len(routes):
        problems.append("AIP_HEALTH_ROUTE and AIP_PREDICT_ROUTE are the same")
    uri = environment.get("AIP_STORAGE_URI", "")
    if not uri:
        problems.append("AIP_STORAGE_URI is missing: the folder of the model, a path or gs://BUCKET/FOLDER")
    if problems:
        raise InputError("INVALID_ARGUMENTS", f"serve: {'; '.join(problems)}", problems)
    root = environment.get("RETEMPER_GCS_ROOT")
    return Settings(
        host=environment.get("RETEMPER_SERVE_HOST", "0.0.0.0"),  # a container's port is its own
        port=int(port),
        health_route=routes["AIP_HEALTH_ROUTE"],
        predict_route=routes["AIP_PREDICT_ROUTE"],
        storage_uri=uri,
        storage_root=Path(root) if root else None,
    )
