"""The small curve on Home."""

import re

import pytest

from dashboard.home.overview import sparkline
from engine.files import write_json
from engine.jobs import paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import located_lab
from tests.helpers.rectangles import rectangle
from tests.helpers.sources import encoded
from tests.helpers.tiny_locators import paint


def points(svg: str) -> list[tuple[float, float]]:
    found = re.search('points="([^"]*)"', svg)
    assert found
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in found[1].split())]


def test_it_goes_from_edge_to_edge_with_the_greatest_value_on_top():
    assert points(sparkline([3.0, 1.0, 2.0], "#0072B2")) == [(0.0, 3.0), (150.0, 53.0), (300.0, 28.0)]


def test_a_flat_curve_is_drawn():
    assert len({y for _, y in points(sparkline([0.5] * 4, "#0072B2"))}) == 1


def test_home_shows_a_live_run_without_a_chart_library(workspace: Workspace, open_page: Open):
    run = folders.run(workspace, "now", None, folders.dataset(workspace).id)
    with folders.alive(run):
        home = open_page("home")
    assert any("Training loss" in caption.value for caption in home.caption)
    assert len(home.get("plotly_chart")) == 0


def test_home_tells_the_best_locator_beside_the_best_reader(workspace: Workspace, open_page: Open):
    lab = located_lab(workspace)
    lab.run("good locator")
    folders.run(workspace, "a reader", "finished", folders.dataset(workspace).id)
    words = said(open_page("home"))
    assert "Locators 2" in words  # the starter is one
    assert "good locator 88.9 %" in words
    assert "H-mean on its test photos · 95 % interval" in words
    assert "a reader 81.0 % (77.5 % by the image alone)" in words


def test_readers_that_were_only_validated_are_told_so(workspace: Workspace, open_page: Open):
    for name, accuracy in (("worse", 0.5), ("better", 0.75)):
        run = folders.run(workspace, name, "finished")
        write_json(run.folder / paths.SUMMARY, {"best": {"word_accuracy": accuracy, "cer": 0.1}})
    words = said(open_page("home"))
    assert "better 75.0 %" in words
    assert "of its validation words right" in words


@pytest.mark.usefixtures("no_starter_locator")
def test_photos_dropped_on_home_are_searched_at_once(workspace: Workspace, open_page: Open):
    located_lab(workspace).run("good locator")
    app = open_page("home")
    assert "good locator" in said(app)
    photo = encoded(paint((512, 448), [rectangle(120, 80, 120, 40)]))
    app.file_uploader(key="home-files").set_value([("sign.png", photo, "image/png")]).run()
    assert not app.exception
    assert "sign.png: 1 word found" in said(app)


def test_examples_are_read_by_one_click_and_the_glossary_is_one_click_away(workspace: Workspace, open_page: Open):
    app = open_page("home")
    app.button(key="enlarge-example-chocolate").click().run()
    assert "chocolate.png" in said(app)
    assert "% sure" in said(app)
    app.button(key="enlarge-example-signs").click().run()
    assert not app.exception
    assert "words found" in said(app)
    assert "chocolate.png" not in said(app)
    app.session_state["glossary"] = True
    app.run()
    app.text_input(key="glossary-find").set_value("edit distance").run()
    assert "NED" in said(app)
    assert "McNemar" not in said(app)


def test_a_locator_that_was_only_validated_is_told_so(workspace: Workspace, open_page: Open):
    folders.locator_run(workspace)
    words = said(open_page("home"))
    assert "H-mean on its validation photos" in words
    assert "Find text in your photos" in words
