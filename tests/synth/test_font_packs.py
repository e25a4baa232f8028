"""Font packs: named the same on every machine, taken whole without what nobody can read, and missed with a remedy."""

import string
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import BackgroundWeights, Style
from engine.config.text_sources import Digits
from engine.errors import ConfigError
from engine.publishing.training_data import _fonts
from engine.synth import preview
from engine.synth.asset_resolver import AssetResolver
from engine.synth.face_check import check_packs
from engine.synth.face_verdicts import FaceVerdict, keep_verdicts, verdicts_of
from engine.synth.font_licences import package_licence
from engine.synth.font_packs import RECOMMENDED, MissingFont, installed_packs
from engine.synth.samples import draw_sample
from engine.synth.scenes.scene import draw_scene
from engine.synth.trdg.adapter import FONTS
from engine.synth.whole_packs import written_out
from engine.workspace import Workspace
from tests.helpers.font_packs import unpack
from tests.helpers.tiny_fonts import changed, mapped, small_capitals

LATO = FONTS / "latin" / "Lato-Regular.ttf"
HEAVY = FONTS / "latin" / "Lato-Heavy.ttf"
OTHER = FONTS / "latin" / "DroidSans.ttf"
_SHIFTED = {f"U{ord(each):04X}": ord(each) + 1 for each in string.ascii_letters + string.digits if each not in "zZ9"}
_FACES = {
    "Good.ttf": LATO.read_bytes(),
    "Capitals.ttf": changed(LATO, small_capitals(string.ascii_lowercase)),
    "Cipher.ttf": changed(LATO, mapped(**_SHIFTED)),
    "Damaged.ttf": LATO.read_bytes()[:5000],
}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory):
    """A workspace whose pack `odd` was checked, with the root below which it lies."""
    root, space = tmp_path_factory.mktemp("root"), Workspace(tmp_path_factory.mktemp("space"))
    unpack(root, "odd", _FACES)
    seen: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLYPHLAB_FONTS", str(root))
        check_packs(space, [installed_packs()["odd"]], lambda done, of: seen.append((done, of)))
        yield SimpleNamespace(space=space, root=root, seen=seen)


def recipe(*fonts: str, by_family: bool = False) -> Recipe:
    look = Style(fonts=fonts, by_family=by_family, background=BackgroundWeights(noise=0))
    return Recipe(texts=(Digits(),), looks=(look,))


def test_a_pack_is_taken_without_what_nobody_can_read_and_says_why(checked: SimpleNamespace):
    pack = installed_packs()["odd"]
    faults = {face.id: verdict.fault for face, verdict in verdicts_of(checked.space, pack.faces).items()}
    assert faults.pop("odd/Good") == ""
    assert faults["odd/Capitals"] == "capitals only"
    assert faults["odd/Cipher"] == "the starter reads 0 of 16 words in it"
    assert faults["odd/Damaged"].startswith("cannot be used: ")
    drawn = AssetResolver(checked.space).fonts(["odd/*", "odd/Cipher"])
    assert [font.id for font in drawn] == ["odd/Good", "odd/Cipher"]
    assert checked.seen[0][1] == 4
    assert checked.seen[-1] == (4, 4)


def test_a_face_draws_as_the_bundled_file_does_and_its_pack_is_written_out(checked: SimpleNamespace):
    ours, theirs = (preview(recipe(id), 3, 0, checked.space) for id in ("odd/Good", "latin/Lato-Regular"))
    assert all(np.array_equal(np.asarray(a.image), np.asarray(b.image)) for a, b in zip(ours, theirs, strict=True))
    assert written_out(recipe("odd/*"), checked.space).looks[0].fonts == ("odd/Good",)
    scenes = written_out(SceneRecipe(words=recipe("latin/Lato-Bold", "odd/*")), checked.space)
    assert scenes.words.looks[0].fonts == ("latin/Lato-Bold", "odd/Good")


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("lobster/Lobster", "not installed here.*`make fonts`.*sudo apt-get install fonts-lobster"),
        ("noto-core/*", "not installed here. Install it: on Debian.*apt-get install fonts-noto-core"),
        ("odd/Better", "no face of the font pack 'odd'"),
        ("../x/*", "is no font here"),
    ],
)
def test_what_is_missing_is_told_with_the_remedy_before_anything_starts(checked: SimpleNamespace, id: str, words: str):
    with pytest.raises(ConfigError, match=words):
        written_out(recipe(id), checked.space)


def test_a_pack_that_was_not_checked_is_not_drawn_with_unawares(checked: SimpleNamespace, tmp_path: Path):
    with pytest.raises(MissingFont, match=r"4 of 4 faces of the font pack 'odd' were not checked.*make fonts"):
        preview(recipe("odd/*"), 1, 0, Workspace(tmp_path))


def test_a_model_card_names_the_licence_of_the_package(checked: SimpleNamespace):
    assert _fonts(checked.space, Counter({"odd/Good": 3, "gone/Face": 1})) == (
        ("Good", "OFL-1.1", 3),
        ("gone/Face", "unknown", 1),
    )
    assert package_licence("It may be used under the GNU General Public License.") == "GPL"
    assert package_licence("Files: *\nLicense: madduck-special-license\n said so") == "its author's own terms"


def test_a_family_is_drawn_as_often_as_another_however_many_weights_it_has(tmp_path: Path):
    fonts = (*(f"latin/Lato-{weight}" for weight in ("Regular", "Bold", "Light", "Heavy")), "latin/DroidSans")
    drawn = {}
    for by_family in (False, True):
        wanted = recipe(*fonts, by_family=by_family)
        found = Counter(str(draw_sample(wanted, 0, index).factors["font"]) for index in range(200))
        drawn[by_family] = found["latin/DroidSans"] / 200
    assert 0.1 < drawn[False] < 0.3
    assert 0.4 < drawn[True] < 0.6
    assert len(found) == 5
    scenes = SceneRecipe(words=recipe(*fonts, by_family=True), width=320, height=240)
    assert draw_scene(scenes, 0, 0).image.size == (320, 240)


def test_what_make_fonts_installs_is_a_list_of_packages():
    assert len(RECOMMENDED) == len(set(RECOMMENDED)) > 60
    assert all(package.startswith("fonts-") for package in RECOMMENDED)


def test_verdicts_stay_with_a_file_and_survive_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "root"))
    space = Workspace(tmp_path / "space")
    unpack(tmp_path / "root", "two", {"A.ttf": OTHER.read_bytes(), "B.ttf": HEAVY.read_bytes()})
    faces = installed_packs()["two"].faces
    keep_verdicts(space, {faces[0]: FaceVerdict("odd", 1, 16)})
    keep_verdicts(space, {faces[1]: FaceVerdict("")})
    assert verdicts_of(space, faces) == {faces[0]: FaceVerdict("odd", 1, 16), faces[1]: FaceVerdict("")}
    (space.assets / "faces.json").write_text("{")
    assert verdicts_of(space, faces) == {}
