"""Lines of text: as high as asked, outlined by their ink."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from engine.synth.fonts import fonts
from engine.synth.scenes.lettering import Line, Typeface, line_width, set_line

FACES = [Typeface(font) for font in fonts()[:12]]
texts = st.lists(st.text("HEXagony0159", min_size=1, max_size=7), min_size=1, max_size=3).map(" ".join)


def box(line: Line, level: str) -> list[tuple[float, float, float, float]]:
    corners = [region.polygon for region in line.regions if region.level == level]
    return [(*each.min(axis=0).tolist(), *each.max(axis=0).tolist()) for each in corners]


@given(texts, st.sampled_from(FACES), st.floats(8, 90))
def test_the_line_is_its_ink_with_a_margin_and_holds_every_word(text: str, face: Typeface, height: float):
    line = set_line(text, face, height)
    assert line is not None
    tall, wide = line.coverage.shape
    margin = 0.1 * tall
    assert box(line, "line") == [pytest.approx((-margin, -margin, wide + margin, tall + margin), abs=0.02 * tall + 1)]
    assert [region.text for region in line.regions if region.level == "word"] == face.font.as_drawn(text).split()
    for left, top, right, bottom in box(line, "word"):
        assert -margin - 1 <= left < right <= wide + margin + 1
        assert -margin - 1 <= top < bottom <= tall + margin + 1
        rows, columns = slice(max(int(top), 0), int(bottom) + 1), slice(max(int(left), 0), int(right) + 1)
        assert line.coverage[rows, columns].max() > 100


@given(st.sampled_from(FACES), st.floats(8, 90))
def test_capitals_are_as_high_as_asked(face: Typeface, height: float):
    line = set_line("H", face, height)
    assert line is not None
    assert abs(line.coverage.shape[0] - height) <= max(2.1, 0.05 * height)


def test_words_that_are_read_from_right_to_left_stand_so(tmp_path: Path):
    (lato,) = (font for font in fonts() if font.id == "latin/Lato-Regular")
    with TTFont(lato.path) as file:
        for table in file["cmap"].tables:  # pyright: ignore[reportAttributeAccessIssue]
            table.cmap |= {ord(letter): table.cmap[ord("H")] for letter in "שלוםע"}
        file.save(tmp_path / "hebrew.ttf")
    line = set_line("שלום 12 עולם", Typeface(replace(lato, path=tmp_path / "hebrew.ttf")), 20)
    assert line is not None
    words = [(region.text, region.polygon[:, 0].min()) for region in line.regions if region.level == "word"]
    assert [text for text, _ in words] == ["שלום", "12", "עולם"]
    assert words[0][1] > words[1][1] > words[2][1]
    assert [region.text for region in line.regions if region.level == "line"] == ["שלום 12 עולם"]


def test_letters_of_an_upright_line_stand_below_each_other():
    line = set_line("EXIT", FACES[0], 20, upright=True)
    assert line is not None
    tops = [top for _, top, _, _ in box(line, "character")]
    assert tops == sorted(tops)
    assert line.coverage.shape[0] > 2 * line.coverage.shape[1]


@pytest.mark.parametrize("bend", [0.8, -0.8, np.float64(0.5)])
def test_outlines_bend_with_the_line(bend: float):
    line = set_line("curved words", FACES[0], 30, bend=bend)
    assert line is not None
    straight = set_line("curved words", FACES[0], 30)
    assert straight is not None
    assert int(line.coverage.sum()) == pytest.approx(int(straight.coverage.sum()), rel=0.05)
    rows, columns = np.nonzero(line.coverage > 60)
    outline = next(region.polygon for region in line.regions if region.level == "line")
    upper = np.interp(columns + 0.5, outline[:5, 0], outline[:5, 1])
    lower = np.interp(columns + 0.5, outline[5:][::-1, 0], outline[5:][::-1, 1])
    assert (rows + 0.5 > upper - 2.5).all()
    assert (rows + 0.5 < lower + 2.5).all()


def test_the_width_is_known_beforehand():
    for face in FACES:
        line = set_line("How wide", face, 40)
        assert line is not None
        assert line_width("How wide", face, 40) == pytest.approx(line.coverage.shape[1], rel=0.12)
