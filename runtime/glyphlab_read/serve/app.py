"""The application of `glyphlab-serve`: the routes, a page to drop an image on, one of the description, a guard."""

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from glyphlab_read.formatting import cut
from glyphlab_read.serve.guard import PAGE, TokenGuard
from glyphlab_read.serve.refusals import Refusal
from glyphlab_read.serve.routes import ReadingRoutes
from glyphlab_read.serve.service import ReadingService

_FOLDER = Path(__file__).with_name("page")
_PAGES = {"/": "index.html", "/docs": "docs.html"}
_ASSETS = ("page.css", "page.js", "docs.js", "mark.svg")


def application(service: ReadingService, token: str = "") -> Starlette:
    """Return the application of one service, guarded by a token if there is one."""
    files = {**_PAGES, **{PAGE + name: name for name in _ASSETS}}
    pages = [Route(path, _file(_FOLDER / name), methods=["GET"]) for path, name in files.items()]
    return Starlette(
        routes=[*ReadingRoutes(service).routes(), *pages],
        middleware=[Middleware(TokenGuard, token=token)],
        exception_handlers={HTTPException: _told},
    )


def _file(path: Path) -> Any:
    async def send(_: Request) -> Response:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return send


async def _told(request: Request, error: Exception) -> Response:
    """Return Starlette's own refusals as ours."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    path = cut(request.url.path, 80)
    if status == 405:
        detail = f"{request.method} {path} was asked for. This address takes {headers.get('Allow', 'other methods')}."
        return Refusal(405, "method", detail, headers).response()
    detail = f"{path!r} is no address of this server. GET /openapi.json lists them."
    return Refusal(404, "unknown-address", detail).response()
