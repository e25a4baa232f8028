"""The work of an export job: a dataset as a folder in another program's layout, and as a zip file.

`files` and `export.zip` appear in the job's folder when they are complete. A stopped export starts over when resumed.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.config.exporting import ExportConfig, SceneExportConfig
from engine.datasets.dataset import StoredImages, open_dataset
from engine.datasets.exporting.layouts import LAYOUTS
from engine.datasets.exporting.write import pack, write_layout
from engine.errors import DatasetError
from engine.files import require_space
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.jobs.job import load_job

_UNFINISHED = ".files.tmp"
_SPACE_FACTOR = 1.2  # of the expected size, to be free before it begins
_PNG_GROWTH = 4.0  # of a JPEG that becomes a PNG, about


def work(config: ExportConfig, job: JobContext) -> None:
    """Write the export.

    Raises:
        DatasetError: the dataset is damaged, has no images in these splits, or a label does not fit the layout.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked.
    """
    dataset = open_dataset(job.workspace.folder("datasets", config.dataset))
    layout = LAYOUTS[config.layout]

    def write(folder: Path, after: Callable[[int], None]) -> int:
        return len(write_layout(dataset, layout, dict.fromkeys(config.splits), folder, after))

    export(config, job, dataset, layout.title, write, growth=_PNG_GROWTH if layout.png else 1.0)


def export(
    config: ExportConfig | SceneExportConfig,
    job: JobContext,
    dataset: StoredImages,
    title: str,
    write: Callable[[Path, Callable[[int], None]], int],
    growth: float = 1.0,
) -> None:
    """Write an export into the folder of a job, pack it if it is to be, and say what it holds.

    Args:
        config: which splits, and whether to pack.
        job: the job.
        dataset: the dataset.
        title: the layout's.
        write: writes the files into an empty folder; calls back after each image with the number done, and returns
            how many there were.
        growth: how many times as large as the dataset's shards the files become, about.

    Raises:
        DatasetError: the dataset has no images in these splits.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked.
    """
    total = sum(dataset.manifest.counts.get(split, 0) for split in config.splits)
    if not total:
        raise DatasetError(f"The dataset has no {' or '.join(config.splits)} images. Choose other splits.")
    size = sum(shard.bytes for shard in dataset.manifest.shards) * growth * (2 if config.archive else 1)
    remedy = "Leave out the archive" if config.archive else ""
    require_space(job.folder, size * _SPACE_FACTOR, "The export needs", remedy)
    folder = _empty(job.folder / _UNFINISHED)
    job.phase("writing")
    images = write(folder, lambda done: job.advance(done, total, "images"))
    shutil.rmtree(job.folder / paths.EXPORT_FILES, ignore_errors=True)
    os.rename(folder, job.folder / paths.EXPORT_FILES)
    if config.archive:
        job.phase("packing")
        pack(
            job.folder / paths.EXPORT_FILES,
            job.folder / paths.EXPORT_ARCHIVE,
            lambda done: job.advance(done, None, "files"),
        )
    job.summary(
        dataset=config.dataset,
        dataset_name=load_job(job.workspace, "datasets", config.dataset).name,
        layout=config.layout,
        title=title,
        images=images,
        bytes=sum(path.stat().st_size for path in (job.folder / paths.EXPORT_FILES).rglob("*") if path.is_file()),
        archive_bytes=(job.folder / paths.EXPORT_ARCHIVE).stat().st_size if config.archive else None,
    )


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
