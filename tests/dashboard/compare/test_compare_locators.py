"""Compare over real folders of locators: the table, the sentence, photos in colour, recall, tests and reports."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.common.runs import run_views
from dashboard.compare.comparison import Comparison, location_sentence
from dashboard.compare.report.content import gather
from dashboard.compare.report.html import as_html
from dashboard.compare.report.tables import as_csv, as_latex, as_markdown
from dashboard.compare.score_kinds import LOCATION
from engine import jobs
from engine.evaluation.location_breakdown import LocatorPair
from engine.evaluation.paired import Paired
from engine.evaluation.results import shared_tests
from engine.jobs import paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import FOREIGN, Open, rendered, said
from tests.dashboard.labs import LocatedLab, located_lab, scored_lab

STRICT = {"thresholds": {"binary": 0.5, "box": 0.5, "smallest": 21.0}, "tuned_on": "other bars"}  # px: finds one of two


@pytest.fixture
def lab(workspace: Workspace) -> LocatedLab:
    return located_lab(workspace)


def strict(lab: LocatedLab, name: str = "strict"):
    return lab.run(name, thresholds={"word": STRICT, "line": STRICT})


def view(app: AppTest, name: str) -> AppTest:
    app.session_state["compare-tab"] = name
    app.run()
    assert not app.exception
    return app


def test_the_table_shows_locators_with_their_own_columns(lab: LocatedLab, open_page: Open):
    lab.run("good")
    strict(lab)
    app = open_page("compare")
    table, shown = app.dataframe[0].value, app.dataframe[0].proto.column_order
    assert list(table["Run"]) == ["strict", "good", "starter locator"]
    assert {"H-mean", "H-mean interval", "Pixel F1", "Side", "Photo", "Parameters"} <= set(shown)
    assert not {"CER", "Test", "Validation"} & set(shown)
    assert table["Side"].tolist()[:2] == [256, 256]
    assert table["H-mean"].tolist()[:2] == sorted(table["H-mean"][:2])


def test_the_sentence_on_top_tells_how_far_two_locators_are_apart(lab: LocatedLab, open_page: Open):
    lab.run("good")
    strict(lab)
    words = said(open_page("compare"))
    assert "good has an H-mean " in words
    assert " points above strict on bars (95 % interval " in words
    assert "10 photos" in words


def test_one_locator_is_told_with_its_interval_and_its_protocol(lab: LocatedLab, open_page: Open):
    lab.run("good")
    words = said(open_page("compare"))
    assert "good finds the text of bars with an H-mean of 88.9 % (95 % interval " in words
    assert "10 photos, bars; words, IoU > 0.5 one-to-one" in words
    assert "thresholds from bars" in words


def test_readers_and_locators_are_not_compared_with_each_other(lab: LocatedLab, open_page: Open):
    good = lab.run("good")
    readers = scored_lab(lab.workspace)
    reader = readers.run("a reader", lambda place, truth: truth)
    app = open_page("home")
    app.query_params["runs"] = f"{good.id},{reader.id}"
    app.switch_page("app_pages/compare.py").run()
    words = said(app)
    assert "are not compared with each other: these are the 1 reader of 2 ticked runs" in words
    assert "a reader reads 100.0 % of words" in words
    app.segmented_control(key="data-kind").set_value("photos").run()
    assert not app.exception
    assert "good finds the text of bars" in said(app)
    assert {"CER", "H-mean"} <= set(app.dataframe[0].proto.column_order)


def test_runs_of_one_kind_are_ticked_at_first(lab: LocatedLab, open_page: Open):
    scored_lab(lab.workspace).run("a reader", lambda place, truth: truth)
    lab.run("good")
    strict(lab)
    assert "good has an H-mean" in said(open_page("compare"))


def test_the_worst_photos_are_shown_as_both_found_them(lab: LocatedLab, open_page: Open):
    lab.run("good")
    strict(lab)
    app = view(open_page("compare"), "Worst photos")
    words = said(app)
    assert "10 words only good finds, 0 only strict, 6 both, 4 neither" in words
    assert "strict photo 6: 0 of 2 words found, 0 false boxes" in words
    assert len(app.get("imgs") or app.get("image")) == 8
    order = next(control for control in app.segmented_control if "Worst of good" in control.options)
    order.set_value("Worst of good").run()
    assert "good photo 6: 1 of 2 words found" in said(app)
    assert list(order.options) == ["Better by good", "Worst of good", "Worst of strict"]
    app.session_state["data-view-photos"] = "Statistics"  # as other photos were looked at last
    app.button(key="compare-correct-6").click().run()
    assert not app.exception
    assert app.title[0].value.startswith("Data")
    assert any((field.key or "").startswith("text-") for field in app.text_input)  # the photo is open, with its regions


def test_names_of_locators_are_no_markdown_above_their_worst_photos(lab: LocatedLab, open_page: Open):
    lab.run(FOREIGN)
    strict(lab)
    app = view(open_page("compare"), "Worst photos")
    order = next(control for control in app.segmented_control if any("Worst of" in one for one in control.options))
    order.set_value(f"Worst of {FOREIGN}").run()
    assert f"{FOREIGN} photo 6" in said(app)
    assert FOREIGN not in rendered(app)


def test_recall_is_told_by_height_and_by_angle(lab: LocatedLab, open_page: Open):
    lab.run("good")
    app = view(open_page("compare"), "Where")
    assert len(app.get("plotly_chart")) == 1
    app.segmented_control(key="compare-location-factor").set_value("Angle").run()
    assert not app.exception


def test_other_figures_settings_and_curves_are_there(lab: LocatedLab, open_page: Open):
    lab.run("good")
    strict(lab)
    app = open_page("compare")
    for measure, value in (("Recall", "80.0 %"), ("False boxes per photo", "0 ")):
        app.segmented_control(key="compare-measure-photos").set_value(measure).run()
        assert value in said(app), measure
    for name in ("Curves", "Settings"):
        view(app, name)


def test_locators_are_tested_on_another_dataset_from_the_page(lab: LocatedLab, open_page: Open):
    made = lab.run("good", tested=False)
    app = open_page("compare")
    assert "No chosen run has a test score yet. A run is scored on its test photos" in said(app)
    next(button for button in app.button if button.label == "Test 1 run").click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(lab.workspace, "evaluations")
    assert (job.kind, job.config["run"], job.config["level"]) == ("evaluate-locator", made.id, "word")
    while job.state.live:
        time.sleep(0.2)
        job = jobs.load_job(lab.workspace, "evaluations", job.id)
    assert job.state is jobs.State.finished, job.message
    assert "good finds the text of bars with an H-mean of 88.9 %" in said(open_page("compare"))


def test_photos_of_a_deleted_dataset_are_told_to_be_missing(lab: LocatedLab, open_page: Open):
    lab.run("good")
    jobs.trash(lab.workspace, "datasets", lab.dataset)
    app = view(open_page("compare"), "Worst photos")
    assert "The dataset of these photos is missing" in said(app)


def test_tables_that_are_gone_are_told_with_what_to_do(lab: LocatedLab, open_page: Open):
    made = lab.run("good")
    (made.folder / paths.TESTS / lab.dataset / paths.BOXES).unlink()
    app = view(open_page("compare"), "Where")
    assert "Evaluate the locator on these scenes again" in said(app)


def test_a_report_holds_scores_protocols_recall_and_pictures_of_the_worst_photos(lab: LocatedLab):
    lab.run("good <b>")
    strict(lab, "=strict")
    runs = jobs.list_jobs(lab.workspace, "runs")
    results = LOCATION.results(lab.workspace, runs)
    tests = shared_tests(results)
    names = LOCATION.names(tests, jobs.list_jobs(lab.workspace, "datasets"), runs)
    chosen = Comparison(lab.workspace, LOCATION, list(run_views(runs).values()), results, names, tests[0])
    report = gather(chosen)
    page = as_html(report)
    assert "good &lt;b&gt;" in page
    assert "<b>:" not in page
    assert page.count("data:image/jpeg;base64,") == 8
    assert "IoU &gt; 0.5 one-to-one" in page
    assert "H-mean with 95 % intervals" in page
    text = as_markdown(gather(chosen, pictures=False))
    assert "| 0 to 5 | 10 | 100.0 % |" in text
    assert "thresholds from other bars" in text
    assert "H-mean (95 % interval" in text
    head, *rows = as_csv(report).splitlines()
    assert ",photos,h_mean,low,high,precision,recall,pixel_f1,false_per_scene,step" in head
    assert any(row.startswith("'=strict") for row in rows)
    assert "88.9" in as_latex(report)


def test_a_difference_that_chance_would_bring_is_not_called_one():
    pair = LocatorPair(40, Paired(10, 3, 2, 5), -0.01, (-0.05, 0.03), 0.6)
    assert location_sentence(pair, "one", "two", "set") == (
        "No difference between two and one can be told from 40 photos of set: 1.0 points of H-mean, 95 % interval "
        "-3.0 to 5.0."
    )


def test_a_locator_that_was_never_tested_is_listed(workspace: Workspace, open_page: Open):
    folders.locator_run(workspace)
    app = open_page("compare")
    assert app.dataframe[0].value["Best H-mean"].tolist() == [50.0]
