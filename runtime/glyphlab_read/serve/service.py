"""The service behind the routes: from a request's images to the answers, by the lanes of words and photos."""

import time
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from glyphlab_read.errors import ImageError, LargeImageError
from glyphlab_read.serve.admission import Admission
from glyphlab_read.serve.answers import photo_answer, word_answer
from glyphlab_read.serve.bodies import SentImage, told, uploads
from glyphlab_read.serve.image_child import CostlyImage, PhotoFound
from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.metrics import ServerMetrics
from glyphlab_read.serve.models import ServedModel, ServedModels
from glyphlab_read.serve.photos import PhotoLane, no_photos
from glyphlab_read.serve.refusals import Refusal
from glyphlab_read.serve.requests import ReadSettings, read_settings
from glyphlab_read.serve.words import NoWord, ReadWord, WordAsked, WordLane


class ReadingService:
    """Reads what requests bring.

    Args:
        models: that read.
        limits: of requests.
        threads: that read words.
    """

    def __init__(self, models: ServedModels, limits: ServerLimits, threads: int) -> None:
        self.models, self.limits = models, limits
        self.metrics = ServerMetrics()
        self.admission = Admission(limits)
        self.metrics.in_progress.set_function(lambda: self.admission.requests)
        self.metrics.held.set_function(lambda: self.admission.held)
        self._words = WordLane(threads, limits.pixels, self.metrics.batch.observe)
        self._photos = PhotoLane(limits.photos, limits.pixels)

    def start(self) -> None:
        """Start what reads words ahead of the first; what reads photos starts with the first."""
        self._words.start()

    def close(self) -> None:
        """End the children."""
        self._words.close()
        self._photos.close()

    async def read(self, request: Request, about: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a request to read as JSON types.

        Args:
            request: brings images.
            about: takes what the log tells of it.

        Raises:
            Refusal: it is refused.
        """
        began = time.perf_counter()
        with self.admission.request() as ticket:
            settings = read_settings(request.query_params)
            model = await self.models.find(settings.model)
            images = await uploads(request, self.limits, ticket)
            about.update(images=len(images), bytes=ticket.held)
            answers = await self._answers(images, settings, model)
        return {"model": model.id, "seconds": round(time.perf_counter() - began, 4), "images": answers}

    async def _answers(
        self, images: Sequence[SentImage], settings: ReadSettings, model: ServedModel
    ) -> list[dict[str, Any]]:
        photos = settings.kind == "word"
        asked = [WordAsked(image.content, model.reader, settings.beam, photos) for image in images]
        words = [PhotoFound()] * len(images) if settings.kind == "photo" else await self._words.read(asked)
        answers = []
        for index, (image, word) in enumerate(zip(images, words, strict=True)):
            try:
                answers.append(await self._answer(image, asked[index], word, settings, model))
            except ImageError as error:
                raise _unreadable(told(index, image.name) if len(images) > 1 else "", error) from None
        for answer in answers:
            self.metrics.images.labels(answer["kind"]).inc()
        return answers

    async def _answer(
        self, image: SentImage, asked: WordAsked, word: ReadWord | NoWord, settings: ReadSettings, model: ServedModel
    ) -> dict[str, Any]:
        if isinstance(word, CostlyImage):
            try:
                word = await self._photos.read_word(asked)
            except PhotoFound as photo:
                word = photo
        if isinstance(word, PhotoFound):
            return await self._photo(image, settings, model)
        if isinstance(word, ImageError):
            raise word
        return word_answer(image.name, word)

    async def _photo(self, image: SentImage, settings: ReadSettings, model: ServedModel) -> dict[str, Any]:
        if settings.beam:
            raise Refusal(
                422,
                "beam-of-photo",
                f"beam={settings.beam} was given for a whole photo. Candidates are found for words that were cut out. "
                "Leave beam out, or say kind=word.",
            )
        if not model.reads_photos:
            raise no_photos(model)
        return photo_answer(image.name, await self._photos.read(image.content, model))


def _unreadable(which: str, error: ImageError) -> Refusal:
    detail = f"{which}: {error}" if which else str(error)
    if isinstance(error, LargeImageError):
        return Refusal(413, "large-image", detail)
    return Refusal(422, "unreadable-image", detail)
