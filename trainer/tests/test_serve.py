"""The prediction container's contract, against a real server process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trainer.contract.validate import problems
from trainer.tests.runs import evaluate, start
from trainer.tests.samples import LABELS, rows


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> tuple[int, Any]:
        return self._open(urllib.request.Request(f"http://127.0.0.1:{self.port}{path}"))

    def post(self, body: Any) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._open(urllib.request.Request(f"http://127.0.0.1:{self.port}/ask", data))

    def _open(self, request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


@contextmanager
def serving(uri: str, **environment: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "AIP_HTTP_PORT": str(port),
        "AIP_HEALTH_ROUTE": "/alive",
        "AIP_PREDICT_ROUTE": "/ask",
        "AIP_STORAGE_URI": uri,
        "RETEMPER_SERVE_HOST": "127.0.0.1",
    }
    process = start(["serve"], **variables, **environment)
    server = Server(process, port)
    try:
        wait_until_healthy(server)
        yield server
    finally:
        process.kill()
        process.communicate()


def wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.process.poll() is None
        try:
            status, _ = server.get("/alive")
        except OSError:
            status = None
        if status == 200:
            return
        assert status in (None, 503)
        time.sleep(0.05)
    raise AssertionError("It did not become healthy.")


@pytest.fixture(scope="module")
def server(trained: Path) -> Iterator[Server]:
    with serving(str(trained)) as one:
        yield one


def test_it_answers_as_the_evaluation_did(server: Server, trained: Path, data: Path, tmp_path: Path) -> None:
    assert evaluate(trained, data, tmp_path).status == 0
    expected = {row["id"]: row for row in pq.read_table(tmp_path / "predictions.parquet").to_pylist()}
    content = rows(60, 190)
    status, answer = server.post({"instances": [row["text"] for row in content]})
    assert status == 200
    assert problems(answer, "PredictResponse") == []
    for row, prediction in zip(content, answer["predictions"], strict=True):
        assert prediction["label"] == expected[row["id"]]["prediction"]
        assert prediction["score"] == pytest.approx(expected[row["id"]]["score"], abs=1e-5)


def test_both_forms_of_an_instance_and_any_text(server: Server) -> None:
    texts = ["a game", "", "many words " * 500, "日本語 \x00 🎲"]
    forms = [{"instances": texts}, {"instances": [{"text": text} for text in texts]}]
    answers = [server.post(form) for form in forms]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200
    assert len(answers[0][1]["predictions"]) == 4


def test_the_best_labels(server: Server) -> None:
    status, answer = server.post({"instances": ["a game"], "parameters": {"topK": 2}})
    [prediction] = answer["predictions"]
    assert status == 200
    assert prediction["scores"][0] == {"label": prediction["label"], "score": prediction["score"]}
    assert len(prediction["scores"]) == 2
    _, answer = server.post({"instances": ["a game"], "parameters": {"topK": 99}})
    scores = answer["predictions"][0]["scores"]
    assert sorted(one["label"] for one in scores) == LABELS
    assert sum(one["score"] for one in scores) == pytest.approx(1)


def test_many_clients_at_once_each_get_their_own_answer(server: Server) -> None:
    content = rows(90, 190)
    alone = [server.post({"instances": [row["text"]]})[1]["predictions"][0] for row in content]
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(lambda row: server.post({"instances": [row["text"]]}), content))
    for one, (status, other) in zip(alone, together, strict=True):
        assert status == 200
        assert other["predictions"][0]["label"] == one["label"]
        assert other["predictions"][0]["score"] == pytest.approx(one["score"], abs=1e-5)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        ([], 400),
        ({}, 400),
        ({"instances": []}, 400),
        ({"instances": "a game"}, 400),
        ({"instances": [1]}, 400),
        ({"instances": [{"txt": "a game"}]}, 400),
        ({"instances": ["a game"], "parameters": {"topK": 0}}, 400),
        ({"instances": ["a game"], "parameters": 3}, 400),
        (b'{"instances": ["\\ud800"]}', 400),
        ({"instances": ["a"] * 1_001}, 400),
        ({"instances": ["a" * 1_500_001]}, 413),
    ],
)
def test_a_bad_request_is_refused_with_the_reason(server: Server, body: Any, status: int) -> None:
    refused, answer = server.post(body)
    assert refused == status
    assert answer["error"]["code"] == status
    assert answer["error"]["message"]
    assert server.post({"instances": ["a game"]})[0] == 200


def test_a_bucket_as_a_folder_and_a_clean_end(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "bucket" / "runs").mkdir(parents=True)
    (tmp_path / "bucket" / "runs" / "model").symlink_to(trained)
    with serving("gs://bucket/runs/model/", RETEMPER_GCS_ROOT=str(tmp_path)) as server:
        body = b'{"instances": ["a game"]}'
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            head = f"POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            connection.sendall(head + body[:5])
            # An answer on another connection: the server has read what came before.
            assert server.get("/alive")[0] == 200
            server.process.send_signal(signal.SIGTERM)
            wait_until_closed(server.port)
            connection.sendall(body[5:])
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        assert server.process.wait(30) == 143


def wait_until_closed(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise AssertionError("It still takes connections.")


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"AIP_STORAGE_URI": "/nowhere"}, "INVALID_MODEL"),
        ({"AIP_STORAGE_URI": ""}, "INVALID_ARGUMENTS"),
        ({"AIP_STORAGE_URI": "/", "AIP_HTTP_PORT": "http", "AIP_PREDICT_ROUTE": "ask"}, "INVALID_ARGUMENTS"),
    ],
)
def test_it_ends_where_there_is_nothing_to_serve(environment: dict[str, str], code: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = start(["serve"], **{"AIP_HTTP_PORT": port, "RETEMPER_SERVE_HOST": "127.0.0.1", **environment})
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert json.loads(errors)["error"] == code
