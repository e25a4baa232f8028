"""Write a dataset's images and labels in a layout, and pack a folder into a zip file. Knows nothing of jobs."""

import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from engine.config.generate import Split
from engine.datasets.dataset import Dataset
from engine.datasets.exporting.layouts import Entry, Layout
from engine.files import space_errors
from engine.images.encode import png_bytes

README = "README.txt"
_PNG = b"\x89PNG"
_DATE = (1980, 1, 1, 0, 0, 0)  # equal exports give equal archives
_PRIVATE = 0o600 << 16


def write_layout(
    dataset: Dataset, layout: Layout, splits: Iterable[Split], folder: Path, after: Callable[[int], None]
) -> list[Entry]:
    """Write the images of some splits and their lists below a folder.

    Args:
        dataset: the dataset to export.
        layout: the layout of the files.
        splits: the splits to export.
        folder: an empty folder.
        after: called after each image with the number done; may raise to stop.

    Returns:
        The entries that were written, in order.

    Raises:
        DatasetError: a sample is damaged, or the layout cannot hold a label.
        SpaceError: the disk is full.
    """
    entries: list[Entry] = []
    with space_errors(folder):
        for split in splits:
            for index in dataset.frame(split).index.tolist():
                ending, content = _encoded(dataset, index, layout.png)
                entry = Entry(layout.file(split, index, ending), dataset.label(index), split)
                write_file(folder / entry.file, content)
                entries.append(entry)
                after(len(entries))
        for file, text in layout.lists(entries).items():
            write_file(folder / file, text.encode())
        write_file(
            folder / README, f"{layout.title}: {len(entries):,} images, written by Glyphlab.\n\n{layout.use}".encode()
        )
    return entries


def pack(folder: Path, archive: Path, after: Callable[[int], None]) -> None:
    """Pack the files below a folder into a zip file. Images are stored uncompressed: they would not get smaller.

    Raises:
        SpaceError: the disk is full; no archive is left.
    """
    temporary = archive.with_suffix(".tmp")
    try:
        with space_errors(folder), zipfile.ZipFile(temporary, "w") as packed:
            for done, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file()), 1):
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DATE)
                info.external_attr = _PRIVATE
                is_text = path.suffix in (".csv", ".json", ".txt", ".xml")
                packed.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED)
                after(done)
        os.replace(temporary, archive)
    finally:
        temporary.unlink(missing_ok=True)


def _encoded(dataset: Dataset, index: int, as_png: bool) -> tuple[str, bytes]:
    """Return the ending and the bytes of a sample's file."""
    content = dataset.image_bytes(index)
    if content.startswith(_PNG):
        return ".png", content
    if not as_png:
        return ".jpg", content
    return ".png", png_bytes(dataset.image(index))


def write_file(path: Path, content: bytes) -> None:
    """Write a file, and the folders above it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
