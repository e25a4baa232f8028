"""What a run read, as it learned, in the images that are pinned to it.

    runs/<id>/pinned/<number>.png     a validation image as the network saw it, by its place among the validation images
    runs/<id>/events.jsonl            events of the kind "pinned": the readings of one evaluation

Events are appended, and cut back on resume with all others, so that no evaluation comes twice. This module says what
such a reading holds and where its image lies; it reads no image itself and chooses none.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.charset import normalise
from engine.evaluation.breakdown import edits
from engine.jobs import paths

KIND = "pinned"

Share = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[int, Field(ge=0, le=100)]


class PinnedReading(BaseModel):
    """One image's reading at one evaluation.

    Attributes:
        image: its place among the run's validation images.
        truth, text: what it says, and what was read.
        confidences: the probability of each read character.
        places: from where to where each was read, as shares of the image's width.
        attention: for readers that attend, how much of each character came from each time step over the image, %.
        fixed: read at every evaluation; else it is among this one's most confidently wrong.
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
        """Whether the text is the truth."""
        return normalise(self.text) == normalise(self.truth)

    @property
    def distance(self) -> int:
        """The edits from truth to text."""
        return len(edits(self.truth, self.text))

    @property
    def weakest(self) -> float:
        """The lowest confidence among the characters; 0 for an empty text, which nothing vouches for."""
        return min(self.confidences, default=0.0)


def image_path(run: Path, image: int) -> Path:
    """Return where the picture of a run's validation image lies, if it was kept."""
    return run / paths.PINNED / f"{image}.png"


def parse(values: Any) -> list[PinnedReading]:
    """Read an event's readings, passing over what is none of ours."""
    found = []
    for value in values if isinstance(values, list) else []:
        try:
            found.append(PinnedReading.model_validate(value))
        except ValidationError:
            continue
    return found
