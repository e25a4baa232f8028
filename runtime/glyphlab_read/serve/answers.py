"""Answers of the server as JSON types: models' readings of words and photos. The description is in `openapi`."""

from typing import Any

from glyphlab_read.serve.photos import ReadPhoto
from glyphlab_read.serve.words import ReadWord


def word_answer(name: str, word: ReadWord) -> dict[str, Any]:
    """Return the answer for a word image."""
    about = {"name": name, "kind": "word", "width": word.width, "height": word.height}
    return {**about, **word.reading.plain()}


def photo_answer(name: str, photo: ReadPhoto) -> dict[str, Any]:
    """Return the answer for a whole photo, in reading order; places are in px of the image as it was sent."""
    page = photo.page
    sure = [word.confidence for word in page.words]
    return {
        "name": name,
        "kind": "photo",
        "width": page.width,
        "height": page.height,
        "text": page.text,
        "confidence": round(sum(sure) / len(sure), 4) if sure else 0.0,
        "turned": photo.turned,
        "blocks": page.plain()["blocks"],
    }
