"""Compare's table of locators and readers together, over real folders and a real evaluation."""

import time

from dashboard.compare.end_to_end import blame_sentence
from engine import jobs
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.summaries import EndToEndSummary
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import located_lab
from tests.helpers.tiny_bundles import save_run_bundle


def test_pairs_are_tested_from_the_page_and_enter_the_table(workspace: Workspace, open_page: Open):
    lab = located_lab(workspace)
    good = lab.run("good")
    reader = folders.run(workspace, "tiny reader")
    save_run_bundle(workspace, run=reader.id)
    write_json(reader.folder / paths.SUMMARY, read_json(reader.folder / paths.SUMMARY) | {"bundle_step": 7})
    app = open_page("compare")
    app.session_state["compare-tab"] = "Photo to text"
    app.run()
    assert not app.exception
    assert "No pair was tested on these photos yet" in said(app)
    app.multiselect(key="compare-pairs-locators").set_value([good.id])
    app.multiselect(key="compare-pairs-readers").set_value([reader.id]).run()
    next(button for button in app.button if button.label == "Test 1 pair").click().run()
    assert not app.exception
    (job,) = jobs.list_jobs(workspace, "evaluations")
    assert (job.kind, job.config["locator"], job.config["run"]) == ("evaluate-pages", good.id, reader.id)
    while job.state.live:
        time.sleep(0.2)
        job = jobs.load_job(workspace, "evaluations", job.id)
    assert job.state is jobs.State.finished, job.message
    words = said(app.run())
    assert not app.exception
    assert (
        "good with tiny reader reads photos with an F of 0.0 % (95 % interval 0.0 to 0.0; 10 photos, 20 texts)" in words
    )
    assert "The locator finds 80.0 % of the texts" in words
    assert "88.9 %" in words  # the boxes alone
    assert any(button.label == "Test again" for button in app.button)


def test_the_half_that_falls_short_is_named():
    figures = {"f": 0.4, "h_mean": 0.7, "scenes": 100, "texts": 443, "protocol": "", "step": 1, "locator_step": 1}

    def blamed(found: float, accuracy: float) -> str:
        score = EndToEndSummary.model_validate({**figures, "found": found, "accuracy": accuracy})
        return blame_sentence(score, "one", "two").rpartition(": ")[2]

    assert blamed(0.6, 0.5) == "the reader falls short more."
    assert blamed(0.5, 0.6) == "the locator falls short more."
    assert blamed(0.61, 0.6) == "both fall short alike."
