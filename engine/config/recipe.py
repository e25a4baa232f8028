"""Recipes of synthetic images: a weighted list of text sources and a weighted list of styles (`looks`).

Each sample draws one text source and one style, independently, by their weights, and its own value within each range of
the style. A recipe names fonts and languages by id but does not know which of them exist or what they can draw
(`engine.synth` does), nor the number of images.
"""

from typing import Self

from pydantic import model_validator

from engine.config.base import Config, setting
from engine.config.distributions import some_weight
from engine.config.style import Style
from engine.config.text_sources import TextSource, Words

MOST_LOOKS = 50
"""Styles of one recipe."""


class Recipe(Config):
    """A recipe of synthetic images."""

    name: str = setting("", max_length=80, help="A label for people; it changes no image.")
    texts: tuple[TextSource, ...] = setting((Words(),), max_length=50, help="Where texts come from.")
    looks: tuple[Style, ...] = setting((Style(),), max_length=MOST_LOOKS, help="How they are drawn.")

    @model_validator(mode="after")
    def _weights_say_something(self) -> Self:
        some_weight(self, "texts")
        some_weight(self, "looks")
        return self
