"""Texts of all scripts are drawn as their readers expect; what cannot be drawn is counted and named."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Style
from engine.config.text_sources import WordList
from engine.synth import add_font, add_list, preview
from engine.synth.asset_resolver import AssetResolver
from engine.synth.check import check_fonts
from engine.synth.scripts import is_plain, is_shaped, runs_left
from engine.workspace import Workspace
from tests.helpers.tiny_fonts import tiny_font

FROM_THE_RIGHT = {
    "Arabic": "سلام",
    "presentation forms": "\ufeb3\ufefc\ufee1",
    "Hebrew forms": "\ufb4f\ufb20",
    "Syriac": "\u0710\u0712",
    "Adlam": "\U0001e900\U0001e901",
    "Old Turkic": "\U00010c00\U00010c01",
    "Cypriot": "\U00010800\U00010801",
}
FROM_THE_LEFT = {
    "Khmer": "\u1780\u17d2\u1781",
    "Javanese": "\ua98f\ua9c0",
    "Hindi": "हिंदी",
    "Brahmi": "\U00011005\U00011038",
}


@pytest.mark.parametrize("text", FROM_THE_RIGHT.values(), ids=FROM_THE_RIGHT)
def test_scripts_that_run_from_the_right_are_known_by_their_class(text: str):
    assert is_shaped(text)
    assert runs_left(text)
    assert is_plain(text)


@pytest.mark.parametrize("text", FROM_THE_LEFT.values(), ids=FROM_THE_LEFT)
def test_other_scripts_are_drawn_in_whole_words(text: str):
    assert is_shaped(text)
    assert is_plain(text)
    assert not runs_left(text)


@pytest.mark.parametrize("text", ["word", "Straße", "永字", "한국", "Ж", "1\u00bd"])
def test_scripts_whose_letters_stand_alone_are_drawn_one_by_one(text: str):
    assert not is_shaped(text)
    assert is_plain(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("می\u200cخواهم", True),
        ("ক\u09cd\u200dষ", True),
        ("a\u200cb", False),
        ("\U0001f469\u200d\U0001f680", False),
        ("س\u200fم", False),
        ("soft\u00adhyphen", False),
    ],
)
def test_joiners_are_drawn_where_letters_join(text: str, plain: bool):
    assert is_plain(text) == plain


LETTERS = "\ufeb3\ufefc\ufee1ابتجمیخواه"


def drawn(tmp_path: Path, content: str) -> tuple[list[str], np.ndarray]:
    space = Workspace(tmp_path)
    font, words = add_font(space, tiny_font(LETTERS), "blocks"), add_list(space, content.encode(), "words")
    look = Style(fonts=(font.id,), background=BackgroundWeights(noise=0), height=64, skew=0, blur=0.0)
    samples = preview(Recipe(texts=(WordList(asset=words.id),), looks=(look,)), 12, 0, space)
    return [sample.label for sample in samples], 255 - np.asarray(samples[0].image.convert("L"))


def test_presentation_forms_stand_as_pillow_sets_them(tmp_path: Path):
    (label, *_), ink = drawn(tmp_path, "\ufeb3\ufefc\ufee1")
    assert label == "\ufeb3\ufefc\ufee1"
    (file,) = (tmp_path / "assets" / "fonts").glob("*.ttf")
    image = Image.new("L", (400, 120))
    ImageDraw.Draw(image).text((20, 20), label, 255, ImageFont.truetype(str(file), 64))
    expected = image.crop(image.getbbox()).resize((200, 40))
    box = Image.fromarray((ink > 100).astype(np.uint8)).getbbox()
    found = Image.fromarray(ink).crop(box).resize((200, 40))
    assert np.corrcoef(np.asarray(found).ravel(), np.asarray(expected).ravel())[0, 1] > 0.9


def test_words_with_joiners_are_drawn_and_keep_them(tmp_path: Path):
    labels, _ = drawn(tmp_path, "می\u200cخواهم\nتاج")
    assert set(labels) == {"می\u200cخواهم", "تاج"}


def test_lines_that_can_never_be_drawn_are_counted_and_named(tmp_path: Path):
    space = Workspace(tmp_path)
    lines = ["zero\u200bwidth", "soft\u00adhyphen", "\u200emark", "plain", "ẹ\u0301", "q\u0303uo", "two ẹ\u0301 words"]
    words = add_list(space, "\n".join(lines).encode(), "mine")
    assert words.path.read_text().splitlines()[:4] == ["zerowidth", "softhyphen", "mark", "plain"]
    assert (words.facts["lines"], words.facts["never_drawn"]) == (7, 3)
    assert words.facts["such_as"] == lines[4:]
    assert "never_drawn" not in add_list(space, "Ärger\nmeh\nسلام".encode(), "fine").facts


def test_the_check_names_entries_that_are_never_drawn(tmp_path: Path):
    space = Workspace(tmp_path)
    words = add_list(space, "plain\nẹ\u0301\n☃man\nother".encode(), "mine")
    recipe = Recipe(texts=(WordList(asset=words.id),), looks=(Style(fonts=("latin/Lato-Regular",)),))
    (finding,) = (each for each in check_fonts(recipe, 0, AssetResolver(space))[1] if each.kind == "never")
    assert finding.share == 0.5
    assert "“ẹ\u0301”" in finding.text
    assert "☃man" in finding.text
