"""Uploads: checked before they are kept, found by id alone, and drawn with as if they were bundled."""

import io
import json
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Style
from engine.config.text_sources import Characters, Pattern, Words
from engine.errors import ConfigError, ImageError, SourceError
from engine.synth import add_font, add_list, add_picture, annotate_sample, delete_asset, list_assets, pictures, preview
from engine.synth import assets as module
from engine.synth.assets import find_asset
from engine.synth.dictionaries import dictionary
from engine.synth.trdg.adapter import FONTS
from engine.workspace import Workspace
from tests.helpers.tiny_fonts import tiny_font

LATO = FONTS / "latin" / "Lato-Regular.ttf"


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def picture(colour: str = "#c08040", size: tuple[int, int] = (300, 200)) -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", size, colour).save(stored, "PNG")
    return stored.getvalue()


def test_an_uploaded_font_draws_as_the_bundled_one_does(space: Workspace):
    font = add_font(space, LATO.read_bytes(), "My <b>Lato</b>\n")
    assert font.label == "My <b>Lato</b>"
    assert font.facts["family"].startswith("Lato")
    assert font.facts["characters"] > 200
    looks = [Style(fonts=(id,), background=BackgroundWeights(noise=0)) for id in (font.id, "latin/Lato-Regular")]
    ours, theirs = (preview(Recipe(looks=(look,)), 3, 0, space) for look in looks)
    assert all(np.array_equal(np.asarray(a.image), np.asarray(b.image)) for a, b in zip(ours, theirs, strict=True))


def test_the_same_bytes_are_kept_once_and_the_last_label_stays(space: Workspace):
    first, again = add_list(space, b"a\nb", "one"), add_list(space, b"\xef\xbb\xbf a \r\n\r\nb\n", "two")
    assert first.id == again.id
    assert [asset.label for asset in list_assets(space, "lists")] == ["two"]
    delete_asset(space, "lists", first.id)
    assert list_assets(space, "lists") == []
    assert not [path for path in (space.assets / "lists").iterdir() if path.is_file()]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no TrueType or OpenType"),
        (b"wOFF" + bytes(100), ".woff"),
        (b"\x00\x01\x00\x00" + bytes(200), "cannot be used"),
        (LATO.read_bytes()[:5000], "cannot be used"),
        (tiny_font("a").replace(b"glyf", b"glyx"), "cannot be used"),
    ],
    ids=["empty", "web font", "zeros", "cut", "no outlines"],
)
def test_a_bad_font_is_refused_and_not_kept(space: Workspace, content: bytes, words: str):
    with pytest.raises(SourceError, match=words):
        add_font(space, content, "x")
    assert list_assets(space, "fonts") == []


def _checks() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "font_validation.py" in " ".join(child.cmdline())]


def test_the_check_of_a_font_ends_when_nobody_waits_for_it(space: Workspace, monkeypatch: pytest.MonkeyPatch):
    seen = []

    def left() -> None:
        seen.extend(_checks())
        raise TimeoutError("the page was left")

    monkeypatch.setattr(module, "_WATCH_SECONDS", 0.01)
    with pytest.raises(TimeoutError, match="the page was left"):
        add_font(space, LATO.read_bytes(), "x", left)
    assert len(seen) == 1
    assert _checks() == list_assets(space, "fonts") == []


def test_a_font_without_a_visible_character_is_refused(space: Workspace):
    with pytest.raises(SourceError, match="none of its characters shows"):
        add_font(space, tiny_font(""), "x")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no text"), (b" \n\n", "no text"), (b"caf\xe9", "byte 4"), (b"a\0b", "no text")],
)
def test_a_bad_list_is_refused(space: Workspace, content: bytes, words: str):
    with pytest.raises(SourceError, match=words):
        add_list(space, content, "x")


