"""Models of the server: readers by their id, each with the locator that finds text for it in whole photos.

A locator is opened when the first photo comes, since words need none and it takes memory.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from glyphlab_read.reading.manifest import BundleManifest
from glyphlab_read.reading.reader import Reader
from glyphlab_read.serve.refusals import Refusal

if TYPE_CHECKING:  # they import OpenCV, which reading words needs not
    from glyphlab_read.documents.page_reader import PageReader
    from glyphlab_read.location.locator import Locator
    from glyphlab_read.location.maps import TextLevel


class ServedModel:
    """An open reader.

    Args:
        id: by which clients name it.
        reader: that reads words.
        locator: opens the locator for photos; None: photos are not read.
        locator_id: what the locator is called.
        level: what is cut out of photos and read at once.
    """

    def __init__(
        self,
        id: str,
        reader: Reader,
        locator: "Callable[[], Locator] | None" = None,
        locator_id: str | None = None,
        level: "TextLevel" = "word",
    ) -> None:
        self.id, self.reader = id, reader
        self.locator_id = locator_id
        self._locator = locator
        self._level: TextLevel = level
        self._page_reader: PageReader | None = None
        self._mutex = threading.Lock()

    @property
    def reads_photos(self) -> bool:
        """True where it has a locator."""
        return self._locator is not None

    def page_reader(self) -> "PageReader | None":
        """Return the reader of photos, opened at the first call; None where there is no locator."""
        from glyphlab_read.documents.page_reader import PageReader

        with self._mutex:
            if self._page_reader is None and self._locator is not None:
                self._page_reader = PageReader(self._locator(), self.reader, self._level)
            return self._page_reader


class ServedModels(Protocol):
    """The models that the routes offer."""

    async def listed(self) -> list[dict[str, Any]]:
        """Return what `/v1/models` tells of each, the one that is meant where none is named first."""
        ...

    async def find(self, id: str | None) -> ServedModel:
        """Return a model by its id, opened; the first where none is named. Raises Refusal."""
        ...


class OneModel:
    """The one model of `glyphlab-serve`."""

    def __init__(self, model: ServedModel) -> None:
        self._model = model

    async def listed(self) -> list[dict[str, Any]]:
        """See ServedModels."""
        return [described(self._model.id, self._model.reader.manifest, self._model.locator_id)]

    async def find(self, id: str | None) -> ServedModel:
        """See ServedModels."""
        if id is not None and id != self._model.id:
            raise unknown_model(id, [self._model.id])
        return self._model


def described(id: str, manifest: BundleManifest, locator: str | None) -> dict[str, Any]:
    """Return what clients are told of a model."""
    return {
        "id": id,
        "run": manifest.run,
        "step": manifest.step,
        "created": manifest.created.isoformat(),
        "charset": manifest.charset,
        "decoder": manifest.decoder.kind,
        "max_length": manifest.decoder.max_length,
        "height": manifest.preprocessing.height,
        "max_width": manifest.preprocessing.max_width,
        "locator": locator,
    }


def unknown_model(id: str, known: list[str]) -> Refusal:
    """Return the refusal of an id."""
    shown = ", ".join(known[:10])
    return Refusal(404, "unknown-model", f"model={id[:80]!r} was given. Served are: {shown}. Name one or none.")
