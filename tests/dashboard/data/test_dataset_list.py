"""The list of datasets: searched, renamed, noted, made again, deleted and taken back in its place."""

from dashboard.common import state
from dashboard.data.datasets.dataset_list import found
from engine.config.generate import GenerateConfig
from engine.config.recipe_presets import PRESETS
from engine.files import write_json
from engine.jobs import annotate, list_jobs, load_job, paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.datasets.written import Drawn, write_dataset


def test_words_are_searched_in_names_notes_labels_and_recipes(workspace: Workspace):
    plain = folders.dataset(workspace, "Street signs").id
    noted = folders.dataset(workspace, "other").id
    annotate(workspace, "datasets", noted, text="for the Paper")
    recipe = GenerateConfig(recipe=PRESETS["receipts"]).plain()
    drawn = folders.dataset(workspace, "third")
    write_json(drawn.folder / paths.CONFIG, recipe, durable=False)
    jobs = list_jobs(workspace, "datasets")
    for wanted, ids in (
        ("street", [plain]),
        ("SIGNS street", [plain]),
        ("paper", [noted]),
        ("receipts", [drawn.id]),
        ("1984", [drawn.id, noted, plain]),
        ("nothing", []),
        ("", [drawn.id, noted, plain]),
    ):
        assert [job.id for job in found(jobs, wanted)] == ids, wanted


def test_without_a_dataset_the_way_on_leads_somewhere(workspace: Workspace, open_page: Open):
    app = open_page("data")
    app.session_state[state.DATA_TAB] = "Datasets"
    app.run().button(key="primary-app_pages/home.py").click().run()
    assert "Train a reader in five minutes" in said(app)
    folders.run(workspace, "reader one")
    app = open_page("data")
    app.session_state[state.DATA_TAB] = "Datasets"
    app.run().button(key="primary-app_pages/data.py").click().run()
    assert not app.exception
    assert app.session_state[state.DATA_TAB] == "Make a dataset"


def test_a_dataset_is_renamed_made_again_deleted_and_taken_back(workspace: Workspace, open_page: Open):
    first = folders.dataset(workspace, "first")
    write_dataset(first.folder, [Drawn(f"word{number}") for number in range(8)])
    config = GenerateConfig(recipe=PRESETS["receipts"], images=77, seed=4)
    write_json(first.folder / paths.CONFIG, config.plain(), durable=False)
    folders.run(workspace, "reader one", dataset_id=first.id)
    second = folders.dataset(workspace, "number two")
    app = open_page("data")
    app.session_state[state.DATA_TAB] = "Datasets"
    app.session_state[f"more-{first.id}"] = True
    app.session_state[f"dataset-{first.id}-delete"] = True
    app.run()
    assert "Recipe receipts. For instance" in said(app)
    assert "reader one learned from it" in said(app)
    app.text_input(key=f"dataset-name-{first.id}-first").set_value("renamed").run()
    app.text_area(key=f"dataset-note-{first.id}").set_value("by hand").run()
    app.button(key=f"dataset-save-{first.id}").click().run()
    assert load_job(workspace, "datasets", first.id).name == "renamed"
    assert "by hand" in said(app)
    app.button(key=f"dataset-{first.id}-delete-sure").click().run()
    assert not app.exception
    assert not first.folder.exists()
    assert said(app).index("number two") < said(app).index("Deleted renamed")
    app.button(key=f"undo-datasets-{first.id}").click().run()
    assert first.folder.exists()
    app.text_input(key="dataset-search").set_value("renamed").run()
    assert "number two" not in said(app)
    app.session_state[f"more-{first.id}"] = True
    app.run()
    app.button(key=f"alike-{first.id}").click().run()
    assert not app.exception
    assert app.session_state["data-recipe"] == "alike"
    assert app.session_state[state.RECIPE_DRAFTS]["alike"].recipe() == config.recipe
    assert app.number_input(key="data-images.images").value == 77
    assert app.number_input(key="data-images.seed").value == 5
    assert second.folder.exists()


def test_buttons_keep_their_places_when_a_job_ends(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace, "coming", None)
    with folders.alive(made, "drawing"):
        app = open_page("data")
        app.session_state[state.DATA_TAB] = "Datasets"
        app.run()
        before = [(box.proto.popover.label, box.proto.popover.disabled) for box in app.get("popover")[1:]]
    app.run()
    after = [(box.proto.popover.label, box.proto.popover.disabled) for box in app.get("popover")[1:]]
    assert before == [("More", False), ("Stop", False), ("Delete", True)]
    assert after == [("More", False), ("Stop", True), ("Delete", False)]
