"""Routes of the server: to read, to list models, and to watch it. Every refusal is a Refusal, every request a line.

`ReadingRoutes(service).routes()` fits into any Starlette application; `app` has one of its own.
"""

import itertools
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from glyphlab_read.serve.logs import log
from glyphlab_read.serve.metrics import MEDIA_TYPE
from glyphlab_read.serve.openapi import description
from glyphlab_read.serve.refusals import Refusal
from glyphlab_read.serve.service import ReadingService

_NOT_STORED = {"Cache-Control": "no-store"}
_QUIET = ("/healthz", "/readyz", "/metrics")  # asked every few seconds by machines

_Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]
_Check = Callable[[str, Headers], Refusal | None]


class ReadingRoutes:
    """The routes of one service.

    Args:
        service: reads.
        check: refuses who may not ask, by the route's path and the headers; None: a guard around does.
    """

    def __init__(self, service: ReadingService, check: _Check | None = None) -> None:
        self._service, self._check = service, check
        self._start, self._numbers = secrets.token_hex(4), itertools.count(1)

    def routes(self, base: str = "") -> list[Route]:
        """Return the routes below a base path, which is empty or begins with a slash."""
        handlers: dict[str, tuple[str, _Handler]] = {
            "/v1/read": ("POST", self._read),
            "/v1/models": ("GET", self._models),
            "/healthz": ("GET", self._health),
            "/readyz": ("GET", self._ready),
            "/metrics": ("GET", self._metrics),
            "/openapi.json": ("GET", self._openapi),
        }
        return [
            Route(base + path, self._answering(path, handler), methods=[method])
            for path, (method, handler) in handlers.items()
        ]

    def _answering(self, path: str, handler: _Handler) -> Callable[[Request], Awaitable[Response]]:
        """Return an endpoint that answers by a handler, turns refusals into answers, counts and logs."""

        async def answer(request: Request) -> Response:
            began = time.perf_counter()
            about: dict[str, Any] = {}
            try:
                refusal = self._check(path, request.headers) if self._check else None
                if refusal is not None:
                    raise refusal
                response = await handler(request, about)
            except Refusal as refused:
                about["code"] = refused.name
                self._service.metrics.refusals.labels(refused.name).inc()
                response = refused.response()
            except ClientDisconnect:
                response = Refusal(400, "cut-body", "The connection ended before the body did.").response()
            except Exception as error:
                about["code"] = "fault"
                log("fault", 40, error, path=path)
                response = Refusal(500, "fault", "The server has a fault, which its log tells.").response()
            self._finish(path, request, response, about, time.perf_counter() - began)
            return response

        return answer

    def _finish(self, path: str, request: Request, response: Response, about: dict[str, Any], seconds: float) -> None:
        """Count and log an answer; while the server closes, have the client open no further request on its line."""
        metrics, status = self._service.metrics, response.status_code
        metrics.requests.labels(path, status).inc()
        metrics.seconds.labels(path).observe(seconds)
        if self._service.admission.closing:
            response.headers["Connection"] = "close"
        if path in _QUIET:
            return
        response.headers["X-Request-Id"] = number = f"{self._start}-{next(self._numbers)}"
        client = request.client.host if request.client else None
        took = round(1000 * seconds, 1)
        log("request", id=number, method=request.method, path=path, status=status, ms=took, client=client, **about)

    async def _read(self, request: Request, about: dict[str, Any]) -> Response:
        return JSONResponse(await self._service.read(request, about), headers=_NOT_STORED)

    async def _models(self, _: Request, __: dict[str, Any]) -> Response:
        return JSONResponse({"models": await self._service.models.listed()}, headers=_NOT_STORED)

    async def _health(self, _: Request, __: dict[str, Any]) -> Response:
        return JSONResponse({"status": "alive"}, headers=_NOT_STORED)

    async def _ready(self, _: Request, __: dict[str, Any]) -> Response:
        if self._service.admission.closing:
            raise Refusal(503, "closing", "The server is closing. Ask another one, or this one once it is back.")
        return JSONResponse({"status": "ready"}, headers=_NOT_STORED)

    async def _metrics(self, _: Request, __: dict[str, Any]) -> Response:
        return Response(self._service.metrics.text(), headers=_NOT_STORED, media_type=MEDIA_TYPE)

    async def _openapi(self, _: Request, __: dict[str, Any]) -> Response:
        return JSONResponse(description(self._service.limits), headers={"Cache-Control": "no-cache"})
