"""Locators and readers together: the starters over pages drawn here, counted by hand."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont

from engine.errors import DatasetError
from engine.evaluation.end_to_end import EndToEndScore, evaluate_end_to_end
from engine.evaluation.locate import SceneSample
from engine.location.bundle import open_locator
from engine.reading.bundle import open_reader
from engine.regions.region import Region
from engine.synth.fonts import fonts_by_id
from glyphlab_read.documents.page_reader import PageReader
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER
from glyphlab_read.reading.bundle import STARTER_FOLDER
from tests.helpers.rectangles import rectangle

PLACES = {"Winter": (60, 90), "comes": (400, 90), "Summer": (60, 220), "storms": (400, 220)}


@pytest.fixture(scope="module")
def page_reader() -> PageReader:
    return PageReader(open_locator(LOCATOR_STARTER_FOLDER), open_reader(STARTER_FOLDER))


@pytest.fixture(scope="module")
def sheet() -> tuple[Image.Image, dict[str, Region]]:
    image = Image.new("RGB", (800, 400), (250, 248, 240))
    font = ImageFont.truetype(fonts_by_id(["latin/Lato-Regular"])[0].path, 60)
    draw = ImageDraw.Draw(image)
    regions = {}
    for word, place in PLACES.items():
        draw.text(place, word, font=font, fill=(20, 20, 30))
        left, top, right, bottom = draw.textbbox(place, word, font=font)
        regions[word] = Region(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32), word)
    return image, regions


def test_boxes_texts_and_both_are_counted_each_by_itself(page_reader, sheet):
    image, words = sheet
    absent = Region(rectangle(700, 340, 120, 60), "absent")
    regions = [
        Region(words["Winter"].polygon, "WINTER!"),  # letters and digits alone, in any case
        Region(words["comes"].polygon, "goes"),  # found, and said otherwise
        Region(words["Summer"].polygon, None),  # counts for finding; nobody knows what it says
        words["storms"].ignored(),
        absent,
    ]
    tables = evaluate_end_to_end(page_reader, [SceneSample("sheet", lambda: image, regions)])
    score = tables.score
    assert (score.located.hits, score.located.boxes, score.located.regions) == (3, 3, 4)
    assert (score.read.hits, score.read.boxes, score.read.regions) == (1, 2, 3)
    assert (score.texts, score.right) == (3, 1)
    assert score.plain()["f"] == pytest.approx(2 / 5)
    assert score.plain()["found"] == pytest.approx(3 / 4)
    rows = {row["region"]: row for row in tables.regions.to_dict("records")}
    assert rows[0]["found"].lower() == "winter"
    assert rows[1]["outlined"].lower() == "comes"
    assert pd.isna(rows[4]["found"])


def test_intervals_hold_the_score_and_photos_are_their_units(page_reader, sheet):
    image, words = sheet
    samples = [
        SceneSample("right", lambda: image, list(words.values())),
        SceneSample("wrong", lambda: image, [Region(region.polygon, "other") for region in words.values()]),
    ]
    score = evaluate_end_to_end(page_reader, samples).score
    assert score.read.h_mean == pytest.approx(0.5)
    assert score.intervals["f"] == (0.0, 1.0)
    assert score.intervals["h_mean"] == (1.0, 1.0)


def test_photos_without_text_do_not_widen_the_intervals(page_reader, sheet):
    image, words = sheet
    whole = evaluate_end_to_end(page_reader, [SceneSample("sheet", lambda: image, list(words.values()))]).scenes
    empty = whole.assign(**dict.fromkeys(whole.columns.drop(["scene", "seconds"]), 0))
    score = EndToEndScore.of(pd.concat([whole, *[empty] * 9]))
    assert score.intervals == dict.fromkeys(("h_mean", "f", "accuracy"), (1.0, 1.0))


def test_photos_without_a_known_text_cannot_be_scored(page_reader, sheet):
    image, words = sheet
    silent = [Region(region.polygon) for region in words.values()]
    with pytest.raises(DatasetError, match=r"None of the 1 photos holds a word whose text is known.* Type the texts"):
        evaluate_end_to_end(page_reader, [SceneSample("sheet", lambda: image, silent)])
