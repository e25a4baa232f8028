"""Corrections saved from reading: never lost, one an image, and a dataset like any other when asked for."""

from io import BytesIO

import pytest
from PIL import Image

from engine.datasets.corrections import (
    FOLDER,
    corrections_config,
    corrections_datasets,
    delete_correction,
    find_correction,
    list_corrections,
    save_correction,
)
from engine.datasets.dataset import open_dataset
from engine.datasets.importing.job import work
from engine.errors import DatasetError, ImageError
from engine.jobs.context import JobContext
from engine.workspace import Workspace, new_id
from tests.helpers.tiny_bundles import draw


def file(text: str, kind: str = "PNG") -> bytes:
    buffer = BytesIO()
    draw(text).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def test_a_text_is_saved_at_once_and_another_one_takes_its_place(workspace: Workspace):
    first = save_correction(workspace, file("ab"), "Cafe\u0301 ")
    assert (first.text, find_correction(workspace, first.digest)) == ("Café", first)
    again = save_correction(workspace, file("ab"), "AB")
    assert again.digest == first.digest
    assert [saved.text for saved in list_corrections(workspace)] == ["AB"]


def test_the_same_pixels_in_another_file_are_the_same_image(workspace: Workspace):
    digests = {save_correction(workspace, file("ab", kind), "ab").digest for kind in ("PNG", "BMP")}
    assert len(digests) == 1
    assert save_correction(workspace, file("ba"), "ba").digest not in digests


@pytest.mark.parametrize("text", ["", " \t\u202e", "x" * 1001])
def test_a_text_that_no_image_can_show_is_refused_and_the_former_one_stays(workspace: Workspace, text: str):
    save_correction(workspace, file("ab"), "ab")
    with pytest.raises(DatasetError, match="1 to 1,000"):
        save_correction(workspace, file("ab"), text)
    assert [saved.text for saved in list_corrections(workspace)] == ["ab"]


def test_a_file_that_is_no_image_is_not_saved(workspace: Workspace):
    with pytest.raises(ImageError):
        save_correction(workspace, b"text", "text")
    assert list_corrections(workspace) == []


def test_a_deleted_correction_is_gone_and_other_files_are_left_alone(workspace: Workspace):
    saved = save_correction(workspace, file("ab"), "ab")
    other = workspace.imports / FOLDER / "notes.txt"
    other.write_text("mine")
    delete_correction(workspace, "notes")
    delete_correction(workspace, saved.digest)
    assert list_corrections(workspace) == []
    assert other.read_text() == "mine"
    assert not saved.image.exists()


@pytest.mark.parametrize("split", [False, True])
def test_a_dataset_is_made_of_all_corrections(workspace: Workspace, split: bool):
    texts = ["ab", "ba", "#1, ‘Ω’", "ab"]
    for number, text in enumerate(texts):
        save_correction(workspace, file("abcd"[number] * 2), text)
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    with JobContext(folder) as job:
        work(corrections_config(workspace, split=split), job)
    dataset = open_dataset(folder)
    assert sorted(dataset.label(i) for i in range(len(dataset))) == sorted(texts)
    if not split:
        assert dataset.manifest.counts == {"train": 4, "validation": 0, "test": 0}
    pixels = {dataset.image(i).tobytes() for i in range(len(dataset))}
    assert pixels == {Image.open(saved.image).convert("RGB").tobytes() for saved in list_corrections(workspace)}


def test_versions_are_the_imports_of_corrections(workspace: Workspace):
    assert corrections_datasets(workspace) == []
