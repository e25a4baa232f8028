"""Speed against accuracy on Compare: one dot a run, in a picture that needs no script."""

import itertools
from xml.etree import ElementTree

import pytest

from dashboard.compare.scores import Spot, speed_against_accuracy, speed_words
from engine.workspace import Workspace
from tests.dashboard.conftest import Open
from tests.dashboard.labs import scored_lab

SVG = "{http://www.w3.org/2000/svg}"
FOREIGN = "<b>two</b>"


def drawn(*spots: Spot) -> ElementTree.Element:
    return ElementTree.fromstring(speed_against_accuracy(spots, dark=False))


def test_each_run_stands_at_its_time_and_accuracy_with_its_interval():
    picture = drawn(Spot("one", "#0072B2", 2.0, 0.5, (0.25, 0.75)), Spot(FOREIGN, "#E69F00", 1.0, 0.0, None))
    first, second = ([float(dot.attrib[name]) for name in ("cx", "cy")] for dot in picture.iter(f"{SVG}circle"))
    left, bottom, right, top = 44, 256, 412, 12
    assert first == pytest.approx([left + (right - left) / 1.9, bottom - 0.5 / 0.8 * (bottom - top)], abs=0.1)
    assert second == pytest.approx([left + (right - left) / 3.8, bottom], abs=0.1)
    (interval,) = (line for line in picture.iter(f"{SVG}line") if line.attrib["stroke"] == "#0072B2")
    assert float(interval.attrib["y1"]) - float(interval.attrib["y2"]) == pytest.approx(0.5 / 0.8 * 244, abs=0.2)


def test_names_are_shown_as_they_are_and_none_covers_another():
    picture = drawn(*(Spot(FOREIGN, "#0072B2", 1.0 + place, 0.5, None) for place in range(3)))
    names = [text for text in picture.iter(f"{SVG}text") if (text.text or "").startswith(f"{FOREIGN} · ")]
    heights = sorted(float(name.attrib["y"]) for name in names)
    assert len(heights) == 3
    assert min(upper - lower for lower, upper in itertools.pairwise(heights)) >= 14


def test_no_name_is_cut_off_at_the_edges_of_the_picture():
    names = [f"{number}, batch 32, optimiser muon, weight decay" for number in range(3)]
    picture = drawn(*(Spot(name, "#0072B2", 12.34, 1.0, None) for name in names))
    labels = [text for text in picture.iter(f"{SVG}text") if " ms" in (text.text or "") and "," in (text.text or "")]
    assert len(labels) == 3
    assert min(float(label.attrib["y"]) for label in labels) >= 10
    assert max(float(label.attrib["x"]) + 6 * len(label.text or "") for label in labels) <= 420


def test_long_names_are_told_apart_by_what_differs():
    names = [f"learning rate {rate}, seed 0" for rate in ("0.003", "0.0005")]
    picture = drawn(*(Spot(name, "#0072B2", 1.0, 0.5, None) for name in names))
    words = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"0.003, seed 0 · 1 ms", "0.0005, seed 0 · 1 ms"} <= set(words)


def test_it_tells_its_figures_to_those_who_cannot_see_it():
    assert (
        speed_words([Spot("one", "#0072B2", 2.0, 0.5, None)])
        == "Reading time against word accuracy: one 2.00 ms, 50.0 %"
    )


def test_a_reader_that_took_no_time_is_drawn():
    assert drawn(Spot("one", "#0072B2", 0.0, 1.0, (0.9, 1.0))).find(f".//{SVG}circle") is not None


def test_compare_opens_without_a_chart_library(workspace: Workspace, open_page: Open):
    scored_lab(workspace).run("one", lambda place, truth: truth)
    page = open_page("compare")
    assert any("Speed against accuracy" in text.value for text in page.markdown)
    assert len(page.get("plotly_chart")) == 0
