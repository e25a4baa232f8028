"""The command `glyphlab-read`: what it prints, and what it returns."""

import json
from pathlib import Path

import pytest

from glyphlab_read.command import main

EXAMPLES = Path(__file__).parents[2] / "dashboard" / "home" / "example_images"
WORDS = [str(EXAMPLES / name) for name in ("Silver.png", "coffee.png")]
PHOTO = str(EXAMPLES / "signs.jpg")


def test_words_and_photos_are_told_apart_and_printed_in_order(capsys: pytest.CaptureFixture[str]):
    assert main(["starter", WORDS[0], PHOTO, WORDS[1]]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [rows[0][0], rows[0][2], rows[-1][0], rows[-1][2]] == [WORDS[0], "Silver", WORDS[1], "coffee"]
    assert {name for name, _, _ in rows[1:-1]} == {PHOTO}
    assert "HEDONISM" in {text for _, _, text in rows[1:-1]}
    assert all(0 <= float(sure) <= 1 for _, sure, _ in rows)


def test_texts_alone_and_objects_a_line(capsys: pytest.CaptureFixture[str]):
    assert main(["starter", "--format", "text", *WORDS]) == 0
    assert capsys.readouterr().out == "Silver\ncoffee\n"
    assert main(["starter", "--format", "json", "--beam", "2", WORDS[0], PHOTO]) == 0
    word, photo = map(json.loads, capsys.readouterr().out.splitlines())
    assert (word["file"], word["text"], word["candidates"][0]["text"]) == (WORDS[0], "Silver", "Silver")
    assert "".join(one["char"] for one in word["characters"]) == "Silver"
    assert len(photo["blocks"][0]["lines"][0]["words"][0]["quad"]) == 4


def test_what_cannot_be_opened_is_told_and_the_rest_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    damaged = tmp_path / "a\tb.png"
    damaged.write_bytes(b"no image")
    assert main(["starter", str(damaged), "--format", "text", WORDS[0]]) == 1
    captured = capsys.readouterr()
    assert captured.out == "Silver\n"
    assert "These bytes are no PNG" in captured.err


def test_a_folder_without_images_is_told_and_the_rest_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["starter", "--format", "text", WORDS[0], str(tmp_path), WORDS[1]]) == 1
    captured = capsys.readouterr()
    assert captured.out == "Silver\ncoffee\n"
    assert captured.err.startswith(f"{tmp_path}: The folder")


def test_nothing_read_is_another_code(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    assert main(["starter", str(tmp_path / "none.png")]) == 2
    assert main(["starter", "--as", "photo", str(tmp_path / "none.png")]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{folder}", WORDS[0]], "manifest.json of bundle"),
        (["starter", "{folder}"], "holds no png"),
        (["starter", "--beam", "99", WORDS[0]], "beam: 99 was given"),
        (["starter", "--threads", "0", WORDS[0]], "--threads: 0 was given"),
        (["starter", "--locator", "{folder}", PHOTO], "manifest.json of bundle"),
    ],
)
def test_what_cannot_begin_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], words: str
):
    assert main([argument.format(folder=tmp_path) for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert (captured.out, words in captured.err) == ("", True)
