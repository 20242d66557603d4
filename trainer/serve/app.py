"""The two routes of a prediction container."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trainer.log import log
from trainer.serve.batching import Batcher
from trainer.serve.requests import LARGEST_BODY, BadRequest, parse_question, shape_answer
from trainer.serve.settings import Settings
from trainer.tasks import SINGLE_LABEL, Task


class PredictionApp:
    """Answers 503 until `ready` has been called."""

    def __init__(self, settings: Settings) -> None:
        self._batcher: Batcher | None = None
        self._labels: list[str] = []
        self._task = SINGLE_LABEL
        self.asgi = Starlette(
            routes=[
                Route(settings.health_route, self._health, methods=["GET"]),
                Route(settings.predict_route, self._predict, methods=["POST"]),
            ]
        )

    def ready(self, batcher: Batcher, labels: list[str], task: Task) -> None:
        self._labels = labels
        self._task = task
        self._batcher = batcher

    async def _health(self, request: Request) -> Response:
        if self._batcher is None:
            return JSONResponse({"status": "loading"}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def _predict(self, request: Request) -> Response:
        if self._batcher is None:
            return _refusal(BadRequest("The model is being loaded.", status=503))
        try:
            question = parse_question(await _read_body(request))
            rows = await self._batcher.ask(question.texts)
        except BadRequest as refusal:
            return _refusal(refusal)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            log("a prediction failed", error=repr(error))
            return _refusal(BadRequest("The prediction failed; the server's log says why.", status=500))
        return JSONResponse(
            {"predictions": [shape_answer(row, self._labels, question.top, self._task) for row in rows]}
        )


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BadRequest(f"The request is larger than {LARGEST_BODY} bytes.", status=413)
    return bytes(body)


def _refusal(refusal: BadRequest) -> Response:
    headers = {"Retry-After": "1"} if refusal.status == 503 else None
    return JSONResponse(refusal.to_json(), status_code=refusal.status, headers=headers)
