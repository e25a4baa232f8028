"""A second session over the same workspace shows what the first typed, dropped and chose, page by page."""

from typing import Any

from streamlit.testing.v1 import AppTest

from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import APP, Open, said
from tests.dashboard.labs import scored_lab
from tests.dashboard.read.test_read_page import drop, png, reading_page
from tests.datasets.written import Drawn, write_dataset
from tests.helpers.sources import png as image
from tests.helpers.sources import save_files

RETURNED = "Going on with your"


def linked(page: str, **asked: Any) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60).switch_page(f"app_pages/{page}.py")
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_train_shows_the_form_as_it_was(workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    assert RETURNED not in said(app)
    app.text_input(key="train-name").set_value("mine").run()
    app.selectbox(key="train-preset").set_value("two minutes").run()
    app.number_input(key="train.two minutes.batch").set_value(48).run()
    again = open_page("train")
    assert again.text_input(key="train-name").value == "mine"
    assert again.selectbox(key="train-preset").value == "two minutes"
    assert again.number_input(key="train.two minutes.batch").value == 48
    assert f"{RETURNED} draft of" in said(again)


def test_an_import_shows_its_source_its_rules_and_its_name(workspace: Workspace, open_page: Open):
    files: dict[str, Any] = {"a.png": image(1), "b.png": image(2), "labels.csv": "image,label\na.png,one\nb.png,two\n"}
    root = save_files(workspace.imports / "mine", files)
    app = linked("data", tab="import")
    app.selectbox(key="import-path").set_value(str(root)).run()
    app.text_input(key=f"import.{root}.name").set_value("my crops").run()
    app.session_state[f"import.{root}.use"] = "testing"
    app.run()
    again = linked("data", tab="import")
    assert again.text_input(key=f"import.{root}.name").value == "my crops"
    assert "0 train, 0 validation, 2 test" in said(again)
    assert f"{RETURNED} draft of" in said(again)


def test_an_address_opens_a_dataset_at_a_view_with_its_filters(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "small words")
    write_dataset(made.folder, [Drawn(f"word{number}", factors={"font": "ab"[number % 2]}) for number in range(9)])
    app = linked("data", tab="datasets", dataset=made.id)
    key = f"filter-{made.id}"
    app.text_input(key=f"{key}-label").set_value("word").run()
    app.multiselect(key=f"{key}-by").set_value(["font"]).run()
    app.multiselect(key=f"{key}-font").set_value(["b"]).run()
    assert "4 of 9 samples" in said(app)
    again = linked("data", **app.query_params)
    assert "4 of 9 samples" in said(again)
    assert again.text_input(key=f"{key}-label").value == "word"
    odd = linked("data", tab="datasets", dataset=made.id, where=["font:nobody", "length:a..b", "bogus:1"], view="none")
    assert "9 samples" in said(odd)


def test_the_list_of_datasets_leaves_no_filter_in_its_address(workspace: Workspace, open_page: Open):
    made = [folders.dataset(workspace, name) for name in ("first", "second")]
    for one in made:
        write_dataset(one.folder, [Drawn(f"word{number}") for number in range(9)])
    app = linked("data", tab="datasets", dataset=made[0].id, where=["label:word1"], order="-label")
    assert "1 of 9 samples" in said(app)
    app.button(key="data-close").click().run()
    again = linked("data", **app.query_params)
    again.button(key=f"open-{made[1].id}").click().run()
    assert not again.exception
    assert "9 samples" in said(again)
    assert "of 9 samples" not in said(again)


def test_read_shows_images_that_were_dropped_until_one_starts_afresh(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("first.png", png("abc")), ("second.png", png("ba")))
    assert "first.png" in said(app)
    again = open_page("read")
    words = said(again)
    assert "first.png" in words
    assert "second.png" in words
    assert f"{RETURNED} images of" in words
    drop(again, ("third.png", png("cc")))
    words = said(open_page("read"))
    assert "first.png" in words
    assert "third.png" in words
    next(button for button in again.button if button.label == "Start afresh").click().run()
    assert "first.png" not in said(again)
    assert "third.png" in said(again)


def test_read_shows_images_that_were_dropped_when_one_comes_back_from_another_page(
    workspace: Workspace, open_page: Open
):
    app = drop(reading_page(workspace, open_page), ("first.png", png("abc")))
    app.switch_page("app_pages/home.py").run()
    words = said(app.switch_page("app_pages/read.py").run())
    assert "first.png" in words
    assert f"{RETURNED} images of" in words
    words = said(drop(app, ("second.png", png("ba"))))
    assert "first.png" in words
    assert "second.png" in words
    next(button for button in app.button if button.label == "Start afresh").click().run()
    assert "first.png" not in said(app)
    assert "second.png" in said(app)


def test_compare_shows_what_was_searched_chosen_and_noted(workspace: Workspace, open_page: Open):
    lab = scored_lab(workspace)
    run = lab.run("only one", lambda _, truth: truth)
    app = open_page("compare")
    app.text_input(key="compare-search").set_value("only").run()
    app.text_area(key=f"compare-note-{run.id}").set_value("not saved yet").run()
    again = linked("compare", **{**app.query_params, "tab": "settings"})
    assert again.text_input(key="compare-search").value == "only"
    assert again.text_area(key=f"compare-note-{run.id}").value == "not saved yet"
    assert again.session_state["compare-tab"] == "Settings"

    again.button(key=f"compare-save-{run.id}").click().run()
    assert "not saved yet" in said(again)
    again.text_input(key="compare-search").set_value("").run()
    assert not list(workspace.drafts.glob("compare-*.json"))
