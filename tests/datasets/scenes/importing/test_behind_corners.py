"""Lines of corners as other programs write them: other separators, scores, classes, quotes and numbers of lines."""

import json
from pathlib import Path

import pytest

from engine.errors import SourceError
from engine.sources.questions import ImportQuestion
from tests.datasets.scenes.importing.sources import WORD, flat, saved
from tests.datasets.scenes.importing.test_odd_sources import imported

CORNERS = ",".join(map(str, flat(WORD)))
PLACES = range(9)


def source(tmp_path: Path, line: str) -> Path:
    """A photo with nine lines, {i} in them the number of the line."""
    return saved(tmp_path, {"gt_a.txt": "".join(f"{line.format(i=i)}\n" for i in PLACES), "gt_b.txt": ""})


@pytest.mark.parametrize("separator", [",", "\t", " ", ";", " , "])
def test_corners_may_stand_apart_by_anything(tmp_path: Path, separator: str):
    _, regions = imported(source(tmp_path, separator.join([*map(str, flat(WORD)), "word{i}"])))
    assert [region.text for region in regions] == [f"word{i}" for i in PLACES]
    assert regions[0].polygon.tolist() == WORD


ASKED = {
    "a score before": (f"{CORNERS},0.9{{i}},word{{i}}", "after"),
    "a score behind": (f"{CORNERS},word, {{i}},0.9{{i}}", "before"),
    "quotes": (f'{CORNERS},"word{{i}}"', "quoted"),
    "a class": (f"{CORNERS},Sign,word{{i}}", "after"),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_more_than_a_text_is_asked_about(tmp_path: Path, case: str):
    line, part = ASKED[case]
    root = source(tmp_path, line)
    with pytest.raises(ImportQuestion) as asked:
        imported(root)
    assert [(remedy.setting, remedy.value) for remedy in asked.value.remedies] == [
        ("line_text", part),
        ("line_text", "whole"),
    ]
    _, regions = imported(root, line_text=part)
    assert regions[3].text in ("word3", "word, 3")
    assert imported(root, line_text="whole")[1][3].text == line.format(i=3).removeprefix(f"{CORNERS},")


@pytest.mark.parametrize("corners", [CORNERS, CORNERS.replace(",", " "), "10\t20\t50\t40"])
@pytest.mark.parametrize(("line", "part"), [("1, Main St {i}\tSTREET", "before"), ("STREET\t1, Main St {i}", "after")])
def test_a_class_behind_a_tab_is_asked_about(tmp_path: Path, corners: str, line: str, part: str):
    root = source(tmp_path, f"{corners}\t{line}")
    with pytest.raises(ImportQuestion, match="hold a tab") as asked:
        imported(root, boxes="corners")
    assert [remedy.value for remedy in asked.value.remedies] == ["before", "after", "whole"]
    assert imported(root, boxes="corners", line_text=part)[1][3].text == "1, Main St 3"


@pytest.mark.parametrize("price", ["{i},99", "1,{i}50,00"])
def test_prices_behind_four_corners_are_not_taken_for_a_fifth_unasked(tmp_path: Path, price: str):
    root = source(tmp_path, f"{CORNERS},{price}")
    with pytest.raises(ImportQuestion, match="two or three more"):
        imported(root)
    _, regions = imported(root, line_text="whole")
    assert (regions[3].text, regions[3].polygon.tolist()) == (price.format(i=3), WORD)
    for settings in ({"line_text": "none"}, {"format": "polygons"}):
        assert min(len(region.polygon) for region in imported(root, **settings)[1]) >= 5


def test_polygons_of_many_corners_are_not_asked_about(tmp_path: Path):
    ring = "10,20,50,20,55,30,50,40,10,40"
    for number, line in enumerate((f"{ring},word", f"{ring},5,30,word", f"{ring},5,30")):
        _, regions = imported(source(tmp_path / str(number), line))
        assert len(regions[0].polygon) in (5, 6)


def test_scores_alone_are_no_texts(tmp_path: Path):
    root = source(tmp_path, f"{CORNERS},0.9{{i}}")
    with pytest.raises(ImportQuestion, match="numbers between 0 and 1"):
        imported(root)
    assert {region.text for region in imported(root, line_text="none")[1]} == {None}


@pytest.mark.parametrize("text", ["100,x{i}00", "No{i}", "{i}", "Dr, {i}th Street {i}, x", 'the "{i}"'])
def test_texts_with_commas_quotes_and_numbers_stay_whole(tmp_path: Path, text: str):
    regions = imported(source(tmp_path, f"{CORNERS},{text}"), line_text="whole")[1]
    assert regions[2].text == text.format(i=2)
    if text != "Dr, {i}th Street {i}, x":  # the same word before a comma on every line
        assert imported(tmp_path)[1][2].text == text.format(i=2)


@pytest.mark.parametrize("start", [0, 1])
def test_a_column_that_counts_the_lines_is_named(tmp_path: Path, start: int):
    rows = "".join(f"{i + start},{CORNERS},word{i}\n" for i in PLACES)
    with pytest.raises(SourceError, match="first counts the lines"):
        imported(saved(tmp_path, {"gt_a.txt": rows, "gt_b.txt": ""}))


@pytest.mark.parametrize("language", ["English", "Greek", "Thai", "digits"])
def test_other_languages_than_the_competition_s_are_languages(tmp_path: Path, language: str):
    _, regions = imported(source(tmp_path, f"{CORNERS},{language},word{{i}}"))
    assert {(region.text, region.language) for region in regions[:1]} == {("word0", language)}


@pytest.mark.parametrize("value", ["False", "false", 0, "0", None, False])
def test_a_flag_that_is_off_is_off_however_it_is_written(tmp_path: Path, value: object):
    entry = json.dumps([{"transcription": "SALE", "points": WORD, "difficult": value}])
    _, (region,) = imported(saved(tmp_path, {"Label.txt": f"photos/a.jpg\t{entry}\n"}))
    assert not region.ignore
