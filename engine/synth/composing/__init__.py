"""Images that Glyphlab puts together from trdg's letters: other grounds, colour pairs, steps of letters, neighbours.

`draw_composition` draws the values for one sample, `compose` puts its image together, and `grown` widens an image's
margins. A sample that needs none of it is drawn by trdg alone (`engine.synth.trdg.adapter.draw`).
"""

from engine.synth.composing.composition import Composition, compose, draw_composition, factors
from engine.synth.composing.neighbours import grown

__all__ = ["Composition", "compose", "draw_composition", "factors", "grown"]
