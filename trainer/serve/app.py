"""The routes of a prediction container."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from trainer.log import log
from trainer.serve.engine import Answer, Engine
from trainer.serve.requests import LARGEST_BODY, BadRequest
from trainer.serve.settings import Settings


class PredictionApp:
    """Answers 503 until `ready` has been called."""

    def __init__(self, settings: Settings) -> None:
        self._predict_route = settings.predict_route
        self._answers: dict[str, Answer] | None = None
        self.asgi = Starlette(
            routes=[
                Route(settings.health_route, self._health, methods=["GET"]),
                Route("/{path:path}", self._answer, methods=["POST"]),
            ]
        )

    def ready(self, engine: Engine) -> None:
        self._answers = {**engine.routes, self._predict_route: engine.predict}

    async def _health(self, request: Request) -> Response:
        if self._answers is None:
            return JSONResponse({"status": "loading"}, status_code=503)
        return JSONResponse({"status": "ready"})

    async def _answer(self, request: Request) -> Response:
        if self._answers is None:
            return _refusal(BadRequest("The model is being loaded.", status=503))
        answer = self._answers.get(request.url.path)
        if answer is None:
            return _refusal(
                BadRequest(f"There is no {request.url.path}; there are {', '.join(self._answers)}.", status=404)
            )
        try:
            return JSONResponse(await answer(await _read_body(request)))
        except BadRequest as refusal:
            return _refusal(refusal)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            log("a prediction failed", error=repr(error))
            return _refusal(BadRequest("The prediction failed; the server's log says why.", status=500))


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
