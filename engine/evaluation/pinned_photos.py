"""Pinned photos of a locator's run: a few validation scenes whose text map and boxes are kept at each validation.

    runs/<id>/pinned/<number>/photo.jpg    a validation scene, reduced, by its index among the validation scenes
    runs/<id>/pinned/<number>/<step>.png   its region map at a validation, grey: 0 no text, 255 text
    runs/<id>/events.jsonl                 events of the kind "pinned_photos": the boxes of one validation

This module defines what is kept and where; it runs no network.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.jobs import paths

PINNED_PHOTOS = "pinned_photos"

Share = Annotated[float, Field(ge=0, le=1)]
Corner = tuple[float, float]


class PinnedBox(BaseModel):
    """A box found: its corners as shares of the photo's width and height, its score, and whether it hit a region."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    quad: tuple[Corner, ...]
    score: Share
    hit: bool


class PinnedPhoto(BaseModel):
    """The finds in one photo at one validation.

    Attributes:
        image: its index among the run's validation scenes.
        boxes: found, those over ignored regions left out.
        missed: outlines of the regions that no box hit, corners as shares of width and height.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    image: Annotated[int, Field(ge=0)]
    boxes: tuple[PinnedBox, ...]
    missed: tuple[tuple[Corner, ...], ...]


def photo_path(run: Path, image: int) -> Path:
    """Return the path of a pinned photo; it may not exist."""
    return run / paths.PINNED / str(image) / "photo.jpg"


def map_path(run: Path, image: int, step: int) -> Path:
    """Return the path of a pinned photo's map at a validation; it may not exist."""
    return run / paths.PINNED / str(image) / f"{step}.png"


def parse_photos(values: Any) -> list[PinnedPhoto]:
    """Return the photos of an event; values of another form are left out."""
    found = []
    for value in values if isinstance(values, list) else []:
        try:
            found.append(PinnedPhoto.model_validate(value))
        except ValidationError:
            continue
    return found
