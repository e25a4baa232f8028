"""Fonts with faults: what they cannot show is never labelled as shown, and a glyph made to harm ends in a sentence."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import BackgroundWeights, Style
from engine.config.text_sources import CaseWeights, Characters, Digits, Pattern, Words
from engine.errors import ConfigError, SourceError
from engine.synth import add_font, annotate_sample, preview
from engine.synth.asset_resolver import AssetResolver, uploaded_fonts
from engine.synth.check import check_fonts
from engine.synth.fonts import Font, bundled_fonts, specimen
from engine.synth.glyphs import only_case
from engine.synth.samples import draw_label, draw_sample
from engine.synth.scenes.scene import draw_scene
from engine.synth.trdg.adapter import FONTS
from engine.workspace import Workspace
from tests.helpers.tiny_fonts import advance, boxed, changed, mapped, small_capitals, substituted, without_ascent

LATO = FONTS / "latin" / "Lato-Regular.ttf"
WHITE = BackgroundWeights(noise=0)
CAPITALS = mapped(**{letter: ord(letter.upper()) for letter in "abcdefghijklmnopqrstuvwxyz"})
SMALL = mapped(**{letter.upper(): ord(letter) for letter in "abcdefghijklmnopqrstuvwxyz"})


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def font_of(tmp_path: Path, *changes) -> Font:
    path = tmp_path / "odd.ttf"
    path.write_bytes(changed(LATO, *changes))
    return Font("odd", "Odd", path)


SPACES = {
    "none": mapped(U0020=None),
    "without width": advance(" ", 0),
    "a hair wide": advance(" ", 20),
    "with ink": mapped(U0020=ord("x")),
}


@pytest.mark.parametrize("change", SPACES.values(), ids=SPACES)
def test_a_space_that_is_no_gap_is_not_drawn(tmp_path: Path, change):
    font = font_of(tmp_path, change)
    assert (font.can_draw("two"), font.can_draw("two words")) == (True, False)
    assert "no space between words" in font.remarks


@pytest.mark.parametrize("change", SPACES.values(), ids=SPACES)
def test_where_no_font_has_a_gap_this_is_the_reason_told(space: Workspace, change):
    recipe = Recipe(texts=(Pattern(pattern="[a-z]{3} [a-z]{3}"),), looks=(Style(fonts=(kept(space, change),)),))
    with pytest.raises(ConfigError, match="no font has a gap for the space"):
        preview(recipe, 1, 0, space)
    _, findings = check_fonts(recipe, 0, AssetResolver(space))
    assert {finding.kind for finding in findings} == {"signs", "fonts"}
    assert all("the space" in finding.text for finding in findings)


def test_texts_with_spaces_are_drawn_in_another_font(space: Workspace):
    odd = kept(space, SPACES["none"])
    look = Style(fonts=(odd, "latin/Lato-Bold"))
    samples = preview(Recipe(texts=(Pattern(pattern="[a-z]{3} [a-z]{3}|[a-z]{3}"),), looks=(look,)), 30, 0, space)
    used = {" " in sample.label: set[str]() for sample in samples}
    for sample in samples:
        used[" " in sample.label].add(sample.factors["font"])
    assert used == {True: {"latin/Lato-Bold"}, False: {odd, "latin/Lato-Bold"}}


ONE_CASE = {"BEBAS___", "Capture_it", "Capture_it_2", "SEASRN__", "Amatic-Bold", "AmaticSC-Regular"}


def test_the_bundled_fonts_of_one_case_are_known():
    found = {font.id.split("/")[1]: only_case(font.path) for font in bundled_fonts()}
    assert {name for name, case in found.items() if case} == ONE_CASE
    assert {found[name] for name in ONE_CASE} == {"upper"}


@pytest.mark.parametrize(
    ("change", "drawn", "note"), [(CAPITALS, "HOTEL 7", "capitals only"), (SMALL, "hotel 7", "small")]
)
def test_a_font_of_one_case_is_told_and_labels_are_in_that_case(tmp_path: Path, change, drawn: str, note: str):
    font = font_of(tmp_path, change)
    assert font.as_drawn("Hotel 7") == drawn
    assert font.is_plain(drawn)
    assert not font.is_plain(drawn.swapcase())
    assert any(note in remark for remark in font.remarks)


def test_capitals_of_another_size_are_capitals_though_a_few_small_letters_stay(tmp_path: Path):
    few = font_of(tmp_path, small_capitals("ghnqt"))
    assert few.as_drawn("Hotel 7") == "Hotel 7"
    most = tmp_path / "most.ttf"
    most.write_bytes(changed(LATO, small_capitals("abcdefgijklmopqrsuvwxyz")))
    assert only_case(most) == "upper"


BOTH = Words(alphabet="letters", case=CaseWeights(listed=0, lower=1, upper=1))


def test_small_letters_are_drawn_in_fonts_that_have_them():
    look = Style(fonts=("latin/BEBAS___", "latin/Lato-Bold"))
    samples = preview(Recipe(texts=(BOTH,), looks=(look,)), 40, 0)
    assert {sample.factors["font"] for sample in samples if sample.label.islower()} == {"latin/Lato-Bold"}
    assert "latin/BEBAS___" in {sample.factors["font"] for sample in samples if sample.label.isupper()}


def test_where_no_font_has_small_letters_labels_are_in_capitals_and_the_check_says_so():
    recipe = Recipe(texts=(BOTH,), looks=(Style(fonts=("latin/BEBAS___",)),))
    assert all(sample.label.isupper() for sample in preview(recipe, 20, 0))
    assert [draw_label(recipe, 0, index) for index in range(5)] == [
        draw_sample(recipe, 0, index).label for index in range(5)
    ]
    told = annotate_sample(recipe, 0, 0)
    assert "".join(box.text for box in told.boxes) == told.label
    _, (finding,) = check_fonts(recipe, 0, AssetResolver())
    assert finding.kind == "alike"
    assert 0.3 < finding.share < 0.7
    assert "BEBAS" in finding.text


def test_of_a_charset_of_capitals_texts_are_found_though_their_source_lists_small_letters():
    recipe = Recipe(texts=(Words(alphabet="letters"),), looks=(Style(fonts=("latin/BEBAS___", "latin/Capture_it")),))
    label = draw_sample(recipe, 0, 0, lambda text: text.isupper()).label
    assert label.isupper()


def test_a_label_that_is_not_wanted_as_its_font_draws_it_is_never_drawn():
    recipe = Recipe(texts=(Words(alphabet="letters"),), looks=(Style(fonts=("latin/BEBAS___",)),))

    def wanted(text: str) -> bool:  # as a charset is that lacks some capitals of its small letters
        return "E" not in text

    labels = [draw_label(recipe, 0, index, wanted) for index in range(20)]
    assert all(map(wanted, labels))
    assert labels == [draw_sample(recipe, 0, index, wanted).label for index in range(20)]


@pytest.mark.parametrize("pair", ["0O", "1l", "5S", "lI"])
def test_a_digit_that_is_a_letter_is_drawn_elsewhere(tmp_path: Path, pair: str):
    font = font_of(tmp_path, mapped(**{pair[0]: ord(pair[1])}) if pair[0].isalpha() else _digit(pair))
    assert font.ambiguous(f"x{pair}y") == "".join(sorted(pair))
    assert not font.is_plain(pair[0])
    assert font.is_plain("xyz")
    assert any("alike" in remark for remark in font.remarks)


def _digit(pair: str):
    return mapped(**{f"U{ord(pair[0]):04X}": ord(pair[1])})


def test_the_check_tells_of_digits_that_look_like_letters(space: Workspace):
    odd = kept(space, _digit("0O"))
    recipe = Recipe(texts=(Characters(lower=False),), looks=(Style(fonts=(odd,)),))
    _, (finding,) = check_fonts(recipe, 0, AssetResolver(space))
    assert finding.kind == "alike"
    assert "0 O" in finding.text
    assert "(Bomb)" in finding.text
    other = recipe.changed(texts=(Pattern(pattern="[A-F]{4}"),))
    assert check_fonts(other, 0, AssetResolver(space)) == ([], [])


REFUSED = {
    "its ascender is 0": without_ascent,
    "larger than any page": boxed("q", 200, 32_000),
    "takes up room": lambda font: font["hmtx"].metrics.update(dict.fromkeys(font.getGlyphOrder(), (0, 0))),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_font_that_cannot_be_drawn_is_refused_at_its_upload(space: Workspace, why: str):
    with pytest.raises(SourceError, match=why):
        add_font(space, changed(LATO, REFUSED[why]), "odd")


CONTROLS = ("U000A", "U000D", "U001C", "U0085", "U2028", "U2029", "U00AD", "U200B")


def test_a_font_that_lists_line_ends_and_other_controls_is_taken(space: Workspace):
    font = add_font(space, changed(LATO, mapped(**dict.fromkeys(CONTROLS, ord("x")))), "controls")
    assert font.facts["characters"] > 200


def test_a_font_without_a_table_of_names_is_taken(space: Workspace):
    assert add_font(space, changed(LATO, lambda font: font.__delitem__("name")), "nameless").facts["family"] == ""


def test_a_font_with_ascent_0_from_before_it_was_refused_is_drawn_whole(tmp_path: Path):
    font = font_of(tmp_path, without_ascent)
    assert font.can_draw("Ägypten")
    assert specimen(font, "Ägypten").getbbox() is not None


def kept(space: Workspace, *changes) -> str:
    """Put a font among the uploads, as one that an earlier check let pass, and return its id."""
    content = changed(LATO, *changes)
    name = hashlib.sha256(content).hexdigest()
    folder = space.assets / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.ttf").write_bytes(content)
    record = {"format": 1, "label": "Bomb", "file": f"{name}.ttf", "added": "2026-01-01", "facts": {}}
    (folder / f"{name}.json").write_text(json.dumps(record))
    return f"uploaded/{name}"


BOMBS = {
    "tall": (boxed("q", 100, 32_000),),
    "below": (boxed("q", 100, -32_000),),
    "large": (boxed("q", 32_000, 15_900),),
    "behind a substitution": (boxed("@", 32_000, 32_000), substituted("q", "@")),
    "behind another letter": (boxed("@", 32_000, 32_000), mapped(q=ord("@"))),
}


@pytest.mark.parametrize("changes", BOMBS.values(), ids=BOMBS)
def test_a_glyph_made_to_harm_ends_in_a_sentence_with_the_font_s_name(space: Workspace, changes):
    look = Style(fonts=(kept(space, *changes),))
    recipe = Recipe(texts=(Pattern(pattern="q{3}"),), looks=(look,))
    with pytest.raises(ConfigError, match=r"'Bomb' cannot be used: it draws .*larger than any page.*another font"):
        preview(recipe, 1, 0, space)
    with pytest.raises(ConfigError, match="'Bomb' cannot be used"):
        annotate_sample(recipe, 0, 0, space)
    fine = recipe.changed(texts=(Digits(),))
    assert np.asarray(preview(fine, 1, 0, space)[0].image).min() < 128


def test_in_scenes_and_in_pictures_of_fonts_such_a_glyph_is_told_or_left_out(space: Workspace):
    id, tall = (kept(space, *BOMBS[name]) for name in ("behind a substitution", "tall"))
    words = Recipe(texts=(Pattern(pattern="qq"),), looks=(Style(fonts=(tall,)),))
    with pytest.raises(ConfigError, match="'Bomb' cannot be used"):
        for index in range(4):
            draw_scene(SceneRecipe(words=words, empty=0), 0, index, AssetResolver(space))
    (font,) = [font for font in uploaded_fonts(space) if font.id == id]
    assert specimen(font, "qq").width < 300
