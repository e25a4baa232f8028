"""The gate of every format: its readings beside the lab's own, by the image alone and as it lies, over the same images.

A format is given out if it reads as the lab does, or, where its numbers are coarser, hardly worse and faster. This
module writes no files and knows no format's runtime: a format is a function from an image to a text.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from PIL import Image

from engine.formatting import decimal
from glyphlab_read.reading.reader import Reader

Read = Callable[[Image.Image], str]
"""Reads one image in a format, with the runtime of that format."""

LEAST_SAME = 0.99
"""Share of the images that a format must read as the lab does."""

MOST_LOST = 0.01
"""Share of right readings that coarser numbers may lose."""

_TIMED = 50  # images


@dataclass(frozen=True)
class GateImage:
    """One image of the gate: what it shows, where that is known."""

    image: Image.Image
    truth: str | None = None


@dataclass(frozen=True)
class GateDifference:
    """One image that a format reads otherwise than the lab: its number among the images, and the three texts."""

    number: int
    truth: str | None
    lab: str
    other: str


@dataclass(frozen=True)
class GateResult:
    """The readings of a format beside the lab's.

    Attributes:
        images: number of images compared.
        same: how many were read alike.
        differences: the others.
        truths: number of images whose text is known.
        lab_right, right: how many of these the lab and the format read rightly.
        lab_milliseconds, milliseconds: median time per image, one after the other, on one core.
    """

    images: int
    same: int
    differences: tuple[GateDifference, ...]
    truths: int
    lab_right: int
    right: int
    lab_milliseconds: float
    milliseconds: float

    @property
    def lost(self) -> float:
        """Share of right readings that the format loses, below 0 where it gains."""
        return (self.lab_right - self.right) / self.truths if self.truths else 1 - self.same / self.images

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON types, without the differences."""
        return {
            "images": self.images,
            "same": self.same,
            "truths": self.truths,
            "lab_right": self.lab_right,
            "right": self.right,
            "lab_milliseconds": round(self.lab_milliseconds, 3),
            "milliseconds": round(self.milliseconds, 3),
        }

    def why_not_same(self) -> str:
        """Return why the format is refused that should read as the lab does; empty where it does."""
        if self.same >= LEAST_SAME * self.images:
            return ""
        return (
            f"It reads {self.same:,} of {self.images:,} images as the lab does; {LEAST_SAME:.0%} is the least. The "
            "differences are listed. Take another format, or report them."
        )

    def why_not_worth_it(self) -> str:
        """Return why coarser numbers are refused; empty where they are faster and lose little."""
        faults = []
        if self.milliseconds >= self.lab_milliseconds:
            faults.append("it must be faster")
        if self.lost > MOST_LOST:
            faults.append(f"it loses {decimal(100 * self.lost)} points of the right readings, and 1 is the most")
        if not faults:
            return ""
        return (
            f"It takes {decimal(self.milliseconds)} ms per image and the float32 of the lab "
            f"{decimal(self.lab_milliseconds)} ms here: {' and '.join(faults)}. "
            "Take onnx-fp16, which halves the file and reads the same."
        )


def compare_readings(lab: Reader, read: Read, images: Sequence[GateImage], after: Callable[[int], None]) -> GateResult:
    """Read all images both ways.

    Args:
        lab: reads by the image alone, on one core.
        read: reads in the format.
        images: at least one.
        after: called after each image with the number done; may raise to stop.
    """
    ours, theirs, times = [], [], []
    for done, one in enumerate(images, 1):
        began = time.perf_counter()
        ours.append(lab.read_as_they_lie([one.image])[0].text)
        between = time.perf_counter()
        theirs.append(read(one.image))
        times.append((between - began, time.perf_counter() - between))
        after(done)
    known = [number for number, one in enumerate(images) if one.truth is not None]
    differences = [
        GateDifference(number, one.truth, our, their)
        for number, (one, our, their) in enumerate(zip(images, ours, theirs, strict=True))
        if our != their
    ]
    timed = times[-_TIMED:]  # the first ones warm up
    return GateResult(
        images=len(images),
        same=len(images) - len(differences),
        differences=tuple(differences),
        truths=len(known),
        lab_right=sum(ours[number] == images[number].truth for number in known),
        right=sum(theirs[number] == images[number].truth for number in known),
        lab_milliseconds=1000 * median(ours_time for ours_time, _ in timed),
        milliseconds=1000 * median(their_time for _, their_time in timed),
    )
