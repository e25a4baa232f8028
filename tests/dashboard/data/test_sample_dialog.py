"""Frames and masks lie where the pieces of the text do."""

import numpy as np
from streamlit.testing.v1 import AppTest

from dashboard.data.sample_dialog import colour_mask, draw_boxes
from engine.config.recipe_presets import PRESETS
from engine.synth import annotate_sample


def test_frames_and_colours_lie_where_the_characters_do():
    sample = annotate_sample(PRESETS["clean print"], 3, 0)
    framed = np.asarray(draw_boxes(sample.image, sample.boxes, 2))
    plain = np.asarray(sample.image.convert("RGB").resize((sample.image.width * 2, sample.image.height * 2), 0))
    assert framed.shape == plain.shape
    _, columns = np.nonzero((framed != plain).any(axis=2))
    assert columns.min() == 2 * min(box.left for box in sample.boxes)
    assert columns.max() == 2 * max(box.right for box in sample.boxes) - 1
    mask = np.asarray(sample.mask)
    painted = np.asarray(colour_mask(sample.mask, 1))
    assert ((painted == 255).all(axis=2) == (mask == 0)).all()
    assert len(np.unique(painted.reshape(-1, 3), axis=0)) == min(8, len(np.unique(mask)) - 1) + 1


def test_one_of_a_unit_is_told_in_the_singular():
    def page() -> None:
        from dashboard.common.enlarged import fact_table

        fact_table({"skew": 1.0, "arc": 0, "blur": 1.0})

    [table] = AppTest.from_function(page).run(timeout=60).table
    assert table.value["Value"].tolist() == ["1 degree", "0 degrees", "1 px"]
