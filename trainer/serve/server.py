"""`serve`: listens at once, is healthy when the model is warm, and on SIGTERM answers what it has begun."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from trainer.errors import Terminated
from trainer.log import log
from trainer.serve.app import PredictionApp
from trainer.serve.settings import Settings
from trainer.serve.storage import model_folder

if TYPE_CHECKING:
    from trainer.serve.engine import Engine

_DRAIN_SECONDS = 30


def serve(settings: Settings) -> None:
    """Returns never: raises Terminated after SIGTERM, InputError where the model cannot be served."""
    with tempfile.TemporaryDirectory(prefix="model-") as downloads:
        asyncio.run(_serve(settings, Path(downloads)))
    raise Terminated


async def _serve(settings: Settings, downloads: Path) -> None:
    app = PredictionApp(settings)
    server = _Server(
        uvicorn.Config(
            app.asgi,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    listening = asyncio.create_task(server.serve())
    loading = loop.create_task(_load(settings, downloads, app, server))
    try:
        await asyncio.wait({listening, loading}, return_when=asyncio.FIRST_EXCEPTION)
        if loading.done():
            loading.result()
        await listening
    finally:
        server.stop()
        await asyncio.gather(listening, loading, return_exceptions=True)


async def _load(settings: Settings, downloads: Path, app: PredictionApp, server: _Server) -> None:
    engine = await asyncio.to_thread(_open, settings, downloads, server.stopping)
    if server.stopping.is_set():
        return
    app.ready(engine)
    log("ready", port=settings.port)


def _open(settings: Settings, downloads: Path, stopping: threading.Event) -> Engine:
    from trainer.serve.engine import open_engine

    engine = open_engine(model_folder(settings.storage_uri, settings.storage_root, downloads))
    engine.warm_up(stopping.is_set)
    return engine


class _Server(uvicorn.Server):
    """uvicorn's, with the signals left to us: it would end the process by the signal, and not with a status."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = threading.Event()

    def capture_signals(self):  # type: ignore[no-untyped-def]
        return nullcontext()

    def stop(self) -> None:
        self.stopping.set()
        self.should_exit = True
