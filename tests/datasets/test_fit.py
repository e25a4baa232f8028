"""Fit of a reader to a dataset: what is squeezed, what has too little room, and the sizes that mend it."""

import pandas as pd

from engine.config.reader import ReaderConfig
from engine.datasets.fit import ReaderFit, reader_fit, text_needs


def fit(rows: list[tuple[str, int, int]], **reader: object) -> ReaderFit:
    frame = pd.DataFrame(rows, columns=["label", "width", "height"])
    return reader_fit(text_needs(frame), ReaderConfig.parse(reader))


def test_words_that_fit_are_not_spoken_of():
    found = fit([("word", 100, 32), ("another", 640, 64)])
    assert (found.squeezed, found.cramped, found.severe, found.remedy) == (0, 0, False, {})
    assert found.sentences(ReaderConfig()) == []


def test_wide_images_are_counted_at_the_readers_height_and_get_a_width():
    found = fit([("word", 100, 32)] * 3 + [("a longer line", 1200, 60)])
    assert (found.squeezed, found.widest, found.severe) == (1, 640, True)
    assert found.remedy == {"max_width": 640}
    (told,) = found.sentences(ReaderConfig())
    assert "1 of 4 images" in told
    assert "320 px" in told
    assert "2 times" in told
    assert fit([("a longer line", 1200, 60)], max_width=640).remedy == {}


def test_texts_with_more_characters_than_time_steps_get_height_and_width():
    row = ("millimetre letters on a narrow strip", 128, 40)  # 102 px wide at a height of 32: 26 steps for 38
    found = fit([row], max_length=40)
    assert found.cramped == 1
    assert "1 of 1 text" in " ".join(found.sentences(ReaderConfig(max_length=40)))
    mended = ReaderConfig.parse({"max_length": 40} | found.remedy)
    assert reader_fit(text_needs(pd.DataFrame([row], columns=["label", "width", "height"])), mended).cramped == 0
    assert fit([row], max_length=40, decoder="attention").cramped == 0
    assert fit([row], max_length=40, widen_below=256).cramped == 0


def test_long_lines_get_a_reader_that_the_rules_allow():
    found = fit([("a " * 45, 1500, 30)])
    assert found.remedy == {"max_length": 90, "max_width": 1024}
    assert ReaderConfig.parse(found.remedy).max_length == 90
