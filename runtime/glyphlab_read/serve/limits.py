"""Limits of the server: sizes, numbers and times beyond which it refuses, declared once for flags, help and docs."""

from typing import Self

from pydantic import model_validator

from glyphlab_read.images.open import MAX_BYTES, MAX_PIXELS
from glyphlab_read.settings import ClosedModel, setting


class ServerLimits(ClosedModel):
    """The most that a server takes; what is beyond is refused with the value, the rule and the remedy."""

    image_bytes: int = setting(MAX_BYTES, ge=1_000, le=MAX_BYTES, unit="bytes", help="Largest file of one image.")
    body_bytes: int = setting(
        20_000_000, ge=10_000, le=200_000_000, unit="bytes", help="Largest request, all its images together."
    )
    pixels: int = setting(12_500_000, ge=10_000, le=MAX_PIXELS, unit="px", help="Most pixels of one image.")
    images: int = setting(32, ge=1, le=256, unit="images", help="Most images of one request.")
    requests: int = setting(64, ge=1, le=1_000, unit="requests", help="Most requests that are worked on at once.")
    photos: int = setting(
        8, ge=1, le=100, unit="photos", help="Most photos and large images that wait or are read at once."
    )
    held_bytes: int = setting(
        64_000_000, ge=10_000, le=2_000_000_000, unit="bytes", help="Most bytes of all requests that are held at once."
    )
    body_seconds: float = setting(10.0, ge=0.1, le=600, unit="s", help="Longest time that a request's body may take.")
    head_seconds: float = setting(10.0, ge=0.1, le=600, unit="s", help="Longest time that a request's head may take.")

    @model_validator(mode="after")
    def _room_for_one_request(self) -> Self:
        """Refuse limits by which a client would be told for ever that the server is busy."""
        if self.held_bytes < self.body_bytes:
            raise ValueError(
                f"held-bytes is {self.held_bytes:,}, less than body-bytes, {self.body_bytes:,}: the server would never "
                f"have room for its largest request. Give held-bytes at least {self.body_bytes:,}, or lower body-bytes"
            )
        return self
