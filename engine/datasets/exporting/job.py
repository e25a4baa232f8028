"""The work of an export job: a dataset as a folder in another program's layout, and as a zip file.

`files` and `export.zip` appear in the job's folder when they are complete. A stopped export starts over when resumed.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.config.exporting import ExportConfig
from engine.datasets.dataset import Dataset, open_dataset
from engine.datasets.exporting.layouts import LAYOUTS
from engine.datasets.exporting.write import pack, write_layout
from engine.errors import DatasetError
from engine.files import require_space
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
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
    total = sum(dataset.manifest.counts.get(split, 0) for split in config.splits)
    if not total:
        raise DatasetError(f"The dataset has no {' or '.join(config.splits)} images. Choose other splits.")
    _check_space(config, job, dataset)
    folder = _empty(job.folder / _UNFINISHED)
    job.phase("writing")
    entries = write_layout(dataset, layout, dict.fromkeys(config.splits), folder, _watch(job, total))
    shutil.rmtree(job.folder / paths.EXPORT_FILES, ignore_errors=True)
    os.rename(folder, job.folder / paths.EXPORT_FILES)
    if config.archive:
        job.phase("packing")
        pack(job.folder / paths.EXPORT_FILES, job.folder / paths.EXPORT_ARCHIVE, _watch(job, None))
    job.summary(
        dataset=config.dataset,
        dataset_name=load_job(job.workspace, "datasets", config.dataset).name,
        layout=config.layout,
        title=layout.title,
        images=len(entries),
        bytes=sum(path.stat().st_size for path in (job.folder / paths.EXPORT_FILES).rglob("*") if path.is_file()),
        archive_bytes=(job.folder / paths.EXPORT_ARCHIVE).stat().st_size if config.archive else None,
    )


def _watch(job: JobContext, total: int | None) -> Callable[[int], None]:
    def after(done: int) -> None:
        job.progress(done, total, "images" if total else "files")
        if job.stop_requested():
            raise Stopped

    return after


def _check_space(config: ExportConfig, job: JobContext, dataset: Dataset) -> None:
    share = _PNG_GROWTH if LAYOUTS[config.layout].png else 1.0
    size = sum(shard.bytes for shard in dataset.manifest.shards) * share * (2 if config.archive else 1)
    require_space(
        job.folder, size * _SPACE_FACTOR, "The export needs", "Leave out the archive" if config.archive else ""
    )


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
