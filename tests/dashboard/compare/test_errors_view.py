"""The errors of one run on Compare: found from Watch, sorted, filtered, opened large, and acted upon."""

from dashboard.common.state import COMPARE_TAB, DIALOG
from engine.datasets.drafts import EditDraft
from engine.workspace import Workspace
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import scored_lab


def test_errors_of_one_run_are_seen_filtered_and_corrected(workspace: Workspace, open_page: Open):
    lab = scored_lab(workspace)
    lab.run("only", lambda place, truth: truth if place % 2 else f"x{truth[1:]}")
    watch = open_page("watch")
    assert watch.button(key="watch-compare").label == "See its errors"
    app = open_page("compare")
    app.session_state[COMPARE_TAB] = "Errors"
    app.run()
    assert not app.exception
    words = said(app)
    assert "18 of 36 images are read wrong (50.0 %), by 18 edits." in words
    assert "aaa read as xaa" in words
    confusions = app.dataframe[-1].value
    assert confusions.to_dict("list")["Instead of"] == ["a", "b", "c"]
    assert set(confusions["it reads"]) == {"x"}
    search = next(box for box in app.text_input if box.label == "Label contains")
    search.set_value("ca").run()
    assert "2 of 18 errors" in said(app) or "of 18 errors" in said(app)
    assert "aaa read as xaa" not in said(app)
    next(button for button in app.button if button.label.startswith("Enlarge ")).click().run()
    assert app.session_state[DIALOG][0] == "error"
    field = next(box for box in app.text_input if box.label == "Correct this label")
    field.set_value("new text").run()
    assert "1 label corrected" in said(app)
    draft = EditDraft(workspace.folder("datasets", lab.dataset))
    assert list(draft.corrections.values()) == ["new text"]


def test_a_run_that_reads_all_has_no_errors_and_one_that_is_untested_says_so(workspace: Workspace, open_page: Open):
    lab = scored_lab(workspace)
    lab.run("perfect", lambda place, truth: truth)
    app = open_page("compare")
    app.session_state[COMPARE_TAB] = "Errors"
    app.run()
    assert "0 of 36 images are read wrong (0.0 %), by 0 edits." in said(app)
