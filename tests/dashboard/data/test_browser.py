"""One dataset, opened: filtered, corrected, cleaned of what leaks, compared and exported, over real folders."""

import time
from collections.abc import Sequence

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.common import state
from engine.datasets import open_dataset
from engine.files import write_json
from engine.jobs import Job, list_jobs, paths
from engine.workspace import Collection, Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, markup, said
from tests.datasets.written import Drawn, write_dataset
from tests.jobs.test_full_disk import no_room

WORDS = [
    *(Drawn(f"word{i}", shade=60 + i, width=20 + i % 7, factors={"font": "a" if i % 2 else "b"}) for i in range(30)),
    Drawn("leak", shade=5),
    Drawn("leak", "test", shade=6),
    Drawn("<b>bold</b>", "test", shade=7),
]


def opened(workspace: Workspace, open_page: Open, view: str, samples: Sequence[Drawn] = WORDS) -> tuple[AppTest, str]:
    """A dataset of these samples, opened at a view."""
    made = folders.dataset(workspace, "small words")
    write_dataset(made.folder, samples)
    app = open_page("data")
    app.session_state["data-tab"], app.session_state[state.OPEN_DATASET] = "Datasets", made.id
    app.session_state["data-view"] = view
    app.run()
    assert not app.exception
    return app, made.id