def test_limits_hold(space: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MAX_LIST_BYTES", 10)
    with pytest.raises(SourceError, match="MB is the most"):
        add_list(space, b"x" * 11, "x")
    monkeypatch.setattr(module, "MAX_LINES", 2)
    with pytest.raises(SourceError, match="3 lines"):
        add_list(space, b"a\nb\nc", "x")
    monkeypatch.setattr(module, "MAX_ASSETS", 1)
    add_list(space, b"a\nb", "x")
    with pytest.raises(SourceError, match="Delete some"):
        add_list(space, b"c", "x")
    add_list(space, b"a\nb", "the same again")


def test_a_picture_becomes_plain_pixels_of_bounded_size(space: Workspace):
    kept = add_picture(space, picture(size=(4000, 1000)), "wall")
    assert (kept.facts["width"], kept.facts["height"]) == (2048, 512)
    assert kept.path.suffix == ".jpg"
    with pytest.raises(ImageError):
        add_picture(space, b"%!PS-Adobe", "evil.png")
    assert [shown.id for shown in pictures(space)][-1] == kept.id
    look = Style(pictures=(kept.id,), background=BackgroundWeights(noise=0, white=0, picture=1))
    (sample,) = preview(Recipe(looks=(look,)), 1, 0, space)
    assert np.abs(np.asarray(sample.image)[0, 0].astype(int) - (0xC0, 0x80, 0x40)).max() < 6


def test_the_bundled_pictures_have_ids(space: Workspace):
    assert [shown.id for shown in pictures()] == ["trdg/bricks", "trdg/city", "trdg/containers", "trdg/water"]
    look = Style(pictures=("trdg/water",), background=BackgroundWeights(noise=0, white=0, picture=1))
    (sample,) = preview(Recipe(looks=(look,)), 1, 0)
    red, _, blue = np.asarray(sample.image).reshape(-1, 3).mean(axis=0)
    assert blue > red
    with pytest.raises(ConfigError, match="'/etc/passwd' is no picture"):
        preview(Recipe(looks=(look.changed(pictures=["/etc/passwd"]),)), 1, 0)


@pytest.mark.parametrize(
    "id", ["uploaded/" + "0" * 64, "uploaded/../../../etc/passwd", "uploaded/", "latin/Lato-Regular"]
)
def test_only_what_was_uploaded_is_found(space: Workspace, id: str):
    add_list(space, b"a", "x")
    with pytest.raises(ConfigError, match="uploaded here"):
        find_asset(space, "lists", id)


def test_a_changed_file_a_link_and_a_damaged_label_are_not_used(space: Workspace, tmp_path: Path):
    kept = [add_list(space, word.encode(), word) for word in ("changed", "linked", "damaged", "sound")]
    kept[0].path.write_text("other")
    elsewhere = tmp_path / "elsewhere.txt"
    kept[1].path.rename(elsewhere)
    kept[1].path.symlink_to(elsewhere)
    kept[2].path.with_suffix(".json").write_text("{")
    for asset in kept[:3]:
        with pytest.raises(ConfigError, match="uploaded here"):
            find_asset(space, "lists", asset.id)
    assert find_asset(space, "lists", kept[3].id) == kept[3]


def test_a_label_file_cannot_point_elsewhere(space: Workspace):
    kept = add_list(space, b"word", "x")
    record = json.loads(kept.path.with_suffix(".json").read_text())
    kept.path.with_suffix(".json").write_text(json.dumps({**record, "file": "../../../etc/passwd"}))
    with pytest.raises(ConfigError, match="uploaded here"):
        find_asset(space, "lists", kept.id)


def test_hebrew_needs_a_font_and_is_drawn_with_one(space: Workspace):
    recipe = Recipe(texts=(Words(language="he"),))
    with pytest.raises(ConfigError, match="Noto Sans Hebrew"):
        preview(recipe, 1, 0)
    words = dictionary("he")
    letters = "".join(sorted(set().union(*(words[line] for line in range(0, len(words), len(words) // 30)))))
    font = add_font(space, tiny_font(letters), "blocks")
    samples = preview(recipe.changed(looks=[Style(fonts=(font.id,))]), 4, 0, space)
    assert all(set(sample.label) <= set(letters) for sample in samples)


def test_hebrew_is_drawn_whole_from_right_to_left_and_labelled_as_it_is_read(space: Workspace):
    font = add_font(space, tiny_font("אבגדה"), "blocks")
    look = Style(fonts=(font.id,), background=BackgroundWeights(noise=0))
    told = annotate_sample(Recipe(texts=(Pattern(pattern="אב{3} גדה"),), looks=(look,)), 0, 0, space)
    assert told.label == "אבבב גדה"
    assert told.factors["word_split"]
    assert [box.text for box in told.boxes] == [told.label]
    columns = (np.asarray(told.image.convert("L")) < 128).any(axis=0)
    starts = np.flatnonzero(np.diff(columns.astype(int)) > 0)
    gaps = np.diff(starts)
    assert len(starts) == 7
    assert int(gaps.argmax()) == 2  # three letters stand left of the space: the word that is read last


def test_a_mixed_look_uses_the_font_that_has_the_signs(space: Workspace):
    font = add_font(space, tiny_font("☃"), "snow")
    look = Style(fonts=(font.id, "latin/Lato-Regular"))
    texts = (Characters(symbols="☃", lower=False, upper=False, digits=False), Words())
    for sample in preview(Recipe(texts=texts, looks=(look,)), 12, 0, space):
        assert sample.factors["font"] == (font.id if "☃" in sample.label else "latin/Lato-Regular")
