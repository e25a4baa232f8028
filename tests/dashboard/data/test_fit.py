"""Fit to your photos on the page: what it asks for, what a fit says in the end, and the use of its recipe with undo."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine.config.fitting import FitConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.files import write_bytes, write_json
from engine.images.encode import png_bytes
from engine.jobs import list_jobs, paths, stop
from engine.jobs.events import EventWriter
from engine.synth import save_recipe, saved_recipes
from engine.synth.photo_fit.kept import TRIAL, crop_path, save_measures, save_strip
from engine.synth.photo_fit.measured import MEASURED
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.datasets.written import Drawn, write_dataset
from tests.helpers.sources import save_files
from tests.helpers.tiny_bundles import save_run_bundle

GAINED = {
    "crops": 100,
    "labelled": 0,
    "learned": 80,
    "held_out": 20,
    "before": 0.031,
    "after": 0.012,
    "gain": 0.019,
    "interval": [0.004, 0.03],
    "gained": True,
    "changes": ["Blur from 0–1.8 to 0.6–2.4 px"],
}
NOTHING = GAINED | {"after": 0.03, "gain": 0.001, "interval": [-0.01, 0.012], "gained": False, "recipe": None}


def beside(open_page: Open) -> AppTest:
    app = open_page("data")
    app.session_state["data-tab"] = "Synthetic beside real"
    app.run()
    assert not app.exception
    return app


def fit(workspace: Workspace, summary: dict[str, Any]) -> str:
    """Write the folder of a finished fit."""
    config = FitConfig(recipe=PRESETS["receipts"], upload="0" * 26)
    made = folders.job(workspace, "fits", "fit", "receipts to 100 crops", config, "finished")
    (made.folder / paths.CROPS).mkdir()
    images = [Image.new("RGB", (40, 20), (shade, 90, 90)) for shade in (10, 200)]
    for number, image in enumerate(images):
        write_bytes(crop_path(made.folder, number), png_bytes(image))
    rows = [{"text": "", "held_out": False} for _ in images]
    write_json(made.folder / paths.FIT_PHOTOS, {"crops": rows})
    for trial in (0, 7):
        save_strip(made.folder, trial, images)
    events = EventWriter(made.folder / paths.EVENTS)
    for number, distance in enumerate([0.03, None, 0.02, 0.025, 0.02, 0.019, 0.018, 0.011]):
        events.append({"kind": TRIAL, "step": number, "seconds": 1.0, "distance": distance})
    events.close()
    rng = np.random.default_rng(0)
    save_measures(made.folder, [rng.normal(size=(20, len(MEASURED))).astype(np.float32) for _ in range(3)])
    write_bytes(made.folder / paths.RECIPE, _fitted().to_yaml().encode())
    write_json(made.folder / paths.SUMMARY, summary)
    return made.id


def _fitted() -> Recipe:
    return PRESETS["receipts"].changed(name="receipts, fitted")


@pytest.mark.parametrize(("number", "told"), [(0, "30 to 300"), (8, "a fit needs 10"), (12, "fewer than 30")])
def test_the_page_says_how_many_crops_it_takes(open_page: Open, tmp_path: Path, number: int, told: str):
    app = beside(open_page)
    files = [(f"{n}.png", png_bytes(Image.new("RGB", (60, 24), (n, 99, 9))), "image/png") for n in range(number)]
    if files:
        app.file_uploader(key="likeness-files").set_value(files).run()
    assert not app.exception
    assert told in said(app)
    assert any("Fit to" in button.label for button in app.button) == (number >= 10)


def test_photos_and_pdf_files_are_dropped_beside_and_a_fit_starts(workspace: Workspace, open_page: Open):
    app = beside(open_page)
    app.segmented_control(key="likeness-fit-source").set_value("Whole photos or PDF pages").run()
    assert "Words in them are found by the locator" in said(app)
    photo = png_bytes(Image.new("RGB", (900, 700), "grey"))
    app.file_uploader(key="likeness-pages").set_value([("a.png", photo, "image/png"), ("a.png", photo, "")]).run()
    (button,) = [button for button in app.button if button.label == "Fit to the words in 2 files"]
    button.click().run()
    assert not app.exception
    (job,) = list_jobs(workspace, "fits")
    assert job.config["content"] == "page"
    assert "starter to the words in 2 files" in said(app)


def test_a_recipe_of_too_many_looks_is_refused_beside_a_dataset_and_says_the_remedy(
    workspace: Workspace, open_page: Open
):
    made = folders.dataset(workspace, "real ones")
    write_dataset(made.folder, [Drawn(f"{number}", shade=120 + number, width=90) for number in range(20)])
    recipe = PRESETS["starter"].changed(looks=[PRESETS["starter"].looks[0]] * 26)
    save_recipe(workspace, recipe, "many looks")
    app = beside(open_page)
    app.selectbox(key="likeness-synthetic-words").set_value("recipe many looks, saved")
    app.selectbox(key="likeness-real-words").set_value(made.id).run()
    assert not app.exception
    assert "Fit to this dataset" not in [button.label for button in app.button]
    (error,) = [error.value for error in app.error]
    assert "26 looks are drawn" in error
    assert "Leave 25" in error


def test_settings_of_a_fit_are_those_of_its_command(workspace: Workspace, open_page: Open):
    run = folders.run(workspace, "earlier", None)
    save_run_bundle(workspace, run=run.id)
    app = beside(open_page)
    files = [(f"{n}.png", png_bytes(Image.new("RGB", (60, 24), (n, 99, 9))), "image/png") for n in range(12)]
    app.file_uploader(key="likeness-files").set_value(files).run()
    app.number_input(key="likeness-fit.settings.trials").set_value(40)
    app.number_input(key="likeness-fit.settings.seed").set_value(3)
    app.segmented_control(key="likeness-fit.settings.keep").set_value("always")
    app.selectbox(key="likeness-fit.settings.run").select(run.id).run()
    assert not app.exception
    (line,) = [code.value for code in app.code]
    for flag in ("--path my-crops", "--trials 40", "--seed 3", "--keep always", f"--run {run.id}"):
        assert flag in line
    assert "40 trials" in said(app)
    next(button for button in app.button if button.label == "Fit to 12 crops").click().run()
    (job,) = list_jobs(workspace, "fits")
    assert [job.config[name] for name in ("trials", "seed", "keep", "run")] == [40, 3, "always", run.id]
    stop(workspace, "fits", job.id)


def test_a_folder_is_fitted_to_with_the_labels_that_lie_in_it(workspace: Workspace, open_page: Open):
    source = save_files(workspace.imports / "mine", {"a.png": b"", "labels.tsv": b"a.png\tword"})
    app = beside(open_page)
    app.segmented_control(key="likeness-fit-source").set_value("A folder or zip file").run()
    app.selectbox(key="likeness-fit-path").select(str(source)).run()
    assert not app.exception
    next(button for button in app.button if button.label == "Fit to these files").click().run()
    (job,) = list_jobs(workspace, "fits")
    assert (job.config["path"], job.config["upload"], job.config["content"]) == (str(source), None, "auto")
    stop(workspace, "fits", job.id)


def test_a_gain_is_told_and_its_recipe_is_used_and_given_back(workspace: Workspace, open_page: Open):
    saved = save_recipe(workspace, _fitted(), "receipts, fitted")
    id = fit(workspace, GAINED | {"recipe": saved.id})
    app = beside(open_page)
    app.selectbox(key="likeness-synthetic-words").set_value("recipe starter").run()
    words = said(app)
    assert "The fitted recipe is nearer to your photos. 20 crops that the search did not see" in words
    assert "- Blur from 0–1.8 to 0.6–2.4 px" in words
    assert "Drawn after 7 trials, distance 0.011" in words
    app.button(key=f"fit-use-{id}").click().run()
    assert app.selectbox(key="likeness-synthetic-words").value == "recipe receipts, fitted, saved"
    assert app.session_state["data-recipe"] == saved.id
    app.button(key=f"fit-undo-{id}").click().run()
    assert app.selectbox(key="likeness-synthetic-words").value == "recipe starter"
    assert app.session_state["data-recipe"] == "starter"
    assert [one.id for one in saved_recipes(workspace, Recipe)] == [saved.id]  # the fit saved it, not this press


def test_two_fits_that_ended_are_shown_below_each_other(workspace: Workspace, open_page: Open):
    ids = [fit(workspace, NOTHING), fit(workspace, NOTHING)]
    app = beside(open_page)
    assert {f"fit-use-{id}" for id in ids} <= {button.key for button in app.button}


def test_nothing_gained_is_said_and_nothing_changes_unless_asked(workspace: Workspace, open_page: Open):
    id = fit(workspace, NOTHING)
    app = beside(open_page)
    assert "No gain can be told from chance, so no recipe was changed." in said(app)
    assert saved_recipes(workspace, Recipe) == []
    button = app.button(key=f"fit-use-{id}")
    assert button.label == "Use it all the same"
    button.click().run()
    (saved,) = saved_recipes(workspace, Recipe)
    assert app.session_state["data-recipe"] == saved.id
    app.button(key=f"fit-undo-{id}").click().run()
    assert not app.exception
    assert saved_recipes(workspace, Recipe) == []
