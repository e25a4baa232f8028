"""The application that is served: `streamlit run dashboard/app.py`, and the same as `python -m dashboard`.

The pages' script is shell.py. Here stand the document that a browser gets first, and what the server does before
anyone comes; no page is drawn here.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.server.document import document_routes
from dashboard.server.guard import Guard
from dashboard.server.login import refuse_open_server
from dashboard.server.reading_api import reading_routes, refuse_weak_token
from dashboard.server.uploads import keep_uploads
from dashboard.server.warmup import prepare
from engine.processes import write_no_bytecode
from engine.workspace import Workspace


@asynccontextmanager
async def _warmed_up(_: st.App) -> AsyncIterator[None]:
    """Load what pages need before the first visitor is let in: beside the first page it would take longer for both."""
    loading = threading.Thread(target=prepare, args=[Workspace.default()], daemon=True, name="warm-up")
    loading.start()
    await asyncio.to_thread(loading.join)  # a fault there is told in the log, and pages load what they need
    write_no_bytecode()  # what is still to be loaded may be so on a full disk
    yield


refuse_open_server()
refuse_weak_token()
keep_uploads()
base = st.get_option("server.baseUrlPath")
app = st.App(
    Path(__file__).with_name("shell.py"),
    routes=[*document_routes(base), *reading_routes(base)],
    lifespan=_warmed_up,
    middleware=[Middleware(Guard)],
)
