"""The command `fonts`: what it lists of packs, what it says where there are none, and a generation that names them."""

from pathlib import Path

import pytest

from engine.cli import main as cli
from engine.cli.fonts import ready
from engine.config.adapting import AdaptConfig
from engine.config.fitting import FitConfig
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.datasets.dataset import open_dataset
from engine.jobs import list_jobs
from engine.synth.face_verdicts import FaceVerdict, keep_verdicts
from engine.synth.font_packs import installed_packs
from engine.synth.trdg.adapter import FONTS
from engine.workspace import Workspace
from tests.helpers.font_packs import unpack


def run(workspace: Workspace, *words: str) -> int:
    return cli.main([*words, "--workspace", str(workspace.root)])


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace beside a pack of two faces, one of which is left out."""
    lato = (FONTS / "latin" / "Lato-Regular.ttf").read_bytes()
    unpack(tmp_path / "root", "pair", {"Good.ttf": lato, "Odd.ttf": lato + b"odd"})
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "root"))
    space = Workspace(tmp_path / "space")
    good, odd = installed_packs()["pair"].faces
    keep_verdicts(space, {good: FaceVerdict("", 16, 16), odd: FaceVerdict("capitals only")})
    return space


def test_packs_are_listed_with_what_they_give(workspace: Workspace, capsys: pytest.CaptureFixture[str]):
    assert run(workspace, "fonts") == 0
    assert capsys.readouterr().out.splitlines() == ["pair/*\t1 of 2 faces\tOFL-1.1", "1 face of 1 family in 1 pack"]
    assert run(workspace, "fonts", "left-out") == 0
    assert capsys.readouterr().out == "pair/Odd\tcapitals only\n"


def test_without_packs_it_says_how_to_get_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path))
    assert run(Workspace(tmp_path), "fonts") == 1
    assert "`make fonts` installs" in capsys.readouterr().err


def test_a_generation_with_a_missing_pack_does_not_start(workspace: Workspace, capsys: pytest.CaptureFixture[str]):
    fonts = '["pair/*", "lobster/*"]'
    assert run(workspace, "generate", "--images", "10", "--recipe.looks.0.fonts", fonts) == 2
    assert "sudo apt-get install fonts-lobster" in capsys.readouterr().err
    assert not list(workspace.collection("datasets").iterdir())


@pytest.mark.parametrize("config", [AdaptConfig(path="mine"), FitConfig(path="mine"), GenerateConfig()])
def test_jobs_that_draw_name_each_face(workspace: Workspace, config: AdaptConfig | FitConfig | GenerateConfig):
    recipe = Recipe.parse({"looks": [{"fonts": ["pair/*"]}]})
    made = ready(workspace, config.changed(recipe=recipe), None)
    assert made == config.changed(recipe=Recipe.parse({"looks": [{"fonts": ["pair/Good"]}]}))


def test_a_recipe_is_drawn_in_another_language(workspace: Workspace, capsys: pytest.CaptureFixture[str]):
    words = ["--preset", "TRDG words", "--language", "fr", "--images", "40", "--processes", "1", "--name", "French"]
    assert run(workspace, "generate", *words) == 0
    (dataset,) = list_jobs(workspace, "datasets")
    assert [source.get("language") for source in dataset.config["recipe"]["texts"]] == ["fr", None, None, "fr"]
    assert any(not label.isascii() for label in open_dataset(dataset.folder).frame()["label"])
    capsys.readouterr()
    assert run(workspace, "generate-scenes", "--language", "xx") == 2
    assert "'xx' has no dictionary here" in capsys.readouterr().err
