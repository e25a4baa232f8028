"""A folder as a source: links are told and never followed, odd names are shown and still read."""

import os
from pathlib import Path

import pytest

from engine.errors import SourceError
from engine.sources.folder import FolderTree
from engine.sources.tree import Refused, Span, closed_folders, folder_split_hint, plain_name, split_hint
from tests.helpers.sources import deep_folder, save_files


def test_files_are_listed_in_order_and_read_up_to_a_limit(tmp_path: Path):
    tree = FolderTree(
        save_files(tmp_path / "mine", {"b.txt": "bb", "a/x.txt": "0123456789", ".hidden": "", "Thumbs.db": ""})
    )
    assert tree.title == "mine"
    assert [tuple(member) for member in tree.members] == [("a/x.txt", 10), ("b.txt", 2)]
    assert tree.read("a/x.txt", 10) == b"0123456789"
    assert tree.read("a/x.txt", 4) == b"01234"
    assert tree.read("a/x.txt", 10, Span(2, 3)) == b"234"


def test_links_are_listed_as_refused_and_not_followed(tmp_path: Path):
    root = save_files(tmp_path / "root", {"real.png": "x"})
    save_files(tmp_path / "secret", {"key.png": "y"})
    (root / "file.png").symlink_to(tmp_path / "secret" / "key.png")
    (root / "folder").symlink_to(tmp_path / "secret")
    (root / "round").symlink_to(root)
    tree = FolderTree(root)
    assert [name for name, _ in tree.members] == ["real.png"]
    assert [tuple(refused) for refused in tree.refused] == [("file.png", "link"), ("folder", "link"), ("round", "link")]


def test_a_folder_that_cannot_be_listed_is_refused_alone(tmp_path: Path):
    root = save_files(tmp_path / "root", {"a/word.png": "x"})
    deep = deep_folder(root)
    tree = FolderTree(root)
    assert [name for name, _ in tree.members] == ["a/word.png"]
    assert tree.refused == [Refused(deep, "closed")]
    assert closed_folders(tree) == f"Left out: 1 folder that cannot be read, such as {deep!r}."
    (tmp_path / "gone").mkdir()
    gone = FolderTree(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(SourceError, match=r"'gone' cannot be listed \(No such file or directory\)"):
        _ = gone.members


@pytest.mark.parametrize(
    "name", ["file.png", "folder/key.png", "../secret/key.png", "/etc/passwd", "folder", "pipe", "gone", ""]
)
def test_nothing_outside_and_nothing_but_files_is_read(tmp_path: Path, name: str):
    root = save_files(tmp_path / "root", {"real.png": "x"})
    save_files(tmp_path / "secret", {"key.png": "y"})
    (root / "file.png").symlink_to(tmp_path / "secret" / "key.png")
    (root / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(root / "pipe")
    with pytest.raises(OSError):
        FolderTree(root).read(name, 10)


def test_a_folder_swapped_for_a_link_after_listing_leads_nowhere(tmp_path: Path):
    root = save_files(tmp_path / "root", {"inner/key.png": "x"})
    save_files(tmp_path / "secret", {"key.png": "y"})
    tree = FolderTree(root)
    assert tree.members
    os.rename(root / "inner", root / "was")
    (root / "inner").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError):
        tree.read("inner/key.png", 10)


def test_files_with_undecodable_names_are_listed_and_read(tmp_path: Path):
    root = tmp_path / "root"
    root.mkdir()
    names = [b"\xff.png", b"e\xcc\x81.png", b"\xc3\xa9.png", b"a\x1b[31m.png"]
    for number, name in enumerate(names):
        (root / os.fsdecode(name)).write_text(str(number))
    tree = FolderTree(root)
    shown = [name for name, _ in tree.members]
    assert len(set(shown)) == 4
    assert all(name.isprintable() and name.encode() for name in shown)
    assert sorted(tree.read(name, 9) for name in shown) == [b"0", b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train/labels.csv", "train"),
        ("rec_gt_val.txt", "validation"),
        ("annotations-testing.txt", "test"),
        ("train/dev/x.txt", "validation"),
        ("shards/test-00000.tfrecord", "test"),
        ("trainer/labels.txt", None),
        ("labels.txt", None),
        ("held-out/labels.txt", "test"),
        ("crops-val_2/labels.txt", "validation"),
        ("de_v1/labels.txt", None),
    ],
)
def test_names_of_files_and_folders_give_a_split(name: str, split: str | None):
    assert split_hint(name) == split


def test_an_image_called_test_is_no_hint():
    assert folder_split_hint("test_1.png") is None
    assert folder_split_hint("Test/word_1.png") == "test"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\\b.png", "a/b.png"), ("../../x", "x"), ("/abs", "abs"), ("a\0b", "a\ufffdb"), ("\u202egnp.x", "\ufffdgnp.x")],
)
def test_displayed_names_lead_nowhere_and_nothing_invisible(name: str, shown: str):
    assert plain_name(name) == shown
