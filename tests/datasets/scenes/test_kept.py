"""Photos kept while reading: stored at once with their regions, one a photo, and a dataset of scenes on request."""

import io

import numpy as np
import pytest
from PIL import Image

from engine.datasets.scenes.dataset import open_scenes
from engine.datasets.scenes.importing.job import work
from engine.datasets.scenes.kept import (
    FOLDER,
    KeptPhoto,
    change_regions,
    discard_kept_photo,
    find_kept_photo,
    keep_photo,
    kept_photos_config,
    kept_photos_datasets,
    list_kept_photos,
)
from engine.errors import DatasetError
from engine.images.encode import pixel_digest
from engine.jobs.context import JobContext
from engine.regions.region import Region
from engine.workspace import Workspace, new_id
from glyphlab_read.images.open import open_image

WORD = Region.of([[10.25, 20], [50, 20.5], [50, 40], [10, 40]], "Café, 5")
FAR = Region.of([[60, 50], [95, 40], [98, 60], [62, 70]], None, ignore=True)
LINE = Region.of([[10, 20], [90, 20], [90, 40], [10, 40]], "Café, 5 today", level="line")


def file(shade: int, kind: str = "PNG", orientation: int = 1) -> bytes:
    exif, content = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    image = Image.new("RGB", (100, 80), (shade, 90, 200))
    image.paste((255, 255, 255), (10, 20, 50, 40))
    image.save(content, kind, exif=exif)
    return content.getvalue()


def kept(workspace: Workspace, content: bytes, regions: list[Region], turned: int = 0) -> KeptPhoto:
    image = open_image(content)
    upright = image.transpose(Image.Transpose.ROTATE_270) if turned else image
    return keep_photo(workspace, pixel_digest(image).hex(), content, upright, turned, regions)


def plain(photo: KeptPhoto | None) -> list[dict]:
    return [region.plain() for region in photo.regions] if photo else []


def test_a_photo_is_kept_at_once_and_its_regions_change_in_place(workspace: Workspace):
    first = kept(workspace, file(1), [WORD, FAR, LINE])
    assert plain(find_kept_photo(workspace, first.digest)) == [region.plain() for region in (WORD, FAR, LINE)]
    changed = change_regions(workspace, first, [WORD])
    again = kept(workspace, file(1), [FAR])
    assert (plain(changed), plain(again)) == ([WORD.plain()], [FAR.plain()])
    assert [photo.digest for photo in list_kept_photos(workspace)] == [first.digest]
    discard_kept_photo(workspace, first.digest)
    assert list_kept_photos(workspace) == []
    assert not list((workspace.imports / FOLDER).iterdir())


@pytest.mark.parametrize(("content", "turned"), [(file(1, "JPEG"), 0), (file(1, "JPEG", 6), 0), (file(1), 1)])
def test_the_kept_picture_is_upright_as_its_regions_are(workspace: Workspace, content: bytes, turned: int):
    photo = kept(workspace, content, [WORD], turned)
    image = open_image(photo.image)
    expected = open_image(content)
    expected = expected.transpose(Image.Transpose.ROTATE_270) if turned else expected
    assert image.size == photo.size == expected.size
    assert np.array_equal(np.asarray(image), np.asarray(expected))


def test_kept_photos_become_a_dataset_of_scenes(workspace: Workspace):
    kept(workspace, file(1), [WORD, FAR, LINE])
    kept(workspace, file(2, "JPEG"), [])
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    with JobContext(folder) as job:
        work(kept_photos_config(workspace, split=False), job)
    dataset = open_scenes(folder)
    found = {len(dataset.regions(number)): dataset.regions(number) for number in range(len(dataset))}
    assert [region.plain() for region in found[3]] == [region.plain() for region in (WORD, FAR, LINE)]
    assert 0 in found
    assert kept_photos_datasets(workspace) == []  # that was no job of the queue


def test_a_damaged_record_is_passed_over_and_a_folder_that_cannot_be_written_is_named(workspace: Workspace):
    photo = kept(workspace, file(1), [WORD])
    path = photo.image.with_suffix(".json")
    for damage in ('{"shapes": [{"label": "word"}]}', "[", '{"shapes": [{"label": "x", "points": [], "flags": {}}]}'):
        path.write_text(damage)
        assert find_kept_photo(workspace, photo.digest) is None
    assert find_kept_photo(workspace, "../../etc/passwd") is None
    for each in (workspace.imports / FOLDER).iterdir():
        each.unlink()
    (workspace.imports / FOLDER).rmdir()
    (workspace.imports / FOLDER).write_text("a file")
    with pytest.raises(DatasetError, match="cannot be written"):
        kept(workspace, file(1), [WORD])
