"""The routes by which programs read with the lab's models: those of `glyphlab-serve`, in the lab's own server.

The models are the newest usable bundle of each run and the starter, each named by its run, the newest first. The guard
around refuses strangers. Where people log in, which programs cannot, and wherever a token is set, a request must bring
the token. Nothing is opened or started before the first request.
"""

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.routing import Route
from streamlit.url_util import make_url_path

from dashboard.caches.files import modified
from dashboard.server.login import has_login
from engine.errors import BundleError, ConfigError
from engine.jobs import paths
from engine.location.bundle import list_locator_bundles, open_locator
from engine.reading.bundle import list_bundles, open_reader
from engine.workspace import Workspace
from glyphlab_read.location.locator import Locator
from glyphlab_read.reading.reader import Reader
from glyphlab_read.serve.guard import TOKEN, check_token, checked_token, needs_token
from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.models import ServedModel, described, unknown_model
from glyphlab_read.serve.refusals import Refusal
from glyphlab_read.serve.routes import ReadingRoutes
from glyphlab_read.serve.service import ReadingService

_THREADS = 1  # that read words: pages and runs need the other cores


class LabModels:
    """The workspace's readers, each with the newest locator; those asked for last stay open."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._reader = lru_cache(4)(self._reader)
        self._locator = lru_cache(1)(self._locator)

    async def listed(self) -> list[dict[str, Any]]:
        """See ServedModels."""
        return await asyncio.to_thread(self._listed)

    async def find(self, id: str | None) -> ServedModel:
        """See ServedModels."""
        return await asyncio.to_thread(self._find, id)

    def _listed(self) -> list[dict[str, Any]]:
        locator = list_locator_bundles(self._workspace)[0].name
        return [described(one.manifest.run, one.manifest, locator) for one in list_bundles(self._workspace)]

    def _find(self, id: str | None) -> ServedModel:
        bundles = {one.manifest.run: one for one in list_bundles(self._workspace)}
        bundle = bundles.get(id) if id is not None else next(iter(bundles.values()))
        if bundle is None:
            raise unknown_model(str(id), list(bundles))
        try:
            reader = self._reader(bundle.folder, modified(bundle.folder / paths.MANIFEST))
        except BundleError as error:
            raise Refusal(422, "unusable-model", str(error)) from None
        locator = list_locator_bundles(self._workspace)[0]
        changed = modified(locator.folder / paths.MANIFEST)
        return ServedModel(bundle.manifest.run, reader, lambda: self._locator(locator.folder, changed), locator.name)

    def _reader(self, folder: Path, _changed: int) -> Reader:
        return open_reader(folder, self._workspace)

    def _locator(self, folder: Path, _changed: int) -> Locator:
        return open_locator(folder, self._workspace)


def reading_routes(base: str) -> list[Route]:
    """Return the routes below the server's base path."""
    service = ReadingService(LabModels(Workspace.default()), ServerLimits(), _THREADS)
    return ReadingRoutes(service, _check).routes(make_url_path(base, "").rstrip("/"))


def refuse_weak_token() -> None:
    """End the start of a server whose token for programs could be guessed, or not be sent.

    Raises:
        SystemExit: with what to do.
    """
    try:
        if token := _token():
            checked_token(token, f"The variable {TOKEN}")
    except ConfigError as error:
        raise SystemExit(str(error)) from None


def _token() -> str:
    return os.environ.get(TOKEN, "").strip()


def _check(path: str, headers: Headers) -> Refusal | None:
    """Return the refusal of a request that lacks the token, where one is needed."""
    if token := _token():
        return check_token(path, headers, token)
    if has_login() and needs_token(path):
        return Refusal(
            403,
            "no-token",
            "People log in here, and programs cannot. Start the lab with a token for them in the variable "
            f"{TOKEN}, and send it in the header: Authorization: Bearer TOKEN.",
        )
    return None
