"""Words set apart: those that judge and those that teach share no image, and the choice is the same again."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.adaptation.words import LEAST, SetApart, WordImage, words_of
from engine.errors import SourceError
from engine.sources.folder import FolderTree
from glyphlab_read.documents.page_reader import PageReader
from tests.helpers.sources import png, save_files

EXAMPLES = Path(__file__).parents[2] / "dashboard" / "home" / "example_images"


def words(contents: list[bytes]) -> Iterator[WordImage]:
    return (WordImage(f"{number}.png", content) for number, content in enumerate(contents))


def held(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=40, max_size=80), st.integers(5, 40), st.integers(0, 3))
def test_no_image_both_judges_and_teaches(tmp_path: Path, numbers: list[int], judged: int, seed: int):
    contents = [b"%d" % number for number in numbers]
    if len(set(contents)) < LEAST:
        return
    judging, learning = (held(path) for path in SetApart(tmp_path, judged, seed).write(words(contents)))
    assert not set(judging.values()) & set(learning.values())
    assert sorted([*judging.values(), *learning.values()]) == sorted(set(contents))
    assert len(judging) == min(judged, len(set(contents)) // 3)
    again = [held(path) for path in SetApart(tmp_path, judged, seed).write(words(contents[::-1]))]
    assert [set(part.values()) for part in again] == [set(judging.values()), set(learning.values())]


def test_too_few_different_words_are_refused(tmp_path: Path):
    with pytest.raises(SourceError, match=f"3 different words, and at least {LEAST}"):
        SetApart(tmp_path, 5, 0).write(words([b"a", b"b", b"c"] * 9))


def test_words_are_cut_out_of_photos_and_taken_as_they_are_otherwise(tmp_path: Path):
    photo = (EXAMPLES / "signs.jpg").read_bytes()
    root = save_files(tmp_path, {"photo.jpg": photo, "word.png": png(1), "broken.png": b"no image"})
    seen: list[tuple[int, int]] = []
    found = list(words_of(FolderTree(root), "auto", PageReader.open, lambda *done: seen.append(done)))
    cut = [word for word in found if word.name.startswith("photo.jpg-word-")]
    assert len(cut) > 3
    assert {word.name: word.content for word in found if word not in cut} == {
        "word.png": png(1),
        "broken.png": b"no image",
    }
    assert seen == [(0, 3), (1, 3), (2, 3)]
    whole = list(words_of(FolderTree(root), "word", PageReader.open, lambda *_: None))
    assert [word.name for word in whole] == sorted(["broken.png", "photo.jpg", "word.png"])
