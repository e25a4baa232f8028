"""Hints beside a difference of synthetic and real images: every one names sliders as the form does."""

from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.data.likeness.hints import hint_words
from dashboard.data.likeness.sides import PHOTOS_BESIDE, WORDS_BESIDE
from engine.datasets.advice import SETTINGS
from engine.datasets.comparison import Gap, Spread

SETTING = "hint-set-blur"
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


def tuned(cost: float) -> None:  # AppTest copies this source into a module of its own, without our imports
    from dataclasses import replace

    import numpy as np
    import pandas as pd
    import streamlit as st

    from dashboard.data.likeness.hints import Tuning, hint
    from dashboard.data.likeness.sides import WORDS_BESIDE, Side
    from engine.config.recipe import Recipe
    from engine.config.style import Style
    from engine.config.text_sources import Words
    from engine.datasets.comparison import compare
    from engine.workspace import Workspace

    spread = np.linspace(0, 0.5, 40)

    def draw(recipe, number, space):
        blur = float(np.max(recipe.looks[0].blur))
        lost = spread + cost * (blur - 0.4)
        return [], pd.DataFrame({"blur": spread + blur, "noise": lost, "contrast": lost})

    recipe = Recipe(texts=(Words(),), looks=(Style(blur=0.4),))
    real = pd.DataFrame({"blur": spread + 2.5, "noise": spread, "contrast": spread})
    tuning = Tuning(
        Workspace.default(),
        replace(WORDS_BESIDE, draw=draw),
        recipe,
        Side("real", f"real {cost}", [], real, ""),
        lambda moved: st.session_state.update(moved=moved),
    )
    (gap,) = (gap for gap in compare(draw(recipe, 1, None)[1], real) if gap.measure == "blur")
    hint(tuning, gap)


@pytest.mark.parametrize("cost", [0.0, 1.0], ids=["others stay", "others move away"])
def test_a_value_that_takes_other_measures_away_is_shown_before_it_is_set(cost: float):
    app = AppTest.from_function(tuned, args=(cost,), default_timeout=60).run()
    app.button(key=SETTING).click().run()
    assert not app.exception
    assert ("moved" in app.session_state) == (cost == 0)
    assert any("Other measures move away" in each.value for each in app.markdown) == (cost > 0)
    app.button(key=SETTING).click().run()
    assert "moved" in app.session_state
