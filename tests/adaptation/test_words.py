"""Words set apart: those that judge and those that teach share no image and no photo; the choice is the same again."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.adaptation.words import LEAST, SetApart, WordImage, words_of
from engine.documents.found_words import Content, WordFinder
from engine.errors import SourceError
from engine.jobs.context import Stopped
from engine.sources.folder import FolderTree
from engine.sources.photo_groups import crop_name, photo_of
from engine.workspace import STARTER, Workspace
from tests.helpers.sources import png, save_files

EXAMPLES = Path(__file__).parents[2] / "dashboard" / "home" / "example_images"


def words(contents: list[bytes]) -> Iterator[WordImage]:
    return (WordImage(f"{number}.png", content) for number, content in enumerate(contents))


def held(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def set_apart(folder: Path, judged: int, seed: int, words: Iterator[WordImage]) -> tuple[dict[str, bytes], ...]:
    """Set words apart, and return those that judge and the others."""
    apart = SetApart(folder, judged, seed)
    apart.remove()
    return tuple(held(path) for path in apart.write(words, lambda text: None))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=40, max_size=80), st.integers(5, 40), st.integers(0, 3))
def test_no_image_both_judges_and_teaches(tmp_path: Path, numbers: list[int], judged: int, seed: int):
    contents = [b"%d" % number for number in numbers]
    if len(set(contents)) < LEAST:
        return
    judging, learning = set_apart(tmp_path, judged, seed, words(contents))
    assert not set(judging.values()) & set(learning.values())
    assert sorted([*judging.values(), *learning.values()]) == sorted(set(contents))
    assert len(judging) == min(judged, len(set(contents)) // 3)
    again = set_apart(tmp_path, judged, seed, words(contents[::-1]))
    assert [set(part.values()) for part in again] == [set(judging.values()), set(learning.values())]


def test_no_photo_both_judges_and_teaches(tmp_path: Path):
    told: list[str] = []
    every = [WordImage(crop_name(f"{n // 12}.jpg", n % 12), b"%d" % n) for n in range(96)]
    judging, learning = (held(path) for path in SetApart(tmp_path, 20, 0).write(iter(every), told.append))
    photos = [{photo_of(name) for name in part} for part in (judging, learning)]
    assert not photos[0] & photos[1]
    assert len(photos[0] | photos[1]) == 8
    assert len(judging) == 20
    assert told == ["20 words of 2 photos judge; 4 more words of the same are left aside."]


def test_words_of_few_photos_are_set_apart_singly_which_is_told(tmp_path: Path):
    told: list[str] = []
    every = [WordImage(crop_name(f"{n // 12}.jpg", n % 12), b"%d" % n) for n in range(36)]
    judging, learning = (held(path) for path in SetApart(tmp_path, 10, 0).write(iter(every), told.append))
    assert (len(judging), len(learning)) == (10, 26)
    assert [text[:30] for text in told] == ["All words are of 3 photos: tho"]


def test_archives_are_there_whole_or_not_at_all(tmp_path: Path):
    apart = SetApart(tmp_path, 10, 0)

    def stopped() -> Iterator[WordImage]:
        yield from words([b"%d" % number for number in range(50)])
        raise Stopped

    with pytest.raises(Stopped):
        apart.write(stopped(), print)
    assert not apart.written
    apart.write(words([b"%d" % number for number in range(50)]), print)
    assert SetApart(tmp_path, 10, 0).written
    apart.remove()
    assert not list(tmp_path.iterdir())


def test_too_few_different_words_are_refused(tmp_path: Path):
    with pytest.raises(SourceError, match=f"3 different words found, and at least {LEAST}"):
        SetApart(tmp_path, 5, 0).write(words([b"a", b"b", b"c"] * 9), print)
    with pytest.raises(SourceError, match="1 different word found"):
        SetApart(tmp_path, 5, 0).write(words([b"a"] * 9), print)


def test_words_are_cut_out_of_photos_and_pages_and_taken_as_they_are_otherwise(workspace: Workspace, tmp_path: Path):
    photo, page = (EXAMPLES / "signs.jpg").read_bytes(), io.BytesIO()
    Image.open(io.BytesIO(photo)).save(page, "PDF")
    files = {"photo.jpg": photo, "word.png": png(1), "broken.png": b"no image", "scan.pdf": page.getvalue()}
    root = save_files(tmp_path, {**files, "broken.pdf": b"%PDF-1.4"})
    seen: list[tuple[int, int]] = []
    left_out: list[str] = []

    def found(content: Content) -> dict[str, bytes]:
        finder = WordFinder(workspace, STARTER, STARTER)
        listed = words_of(FolderTree(root), content, finder, lambda *done: seen.append(done), left_out.append)
        return {word.name: word.content for word in listed}

    cut = found("auto")
    assert sum(name.startswith("photo.jpg-word-") for name in cut) > 3
    assert sum(name.startswith("scan.pdf-page-001-word-") for name in cut) > 3
    assert {name: cut[name] for name in cut if "-word-" not in name} == {"word.png": png(1), "broken.png": b"no image"}
    assert list(dict.fromkeys(seen)) == [(number, 5) for number in range(5)]
    assert len(seen) > len(cut)  # after each word, too, so that a stop is heeded in a file of a thousand pages
    assert len(left_out) == 1
    assert "broken.pdf" in left_out[0]
    assert set(found("word")) == {"broken.png", "photo.jpg", "scan.pdf-page-001.png", "word.png"}