def ended(workspace: Workspace, collection: Collection, kind: str) -> Job:
    """The only job of a kind, once it has ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        (job,) = [job for job in list_jobs(workspace, collection) if job.kind == kind]
        if not job.state.live:
            return job
        time.sleep(0.2)
    raise AssertionError(f"{kind} did not end within a minute")


def labels(app: AppTest) -> list[str]:
    return [field.value or "" for field in app.text_input if field.label.startswith("Label of sample")]


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if button.label.startswith(label)]
    return button.click().run()


def test_a_filter_leaves_the_samples_that_meet_it(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    assert len(labels(app)) == 24
    app.text_input(key=f"filter-{id}-label").set_value("WORD1").run()
    assert labels(app) == ["word1", *(f"word{i}" for i in range(10, 20))]
    app.multiselect(key=f"filter-{id}-split").set_value(["test"]).run()
    assert "No sample meets these filters. Widen one of them." in said(app)


def test_a_damaged_draft_is_told_until_its_file_is_deleted(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    (workspace.folder("datasets", id) / paths.DRAFT).write_bytes(b"{")
    app.run()
    assert "A draft of edits of this dataset cannot be used" in said(app)
    press(app, "Delete the damaged file")
    assert not app.exception
    assert "cannot be used" not in said(app)


def test_a_factor_filters_too(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    app.multiselect(key=f"filter-{id}-by").set_value(["font"]).run()
    app.multiselect(key=f"filter-{id}-font").set_value(["a"]).run()
    assert "15 of 33 samples" in said(app)


def test_a_dataset_says_what_drew_it_and_warns_where_that_differs(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    assert "rawn by" not in said(app)  # it was imported
    summary = workspace.folder("datasets", id) / paths.SUMMARY
    write_json(summary, {**folders.DATASET_SUMMARY, "drawn_by": ["one"]}, durable=False)
    assert "Drawn by one" in said(app.run())
    write_json(summary, {**folders.DATASET_SUMMARY, "drawn_by": ["one", "two"]}, durable=False)
    assert "Not drawn alike throughout, so that pixels may differ: by one; two" in said(app.run())


def test_an_image_is_enlarged_with_its_label_split_and_factors(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    app.button(key=f"enlarge-{id}-1").click().run()
    assert not app.exception
    assert "### word1" in markup(app)
    table = app.table[0].value
    rows = dict(zip(table["Factor"], table["Value"], strict=True))
    assert rows["Split"] == "train"
    assert rows["Font"] == "a"
    assert rows["Width"] == "21 px"


def test_corrections_and_removals_become_a_new_version(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    first, second = [field for field in app.text_input if field.label.startswith("Label of sample")][:2]
    gone = second.value
    first.set_value("corrected").run()
    app.button(key=f"out-{id}-1").click().run()
    assert "1 label corrected · 1 sample removed" in said(app)
    press(app, "Save as a new version")
    assert not app.exception
    job = ended(workspace, "datasets", "edit")
    version = open_dataset(job.folder)
    assert version.label(0) == "corrected"
    assert gone not in version.frame()["label"].tolist()
    assert len(open_dataset(workspace.folder("datasets", id))) == len(version) + 1


def test_what_was_typed_is_there_after_a_reload(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    app.text_input(key=f"label-{id}-0").set_value("corrected").run()
    app.button(key=f"out-{id}-1").click().run()
    again = open_page("data")
    again.session_state["data-tab"], again.session_state[state.OPEN_DATASET] = "Datasets", id
    again.run()
    assert "1 label corrected · 1 sample removed" in said(again)
    assert labels(again)[0] == "corrected"


def test_a_label_that_cannot_be_kept_is_told_with_the_remedy_and_still_stands_there(
    workspace: Workspace, open_page: Open
):
    app, id = opened(workspace, open_page, "Images")
    with no_room():
        app.text_input(key=f"label-{id}-0").set_value("corrected").run()
    assert not app.exception
    assert "takes no file as large" in said(app)
    assert labels(app)[0] == "corrected"
    assert "takes no file as large" not in said(app.run())
    assert labels(app)[0] == "word0"


def test_an_edit_can_be_forgotten(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    app.button(key=f"out-{id}-0").click().run()
    press(app, "Discard")
    assert "1 sample removed" not in said(app)
    press(app, "Undo")
    assert "1 sample removed" in said(app)


def test_a_label_is_never_markup(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Images")
    app.text_input(key=f"filter-{id}-label").set_value("bold").run()
    (field,) = [field for field in app.text_input if field.label.startswith("Label of sample")]
    field.set_value("![](http://a.test/x.png)").run()
    assert "<b>" not in markup(app)
    assert "](http" not in said(app)


def test_characters_seen_too_rarely_are_named(workspace: Workspace, open_page: Open):
    app, _ = opened(workspace, open_page, "Statistics")
    assert "seen fewer than 20 times" in said(app)
    assert "Measured of all 33 images." in said(app)
    assert len(app.get("plotly_chart")) >= 3


def test_what_leaks_is_taken_out_by_one_click(workspace: Workspace, open_page: Open):
    app, _ = opened(workspace, open_page, "Duplicates")
    assert "1 sample leak" in said(app)
    press(app, "Remove 1 leaking")
    assert "1 sample removed" in said(app)
    press(app, "Save as a new version")
    version = open_dataset(ended(workspace, "datasets", "edit").folder)
    assert version.frame("test")["label"].tolist() == ["leak", "<b>bold</b>"]
    assert "leak" not in version.frame("train")["label"].tolist()


def test_two_datasets_are_compared_by_ranked_gaps(workspace: Workspace, open_page: Open):
    other = folders.dataset(workspace, "pale words")
    write_dataset(other.folder, [Drawn(f"{i}", shade=230, width=60) for i in range(30)])
    app, _ = opened(workspace, open_page, "Compare")
    assert "**1. " in markup(app)
    assert markup(app).index("**1. ") < markup(app).index("**2. ")


def test_alone_there_is_nothing_to_compare_with(workspace: Workspace, open_page: Open):
    app, _ = opened(workspace, open_page, "Compare")
    assert "no other dataset" in said(app)


def test_an_export_is_started_and_offered_for_download(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Export")
    app.selectbox(key=f"export-{id}.layout").set_value("easyocr").run()
    press(app, "Export as")
    assert not app.exception
    job = ended(workspace, "exports", "export")
    assert job.state.name == "finished", job.message
    app.run()
    assert len(app.get("download_button")) == 1


@pytest.mark.parametrize("view", ["Images", "Statistics"])
def test_a_damaged_dataset_is_said_to_be(view: str, workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "hollow")
    app = open_page("data")
    app.session_state["data-tab"], app.session_state[state.OPEN_DATASET] = "Datasets", made.id
    app.session_state["data-view"] = view
    app.run()
    assert not app.exception
    assert app.error
