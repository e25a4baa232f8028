"""Readings of a run's pinned validation images, one set per validation.

    runs/<id>/pinned/<number>.png     a prepared validation image, by its index among the validation images
    runs/<id>/events.jsonl            events of the kind "pinned": the readings of one validation

Events are appended, and cut back on resume with all others, so that no validation comes twice. This module defines such
a reading and the place of its image; it reads no image itself and chooses none.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.evaluation.breakdown import edits
from engine.jobs import paths
from glyphlab_read.charset import normalise

KIND = "pinned"

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[int, Field(ge=0, le=100)]


class PinnedReading(BaseModel):
    """The reading of one image at one validation.

    Attributes:
        image: its index among the run's validation images.
        truth, text: its label, and the text that was read.
        confidences: the probability of each read character.
        places: start and end of each, as shares of the image's width.
        attention: attention decoders only, the weight of each time step over the image for each character, %.
        fixed: True for an image read at every validation; False for one of this validation's most confident mistakes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    image: Annotated[int, Field(ge=0)]
    truth: str
    text: str
    confidences: tuple[Share, ...]
    places: tuple[tuple[Share, Share], ...] = ()
    attention: tuple[tuple[Percent, ...], ...] = ()
    fixed: bool = True

    @property
    def right(self) -> bool:
        """True where the text is the truth."""
        return normalise(self.text) == normalise(self.truth)

    @property
    def distance(self) -> int:
        """The edits from truth to text."""
        return len(edits(self.truth, self.text))

    @property
    def weakest(self) -> float:
        """The lowest confidence among the characters; 0 for an empty text."""
        return min(self.confidences, default=0.0)


def image_path(run: Path, image: int) -> Path:
    """Return the path of the picture of a run's validation image; it may not exist."""
    return run / paths.PINNED / f"{image}.png"


def parse(values: Any) -> list[PinnedReading]:
    """Return the readings of an event; values of another form are left out."""
    found = []
    for value in values if isinstance(values, list) else []:
        try:
            found.append(PinnedReading.model_validate(value))
        except ValidationError:
            continue
    return found
