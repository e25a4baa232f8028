"""Labelling on Read: images without labels are read, corrected by the keyboard or in a table, and kept as a dataset."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.common.deleting import consequences
from dashboard.read.label_table import said_of
from engine.adaptation.stages import StageJob, StageName, keep_stage
from engine.config.adapting import AdaptConfig
from engine.config.reading import TranscribeConfig
from engine.datasets import open_dataset
from engine.files import write_json
from engine.jobs import Job, State, list_jobs, load_job, paths
from engine.jobs.context import JobContext
from engine.reading.job import work
from engine.sources.labelling import ImageLabel, LabelState, give_labels, labels_of, readings_of
from engine.workspace import STARTER, Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.read.test_read_page import drop, png, tab
from tests.helpers.tiny_bundles import save_run_bundle

TEXTS = ("abca", "bcab", "cadb", "dabc")


@pytest.fixture
def transcript(workspace: Workspace) -> Path:
    """Four images, named like those of a camera, read by a tiny reader."""
    source = workspace.imports / "serials"
    source.mkdir()
    for number, text in enumerate(TEXTS):
        (source / f"IMG_{number}.png").write_bytes(png(text))
    run = folders.run(workspace, "tiny one", None)
    save_run_bundle(workspace, run=run.id)
    config = TranscribeConfig(run=run.id, path=str(source))
    made = folders.job(workspace, "transcripts", "transcribe", "serials", config, "finished")
    with JobContext(made.folder) as job:
        work(config, job)
    return made.folder


def press(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception
    return app


def labels(folder: Path) -> dict[str, tuple[LabelState, str]]:
    return {image: (label.state, label.text) for image, label in labels_of(folder).items()}


def waited(workspace: Workspace, job: Job) -> Job:
    while (job := load_job(workspace, job.collection, job.id)).state.live:
        time.sleep(0.05)
    return job


def test_images_are_corrected_one_by_one_and_kept_as_a_dataset(workspace: Workspace, open_page: Open, transcript: Path):
    app = tab(open_page("read"), "Label")
    assert "0 of 4 images labelled" in said(app)
    assert app.segmented_control(key="label-order").options == ["Least sure first", "As they come"]
    app.segmented_control(key="label-order").set_value("as they come").run()
    assert app.text_input[0].value == "abca"
    press(app, "Right, next")
    app.text_input[0].set_value("corrected").run()
    assert labels(transcript)["IMG_1.png"] == ("typed", "corrected")  # on disk before it is confirmed
    again = tab(open_page("read"), "Label")  # as after a reload
    assert again.text_input[0].value == "corrected"
    press(again, "Right, next")
    press(again, "Leave out")
    press(again, "Back")
    assert "left out" in said(again)
    press(again, "Later")
    second = next(button for button in again.button if button.key and button.key.startswith("label-take-2"))
    second.click().run()
    kept = labels(transcript)
    assert kept["IMG_0.png"] == ("right", "abca")
    assert kept["IMG_1.png"] == ("right", "corrected")
    assert kept["IMG_2.png"][0] == "out"
    assert kept["IMG_3.png"][0] == "right"
    assert kept["IMG_3.png"][1] != TEXTS[3]
    assert "All 4 images are done" in said(again)
    press(again, "Keep 3 images")
    (job,) = list_jobs(workspace, "datasets")
    assert waited(workspace, job).state is State.finished
    assert sorted(open_dataset(job.folder).frame()["label"]) == sorted(
        text for state, text in kept.values() if state == "right"
    )
    beside = tab(open_page("read"), "Label")
    press(beside, "Set beside a recipe")
    assert beside.selectbox(key="likeness-real-words").value == job.id  # no image is dropped a second time
    press(again.run(), "Train on it")
    assert "is this run worth starting" in again.title[0].value.casefold()


def test_dropped_images_are_labelled_and_read_by_a_second_reader_without_another_drop(
    workspace: Workspace, open_page: Open
):
    run = save_run_bundle(workspace, run=folders.run(workspace, "tiny one", None).id).name
    app = drop(open_page("read"), *((f"{text}.png", png(text)) for text in TEXTS[:2]), ("abca.png", png("bbba")))
    app.text_input[1].set_value("typed on its card").run()
    press(app, "Label all 3")
    (job,) = list_jobs(workspace, "transcripts")
    assert "1 of 3 images labelled" in said(app)
    assert labels(job.folder) == {"bcab.png": ("right", "typed on its card")}
    press(tab(app, "Images"), "Label all 3")  # the same ones are the same set
    assert list_jobs(workspace, "transcripts")[0].id == job.id
    assert [each.name for each in workspace.uploads.iterdir()] == [job.config["upload"]]
    waited(workspace, job)
    app.button_group(key="read-readers").set_value([STARTER]).run()
    press(app, "Read all again by starter")
    second = list_jobs(workspace, "transcripts")[0]
    assert (job.config["run"], second.config["run"], second.config["transcript"]) == (run, STARTER, job.id)
    assert labels(second.folder) == labels(job.folder)
    assert waited(workspace, second).state is State.finished
    assert labels(second.folder) == labels(job.folder)


def test_many_are_confirmed_at_once_and_wait_again(workspace: Workspace, open_page: Open, transcript: Path):
    app = tab(open_page("read"), "Label")
    app.segmented_control(key="label-view").set_value("table").run()
    assert not app.exception
    assert list(app.get("arrow_data_frame") or app.dataframe)
    press(app, "All right: 4 images")
    assert set(labels(transcript).values()) == {("right", text) for text in TEXTS}
    press(app, "Undo: 4 images")
    assert labels(transcript) == {}
    press(app, "All right: 4 images")
    assert "4 labels that people gave go with it" in consequences(
        workspace, load_job(workspace, "transcripts", transcript.name)
    )


def test_images_without_labels_lead_from_the_import_to_their_labels(workspace: Workspace, open_page: Open):
    source = workspace.imports / "serials"
    source.mkdir()
    for number, text in enumerate(TEXTS):
        (source / f"IMG_{number}.png").write_bytes(png(text))
    app = open_page("data")
    app.session_state["data-tab"] = "Import"
    app.run()
    app.selectbox(key="import-path").set_value(str(source)).run()
    press(app, "Read them with a reader")
    (job,) = list_jobs(workspace, "transcripts")
    assert job.config["path"] == str(source)
    assert "what does this image say" in app.title[0].value.casefold()
    assert "0 of 4 images labelled" in said(app)
    waited(workspace, job)


def test_a_key_pressed_twice_confirms_one_image_as_it_was_typed(
    open_page: Open, transcript: Path, monkeypatch: pytest.MonkeyPatch
):
    app = tab(open_page("read"), "Label")
    app.segmented_control(key="label-order").set_value("as they come").run()
    app.text_input[0].set_value("corrected")
    next(button for button in app.button if button.label == "Right, next").click()
    pressed = app._tree.get_widget_states()
    with monkeypatch.context() as drawing:  # the second press comes while the page is still being drawn
        drawing.setattr(st, "segmented_control", lambda *_, **__: st.stop())
        app._run(pressed)
    app._run(pressed)
    assert labels(transcript) == {"IMG_0.png": ("right", "corrected")}
    assert "1 of 4 images labelled" in said(app)


def test_an_image_that_changed_since_it_was_read_is_not_labelled_in_place_of_another(
    workspace: Workspace, open_page: Open, transcript: Path
):
    (workspace.imports / "serials" / "IMG_0.png").write_bytes(png("dddd"))
    app = tab(open_page("read"), "Label")
    app.segmented_control(key="label-order").set_value("as they come").run()
    assert "'IMG_0.png' changed since it was read. Read the images again" in said(app)


def edited(app: AppTest, rows: Mapping[int, Mapping[str, Any]]) -> AppTest:
    """Edit the table as a browser does: each time it sends all edits since the table was first drawn."""
    states = app._tree.get_widget_states()
    edits = {"edited_rows": rows, "added_rows": [], "deleted_rows": []}
    states.widgets.add(id=app.data_editor[0].proto.id, string_value=json.dumps(edits))
    app = app._run(states)
    assert not app.exception
    return app


def as_table(app: AppTest) -> AppTest:
    app = tab(app, "Label")
    app.segmented_control(key="label-order").set_value("as they come").run()
    return app.segmented_control(key="label-view").set_value("table").run()


def test_an_edit_in_the_table_leaves_what_was_said_of_the_rows_edited_before(open_page: Open, transcript: Path):
    app = as_table(open_page("read"))
    edited(app, {0: {"text": "first"}})
    give_labels(transcript, [ImageLabel("IMG_0.png", "by another", "right")])
    edited(app, {0: {"text": "first"}, 1: {"out": True}})
    assert labels(transcript) == {"IMG_0.png": ("right", "by another"), "IMG_1.png": ("out", TEXTS[1])}
    edited(app, {0: {"text": "last"}, 1: {"out": True}})
    assert labels(transcript)["IMG_0.png"] == ("right", "last")
    edited(app, {})  # the table was left, and is drawn anew
    give_labels(transcript, [ImageLabel("IMG_0.png", "by another", "right")])
    edited(app, {0: {"text": "last"}})
    assert labels(transcript)["IMG_0.png"] == ("right", "last")


def test_what_is_confirmed_at_once_leaves_what_others_said_and_so_does_its_undo(open_page: Open, transcript: Path):
    give_labels(transcript, [ImageLabel("IMG_3.png", "half", "typed")])
    app = as_table(open_page("read"))
    give_labels(transcript, [ImageLabel("IMG_0.png", "", "out")])
    press(app, "All right: 4 images")
    expected = {f"IMG_{number}.png": ("right", text) for number, text in enumerate((*TEXTS[:3], "half"))}
    assert labels(transcript) == {**expected, "IMG_0.png": ("out", "")}
    give_labels(transcript, [ImageLabel("IMG_1.png", "by another", "right")])
    press(app.run(), "Undo: 2 images")
    assert labels(transcript) == {
        "IMG_0.png": ("out", ""),
        "IMG_1.png": ("right", "by another"),
        "IMG_3.png": ("typed", "half"),
    }


def adaptation(workspace: Workspace, transcript: Path, stage: StageName, **summary: object) -> folders.Made:
    """Write the folder of an adaptation of which a transcript is a stage."""
    made = folders.job(workspace, "adaptations", "adapt", "mine", AdaptConfig(path="mine"), None)
    keep_stage(made.folder, stage, StageJob("transcripts", transcript.name))
    write_json(made.folder / paths.SUMMARY, summary)
    return made


def test_the_reader_of_the_transcript_proposes_whichever_reader_is_chosen(
    workspace: Workspace, open_page: Open, transcript: Path
):
    own = {image: row["text"] for image, row in readings_of(transcript).items()}
    app = open_page("read")
    app.button_group(key="read-readers").set_value([STARTER]).run()
    app = tab(app, "Label")
    for _ in own:
        (image,) = [name for name in own if f"{name} · " in said(app)]
        assert app.text_input[0].value == own[image]
        assert any(button.label.startswith(own[image]) and "as first read" in button.label for button in app.button)
        press(app, "Later")


def test_images_that_judge_are_labelled_without_a_look_at_what_was_read(
    workspace: Workspace, open_page: Open, transcript: Path
):
    adaptation(workspace, transcript, "judge")
    app = tab(open_page("read"), "Label")
    assert app.text_input[0].value == ""
    assert app.text_input[0].placeholder == "Type what it says"
    assert "These images judge" in said(app)
    assert not [button for button in app.button if str(button.key).startswith("label-take-")]
    press(app, "Right, next")
    assert "0 characters cannot be a label" in said(app)
    app.segmented_control(key="label-view").set_value("table").run()
    assert not [button for button in app.button if button.label.startswith("All right")]
    (table,) = app.dataframe
    assert set(table.value["text"]) == {""}


def test_what_an_adaptation_asks_for_comes_first_and_is_counted(
    workspace: Workspace, open_page: Open, transcript: Path
):
    made = adaptation(workspace, transcript, "ask", asks={transcript.name: 2}, asked=["IMG_3.png", "IMG_1.png"])
    with folders.alive(made):
        app = tab(open_page("read"), "Label")
        app.segmented_control(key="label-order").set_value("as they come").run()
        assert "mine asks for 2 images: 0 done. The others can wait." in said(app)
        assert "IMG_1.png · " in said(app)
        press(app, "Right, next")
        assert "mine asks for 2 images: 1 done." in said(app)
        assert "IMG_3.png · " in said(app)
        press(app, "Right, next")
        assert "All 2 images that mine asks for are done." in said(app)
        assert "2 of 4 images labelled" in said(app)
        press(app, "Back to Home")
        assert "Home" in app.title[0].value


@pytest.mark.parametrize(
    ("cells", "before", "text", "becomes"),
    [
        ({"text": "new"}, "open", "new", ("right", "new")),
        ({"text": "new"}, "out", "new", ("out", "new")),
        ({"text": "new", "out": False}, "out", "new", ("right", "new")),
        ({"right": True}, "open", "read", ("right", "read")),
        ({"right": False}, "right", "read", ("open", "")),
        ({"right": False}, "right", "said", ("typed", "said")),
        ({"text": "new", "right": False}, "open", "new", ("typed", "new")),
        ({"out": True}, "right", "said", ("out", "said")),
        ({"out": True, "right": True}, "open", "read", ("out", "read")),
        ({"out": False}, "out", "read", ("open", "")),
        ({}, "right", "said", ("right", "said")),
    ],
)
def test_an_edited_row_says_what_it_shows(
    cells: Mapping[str, Any], before: LabelState, text: str, becomes: tuple[str, str]
):
    assert said_of(cells, before, text, "read") == becomes
