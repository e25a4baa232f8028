"""Hints beside a difference of synthetic and real images: every one names sliders as the form does."""

from html import unescape

import pytest

from dashboard.data.likeness.hints import hint_words
from dashboard.data.likeness.sides import PHOTOS_BESIDE, WORDS_BESIDE
from engine.datasets.advice import SETTINGS
from engine.datasets.comparison import Gap, Spread

SPREADS = {"more": (4, 5, 6), "less": (0, 1, 2), "wider": (0, 3, 6), "narrower": (2.9, 3, 3.1)}  # 10 %, 50 %, 90 %
MEASURES = [
    *((WORDS_BESIDE, measure) for measure in sorted(SETTINGS)),
    *((PHOTOS_BESIDE, measure) for measure in sorted(PHOTOS_BESIDE.measures)),
]


@pytest.mark.parametrize("way", SPREADS)
@pytest.mark.parametrize(("kind", "measure"), MEASURES, ids=lambda value: getattr(value, "name", value))
def test_every_hint_is_a_sentence_with_the_sliders_of_the_form(kind, measure, way):
    words = hint_words(kind, Gap(measure, 1.0, 0.1, True, Spread(60, 2, 3, 4), Spread(60, *SPREADS[way])))
    assert words.endswith(".")
    assert "`" not in words
    assert "›" in unescape(words) or "No single setting" in words
