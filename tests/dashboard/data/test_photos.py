"""One dataset of scenes, opened: filtered, drawn, corrected, cleaned and exported, over real folders."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.common import state
from engine.datasets.scenes.dataset import open_scenes
from engine.jobs import paths
from engine.regions.region import Level, Region
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, markup, said
from tests.dashboard.data.test_browser import ended, press
from tests.datasets.scenes.written import Scenes, write_scenes


def text(words: str | None, height: float = 10, ignore: bool = False, level: Level = "word") -> Region:
    return Region.of([(4, 5), (50, 5), (50, 5 + height), (4, 5 + height)], words, ignore, level)


SCENES: Scenes = {
    "train": [*([text(f"shop {i}", 6 + i), text(None, ignore=True)] for i in range(13)), []],
    "test": [[text("<b>open</b>", 30)]],
}


def opened(workspace: Workspace, open_page: Open, view: str = "Photos", scenes: Scenes = SCENES) -> tuple[AppTest, str]:
    """A dataset of these scenes, opened at a view."""
    made = folders.scenes(workspace, "small photos")
    write_scenes(made.folder, scenes)
    app = open_page("data")
    app.session_state["data-tab"], app.session_state[state.OPEN_DATASET] = "Datasets", made.id
    app.session_state["data-view-photos"] = view
    app.run()
    assert not app.exception
    return app, made.id


def photos(app: AppTest) -> list[str]:
    return [button.label.removeprefix("Enlarge ") for button in app.button if button.label.startswith("Enlarge photo")]


def test_photos_come_by_pages_and_are_filtered_by_what_they_hold(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page)
    assert len(photos(app)) == 12
    assert "15 photos · ● words · ● does not count, dashed" in said(app)
    assert "2 words, 1 not counted, 6 to 10 px high · train · train/0.jpg" in said(app)
    app.text_input(key=f"filter-{id}-texts").set_value("SHOP 1").run()
    assert photos(app) == ["photo 1", "photo 10", "photo 11", "photo 12"]
    app.text_input(key=f"filter-{id}-texts").set_value("")
    app.slider(key=f"filter-{id}-text_height").set_value((25, 30)).run()
    assert photos(app) == ["photo 14"]
    app.multiselect(key=f"filter-{id}-text").set_value(["without text"]).run()
    assert "No photo meets these filters" in said(app)
    assert "<b>" not in "".join(markdown.value for markdown in app.markdown)


def test_a_photo_is_corrected_large_and_becomes_a_new_version(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page)
    app.button(key=f"enlarge-{id}-3").click().run()
    app.text_input(key=f"text-{id}-3-0").set_value("bakery").run()
    app.checkbox(key=f"counts-{id}-3-1").check().run()
    assert "was shop 3, counted" in said(app)
    app.button(key="photo-Next").click().run()
    app.button(key=f"drop-{id}-4-1").click().run()
    app.button(key=f"out-{id}-5").click().run()
    assert not app.exception
    assert (workspace.folder("datasets", id) / paths.DRAFT).is_file()
    assert "2 regions changed · 1 region removed · 1 photo removed" in said(app)
    press(app, "Save as a new version")
    job = ended(workspace, "datasets", "edit-scenes")
    assert job.state.name == "finished", job.message
    version = open_scenes(job.folder)
    assert len(version) == 14
    assert [(region.text, region.ignore) for region in version.regions(3)] == [("bakery", False), (None, False)]
    assert [region.text for region in version.regions(4)] == ["shop 4"]
    assert version.regions(5)[0].text == "shop 6"
    assert not (workspace.folder("datasets", id) / paths.DRAFT).exists()


def test_a_photo_that_was_open_in_one_dataset_is_not_opened_in_another(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page)
    app.button(key=f"enlarge-{id}-3").click().run()
    assert [field for field in app.text_input if field.label.startswith("Text of region")]
    other = folders.scenes(workspace, "one photo")
    write_scenes(other.folder, {"train": [[text("shop")]]})
    app.session_state[state.OPEN_DATASET] = other.id
    app.run()
    assert not app.exception
    assert photos(app) == ["photo 0"]
    assert not [field for field in app.text_input if field.label.startswith("Text of region")]


def test_a_level_is_chosen_where_there_are_several(workspace: Workspace, open_page: Open):
    scenes: Scenes = {"train": [[text("ab", level="line"), text("a", level="character"), text("b", level="character")]]}
    app, id = opened(workspace, open_page, scenes=scenes)
    assert "1 line, 10 px high" in said(app)
    app.segmented_control(key="photos-level").set_value("character").run()
    assert "2 characters, 10 px high" in said(app)
    app.button(key=f"enlarge-{id}-0").click().run()
    assert not app.exception


def test_statistics_say_what_a_locator_will_learn(workspace: Workspace, open_page: Open):
    app, _ = opened(workspace, open_page, "Statistics")
    assert "1 photo without text." in said(app)
    assert "Median 12 px" in said(app)
    splits, levels = (table.value for table in app.dataframe[:2])
    assert list(splits) == ["Photos", "Without text", "Regions", "Regions not counted"]
    assert {"Regions", "Not counted", "Median height (px)"} <= set(levels)
    assert len(app.get("plotly_chart")) == 4


def test_photos_on_both_sides_of_a_split_are_taken_out_by_one_click(workspace: Workspace, open_page: Open):
    made = folders.scenes(workspace, "streets")
    scenes: Scenes = {"train": [[text("a")], [text("b")]], "test": [[text("a")]]}
    write_scenes(made.folder, scenes, shades=[1, 2, 1])
    app = open_page("data")
    app.session_state["data-tab"], app.session_state[state.OPEN_DATASET] = "Datasets", made.id
    app.session_state["data-view-photos"] = "Duplicates"
    app.run()
    assert "**1 photo comes more than once**, as 2 samples" in markup(app)
    assert "1 sample leak" in said(app)
    press(app, "Remove 1 leaking")
    press(app, "Save as a new version")
    version = open_scenes(ended(workspace, "datasets", "edit-scenes").folder)
    assert version.manifest.counts == {"train": 1, "validation": 0, "test": 1}


def test_a_dataset_in_which_nothing_counts_is_named(workspace: Workspace, open_page: Open):
    app, _ = opened(workspace, open_page, "Statistics", {"train": [[text("a", ignore=True)], [text("b", ignore=True)]]})
    assert "No region counts" in said(app)


def test_an_export_is_started_and_offered_for_download(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Export")
    app.selectbox(key=f"export-{id}.layout").set_value("icdar").run()
    press(app, "Export as ICDAR 2015")
    job = ended(workspace, "exports", "export-scenes")
    assert job.state.name == "finished", job.message
    app.run()
    assert len(app.get("download_button")) == 1


def test_a_layout_that_mixes_levels_is_refused_before_the_start(workspace: Workspace, open_page: Open):
    app, id = opened(workspace, open_page, "Export", {"train": [[text("a"), text("ab", level="line")]]})
    app.selectbox(key=f"export-{id}.layout").set_value("masks").run()
    assert any("Choose one level" in str(error.value) for error in app.error)
    assert not [button for button in app.button if button.label.startswith("Export as")]


@pytest.mark.parametrize("view", ["Photos", "Statistics"])
def test_a_damaged_dataset_is_said_to_be(view: str, workspace: Workspace, open_page: Open):
    made = folders.scenes(workspace, "hollow")
    app = open_page("data")
    app.session_state["data-tab"], app.session_state[state.OPEN_DATASET] = "Datasets", made.id
    app.session_state["data-view-photos"] = view
    app.run()
    assert not app.exception
    assert app.error


def test_the_list_shows_photos_and_leads_to_their_page(workspace: Workspace, open_page: Open):
    made = folders.scenes(workspace, "small photos")
    write_scenes(made.folder, SCENES)
    app = open_page("data")
    app.session_state["data-tab"] = "Datasets"
    app.run()
    assert "312 photos, 4,120 regions" in said(app)
    assert len(app.get("image")) == 4
    assert any(button.label == "Train on it" for button in app.button)
    app.button(key=f"open-{made.id}").click().run()
    assert not app.exception
    assert len(photos(app)) == 12


def test_two_datasets_of_photos_are_compared_and_lie_beside_a_recipe(workspace: Workspace, open_page: Open):
    other = folders.scenes(workspace, "taller text")
    write_scenes(other.folder, {"train": [[text(f"shop {i}", 40)] for i in range(15)], "test": [[text("a", 40)]]})
    app, _ = opened(workspace, open_page, "Compare")
    words = said(app)
    assert "Text height · distance " in words
    assert "(taller text), of " in words
    figures = app.dataframe[0].value
    assert figures.loc["taller text", "Usual text height"] == "40 px"
    assert figures.loc["small photos", "Photos without text"] == "1"
    assert "Set it" not in words  # of two datasets none is a recipe
    app.session_state["data-tab"] = "Synthetic beside real"
    app.session_state[state.DATA_KIND] = "photos"
    app.session_state["likeness-real-photos"] = other.id
    app.session_state["likeness-synthetic-photos"] = f"{other.id}"
    app.run()
    assert not app.exception
    assert "No measure tells the two apart" in said(app)
