"""The small curve on Home."""

import re

from dashboard.home.overview import sparkline
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open


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
