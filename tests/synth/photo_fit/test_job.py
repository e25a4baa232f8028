"""A fit of a known recipe to images of another: nearer, alike over a stop, and silent where nothing is gained."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.config.fitting import FitConfig
from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Style
from engine.config.text_sources import Digits
from engine.errors import SourceError
from engine.files import CHECKSUM, read_json, write_json
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.jobs.events import EventWriter
from engine.synth import preview, saved_recipes
from engine.synth.encoding import stored
from engine.synth.photo_fit.job import work
from engine.synth.photo_fit.kept import TRIAL, crop_path, distances, fitted_recipe, kept_crops, measures_of, strips
from engine.synth.photo_fit.photos import real_crops
from engine.workspace import Workspace, new_id
from glyphlab_read.images.open import open_image

PLAIN = Recipe(
    name="plain",
    texts=(Digits(min_length=3, max_length=6),),
    looks=(Style(fonts=("latin/Lato-Regular",), background=BackgroundWeights(noise=0), height=(28, 36)),),
)
BLURRED = PLAIN.changed(looks=(PLAIN.looks[0].changed(blur=(1.5, 3.0), skew=6),))
TRIALS = 24


def crops(workspace: Workspace, recipe: Recipe, name: str, labels: bool = True, number: int = 60) -> str:
    folder = workspace.imports / name
    folder.mkdir()
    samples = preview(recipe, number, 77)
    for number, sample in enumerate(samples):
        stored(sample.image).save(folder / f"{number}.png")  # with the traces of JPEG that drawn images have
    if labels:
        lines = (f"{number}.png\t{sample.label}" for number, sample in enumerate(samples))
        (folder / "labels.tsv").write_text("\n".join(lines))
    return name


class Stopping(JobContext):
    """A job that is asked to stop after so many trials."""

    left = 10

    def progress(self, *about: Any) -> None:
        super().progress(*about)
        self.left -= about[2] == "trials"
        if self.left == 0:
            self.request_stop()


def fit(workspace: Workspace, path: str, *, stops: bool = False, **settings: Any) -> Path:
    folder = workspace.collection("fits") / new_id()
    folder.mkdir()
    values = {"recipe": PLAIN.plain(), "path": path, "trials": TRIALS, "samples": 32, "processes": 1, **settings}
    config = FitConfig.parse(values)
    write_json(folder / paths.CONFIG, config.plain())
    if stops:
        with pytest.raises(Stopped), Stopping(folder) as job:
            work(config, job)
        assert len(distances(folder)) == 10
    with JobContext(folder) as job:
        work(config, job)
    return folder


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("fit").resolve())


@pytest.fixture(scope="module")
def fitted(space: Workspace) -> Path:
    return fit(space, crops(space, BLURRED, "blurred"))


def test_a_recipe_comes_nearer_to_images_of_another_and_is_saved_beside_it(space: Workspace, fitted: Path):
    told = read_json(fitted / paths.SUMMARY)
    assert told["gained"]
    assert told["after"] < 0.7 * told["before"]
    assert any(change.startswith("Blur from 0 ") for change in told["changes"])
    (saved,) = saved_recipes(space, Recipe)
    assert (saved.id, saved.name) == (told["recipe"], "plain, fitted")
    recipe = fitted_recipe(fitted)
    assert saved.recipe == recipe
    assert recipe is not None
    assert recipe.texts == PLAIN.texts
    broad = [look for look in recipe.looks if look.changed(weight=1.0) == PLAIN.looks[0]]
    assert sum(look.weight for look in broad) == pytest.approx(0.3)


def test_the_way_there_is_kept_for_pages(fitted: Path):
    found = [one for one in distances(fitted) if one is not None]
    assert len(distances(fitted)) == TRIALS
    assert min(found) < found[0]
    assert [one.trial for one in strips(fitted)][0::TRIALS] == [0]
    assert len(strips(fitted)) >= 2
    blur = {name: np.nanmedian(frame["blur"]) for name, frame in measures_of(fitted).items()}
    assert abs(blur["after"] - blur["real"]) < abs(blur["before"] - blur["real"])
    real = kept_crops(fitted)
    assert len(real) == 60
    assert sum(crop.held_out for crop in real) == 12
    assert all(crop.text.isdigit() for crop in real)


def test_a_fit_that_was_stopped_ends_alike(space: Workspace, fitted: Path):
    again = fit(space, "blurred", stops=True)
    assert distances(again) == distances(fitted)
    assert (again / paths.RECIPE).read_text() == (fitted / paths.RECIPE).read_text()
    assert read_json(again / paths.SUMMARY)["gain"] == read_json(fitted / paths.SUMMARY)["gain"]
    assert len(saved_recipes(space, Recipe)) == 1  # the same recipe is saved once


def test_trials_of_another_version_are_made_again(space: Workspace, fitted: Path):
    folder = space.collection("fits") / new_id()
    shutil.copytree(fitted, folder)
    for name in (paths.RECIPE, paths.SUMMARY):
        (folder / name).unlink()
    config = FitConfig.parse(read_json(folder / paths.CONFIG))
    events = read_events(folder / paths.EVENTS)[0]
    (folder / paths.EVENTS).unlink()
    writer = EventWriter(folder / paths.EVENTS)
    for event in (event for event in events if event["kind"] == TRIAL):
        moved = {"recipe": "0" * 64, "distance": 0.0} if event["step"] >= TRIALS - 5 else {}
        writer.append({name: value for name, value in event.items() if name != CHECKSUM} | moved)
    writer.close()
    with JobContext(folder) as job:
        work(config, job)
    assert distances(folder) == distances(fitted)
    assert f"Trials from {TRIALS - 5} on are made again" in (folder / paths.EVENTS).read_text()


def test_where_nothing_is_gained_that_is_told_and_nothing_saved(workspace: Workspace):
    folder = fit(workspace, crops(workspace, PLAIN, "same", labels=True), trials=12)
    told = read_json(folder / paths.SUMMARY)
    assert not told["gained"]
    assert told["recipe"] is None
    assert saved_recipes(workspace, Recipe) == []
    events = (folder / paths.EVENTS).read_text()
    assert "leave it" in events or "so no recipe was changed" in events  # as far from other crops, or farther


def test_the_colours_of_photos_are_measured_and_drawn(workspace: Workspace):
    pairs = [{"text": "#ffe000", "ground": "#103080"}, {"text": "#900000", "ground": "#d0f0d0"}]
    coloured = PLAIN.looks[0].plain() | {"paired_colours": 1, "colour_pairs": pairs}
    folder = fit(workspace, crops(workspace, PLAIN.changed(looks=[coloured]), "coloured"), trials=10)
    told, recipe = read_json(folder / paths.SUMMARY), fitted_recipe(folder)
    assert told["gained"]
    assert recipe is not None
    assert f"Colours: {len(recipe.looks[0].colour_pairs)} pairs measured in the photos" in told["changes"]
    colour = {name: frame["colour"].mean() for name, frame in measures_of(folder).items()}
    assert colour["before"] < 1
    assert colour["after"] > 0.2 * colour["real"]


def test_few_crops_tell_no_gain_however_near_the_recipe_comes(workspace: Workspace):
    folder = fit(workspace, crops(workspace, BLURRED, "twelve", number=12), trials=10)
    told = read_json(folder / paths.SUMMARY)
    assert (told["held_out"], told["interval"], told["gained"], told["recipe"]) == (2, None, False, None)
    assert saved_recipes(workspace, Recipe) == []
    events = (folder / paths.EVENTS).read_text()
    assert "2 crops are held out, too few to tell a gain: that takes 6." in events
    assert "give 30 crops or more" in events


def test_another_fit_replaces_what_the_last_one_found(space: Workspace, fitted: Path):
    recipe = fitted_recipe(fitted)
    assert recipe is not None
    again = fitted_recipe(fit(space, "blurred", recipe=recipe.plain(), trials=10))
    assert again is not None
    assert again.name == "plain, fitted"
    assert [look.fitted for look in again.looks] == [True, False]
    assert again.looks[1] == recipe.looks[1]


def test_crops_of_all_folders_are_taken_where_there_are_more_than_a_fit_takes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("engine.synth.photo_fit.photos.MOST_CROPS", 20)
    both = workspace.imports / "both"
    both.mkdir()
    for height in (24, 48):
        look = PLAIN.looks[0].changed(height=height)
        crops(workspace, PLAIN.changed(looks=(look,)), str(height), labels=False, number=30)
        (workspace.imports / str(height)).rename(both / str(height))
    names = [f"{height}/{number}.png,{number} €" for height in (24, 48) for number in range(30)]
    (both / "labels.csv").write_bytes("\n".join(["file,text", *names]).encode("cp1252"))
    folder = workspace.collection("fits") / new_id()
    folder.mkdir()
    with JobContext(folder) as job:
        found = real_crops(FitConfig.parse({"path": "both", "encoding": "cp1252"}), job)
    heights = [open_image(crop_path(folder, number)).height for number in range(len(found))]
    assert len(found) == 20
    assert set(heights) == {24, 48}
    assert all(crop.text.endswith(" €") for crop in found)


def test_too_few_crops_are_refused_with_what_was_left_out(workspace: Workspace):
    folder = workspace.imports / "few"
    folder.mkdir()
    (image,) = (sample.image for sample in preview(PLAIN, 1, 0))
    for name in ("a.png", "b.png"):
        image.save(folder / name)
    Image.new("RGB", (90, 30), "white").save(folder / "c.png")
    (folder / "d.png").write_text("no image")
    Image.new("RGB", (9000, 20), "white").save(folder / "e.png")
    with pytest.raises(SourceError) as refused:
        fit(workspace, "few")
    said = str(refused.value)
    assert "Usable crops of words that were found: 1 " in said
    assert "1 × blank" in said
    assert "1 × there twice" in said
    assert "A fit needs 10" in said
    assert "8192" in said or "pixels" in said
