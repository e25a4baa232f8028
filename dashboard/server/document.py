"""The document that a browser gets first at each page's address: Streamlit's own, told where its server is.

Without that, Streamlit looks for its server below the page (`/watch/_stcore/health`) before it looks beside it, and a
browser reports two errors whenever a page is opened by its address (streamlit#7074). Nothing else is changed.
"""

import pkgutil
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit.url_util import make_url_path

from dashboard import app_pages

_DOCUMENT = Path(streamlit.__file__).with_name("static") / "index.html"
_HEAD = "<head>"
# Pages lie beside one another, and the server's own addresses beside them: also below a base path or another server's.
_SERVER = '<script>window.__streamlit = { BACKEND_BASE_URL: new URL(".", location).href }</script>'


def document_routes(base: str) -> list[Route]:
    """Return the routes of all pages below the server's base path."""
    names = ("", *(module.name for module in pkgutil.iter_modules(app_pages.__path__)))
    return [Route(make_url_path(base, name), _send, methods=["GET"]) for name in names]


def document() -> str:
    """Return the document. Raises ValueError when Streamlit's has no head to write into."""
    text = _DOCUMENT.read_text(encoding="utf-8")
    before, head, after = text.partition(_HEAD)
    if not head:
        raise ValueError(f"{_DOCUMENT} has no {_HEAD}: look how this Streamlit is told where its server is.")
    return f"{before}{head}{_SERVER}{after}"


async def _send(_: Request) -> HTMLResponse:
    return HTMLResponse(document(), headers={"Cache-Control": "no-cache"})
