"""What the Dockerfile builds, built by its own instructions without Docker, and its entry points started."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from trainer.testing.tiny import write_tiny
from trainer.tests.runs import train_arguments
from trainer.tests.samples import write_data

CHECKOUT = Path(__file__).parents[3]
DOCKERFILE = CHECKOUT / "trainer" / "containers" / "Dockerfile"


def find_uv() -> str | None:
    cache = Path(os.environ.get("RETEMPER_CACHE") or Path.home() / ".cache" / "retemper")
    cached = sorted(cache.glob("uv-*/uv"))
    return shutil.which("uv") or (str(cached[-1]) if cached else None)


UV = find_uv()
pytestmark = pytest.mark.skipif(UV is None, reason="uv is not here")


def instructions(name: str) -> list[str]:
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    return [line.removeprefix(f"{name} ") for line in text.splitlines() if line.startswith(f"{name} ")]


def sync(accelerator: str) -> list[str]:
    """The arguments of the Dockerfile's own `uv sync`."""
    line = next(line for line in instructions("RUN") if line.startswith("uv sync"))
    return shlex.split(line.replace("${ACCELERATOR}", accelerator).replace("--no-cache ", ""))[1:]


def environment(root: Path) -> dict[str, str]:
    """Nothing but the Dockerfile's own variables; a home that nobody can write to."""
    found = {"HOME": "/nonexistent"}
    for line in instructions("ENV"):
        found |= dict(re.findall(r"(\w+)=(\S+)", line.replace("/app", str(root)).replace("=/tmp/", f"={root}/tmp/")))
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is /app in the image."""
    root = tmp_path_factory.mktemp("image")
    ignored = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text().splitlines()
    names = [line.removeprefix("trainer/").removeprefix("**/") for line in ignored if line[:1] not in "*!#"]
    patterns = shutil.ignore_patterns(*names, "__pycache__", ".*cache")
    shutil.copytree(CHECKOUT / "trainer", root / "trainer", ignore=patterns)
    variables = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(root / "venv")}
    subprocess.run([str(UV), *sync("cpu")], cwd=root, env=variables, check=True, capture_output=True)
    return root


@pytest.mark.parametrize("accelerator", ["cpu", "tpu", "cuda"])
def test_every_image_is_pinned_by_the_lock(accelerator: str) -> None:
    """The lock is whole for it, and the image has what computes on its hardware."""
    finished = subprocess.run(
        [str(UV), "export", *sync(accelerator)[1:], "--no-emit-project"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    packages = re.findall(r"^([a-z0-9-]+)==", finished.stdout, re.MULTILINE)
    assert {"jax", "google-cloud-storage"} <= set(packages)
    assert not {"torch", "transformers", "pytest", "ruff"} & set(packages)
    assert ("libtpu" in packages) == (accelerator == "tpu")
    assert ("jax-cuda12-plugin" in packages) == (accelerator == "cuda")
    assert finished.stdout.count("--hash=sha256:") >= len(packages)


def test_it_does_not_run_as_root() -> None:
    assert instructions("USER")[-1] not in ("0", "root")


def test_it_trains_evaluates_and_serves(image: Path, tmp_path: Path) -> None:
    variables = environment(image)
    python = [str(image / "venv" / "bin" / "python"), "-m", "trainer"]
    write_tiny(tmp_path / "base", "roberta")
    data = write_data(tmp_path / "data")
    arguments = train_arguments(tmp_path / "base", data, tmp_path, epochs=1)
    finished = subprocess.run([*python, *arguments], env=variables, cwd=image, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr

    refused = subprocess.run([*python, "evaluate", "--config", "{}"], env=variables, cwd=image, capture_output=True)
    assert refused.returncode == 2
    assert json.loads(refused.stderr)["error"] == "INVALID_ARGUMENTS"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command: list[str] = json.loads(instructions("CMD")[-1])
    assert command[:3] == ["python", "-m", "trainer"]
    serving = {**variables, "AIP_HTTP_PORT": str(port), "AIP_STORAGE_URI": str(tmp_path / "model")}
    process = subprocess.Popen([*python, *command[3:]], env=serving, cwd=image)
    try:
        deadline = time.monotonic() + 120
        while ask(port, "/health") is None:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        answer = ask(port, "/predict", {"instances": ["a game"]})
        assert answer is not None and len(answer["predictions"]) == 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143


def ask(port: int, path: str, body: Any = None) -> Any:
    """None while nobody answers."""
    content = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", content, timeout=30) as answer:
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError):
        return None
