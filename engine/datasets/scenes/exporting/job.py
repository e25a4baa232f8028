"""The work of an export job of scenes: a dataset as a folder in another program's layout, and as a zip file."""

from collections.abc import Callable
from pathlib import Path

from engine.config.exporting import SceneExportConfig
from engine.datasets.exporting.job import export
from engine.datasets.exporting.write import README, write_file
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.exporting.layouts import SCENE_LAYOUTS, SceneEntry, SceneLayout
from engine.errors import DatasetError
from engine.files import space_errors
from engine.jobs.context import JobContext
from engine.regions.region import Region

_PNG = b"\x89PNG"


def work(config: SceneExportConfig, job: JobContext) -> None:
    """Write the export.

    Raises:
        DatasetError: the dataset is damaged, has no photos in these splits, or its levels do not fit the layout.
        SpaceError: the disk is, or would be, full.
        Stopped: the user asked.
    """
    dataset = open_scenes(job.workspace.folder("datasets", config.dataset))
    layout = SCENE_LAYOUTS[config.layout]
    check_levels(config, dataset, layout)

    def write(folder: Path, after: Callable[[int], None]) -> int:
        return write_scene_layout(dataset, layout, config, folder, after)

    export(config, job, dataset, layout.title, write)


def write_scene_layout(
    dataset: SceneDataset,
    layout: SceneLayout,
    config: SceneExportConfig,
    folder: Path,
    after: Callable[[int], None],
) -> int:
    """Write the photos of some splits and their regions below an empty folder, and return how many there were.

    Args:
        dataset: the dataset to export.
        layout: the layout of the files.
        config: which splits, and regions of which level.
        folder: an empty folder.
        after: called after each photo with the number done; may raise to stop.

    Raises:
        DatasetError: a scene is damaged.
        SpaceError: the disk is full.
    """
    done = 0
    with space_errors(folder):
        for split in dict.fromkeys(config.splits):
            entries: list[SceneEntry] = []
            for number, width, height in dataset.frame(split)[["width", "height"]].itertuples(name=None):
                content = dataset.image_bytes(number)
                ending = ".png" if content.startswith(_PNG) else ".jpg"
                file = f"{layout.folder(split)}/{number:08}{ending}"
                entry = SceneEntry(file, number, split, width, height, _chosen(dataset, number, config))
                entries.append(entry)
                for name, bytes in {file: content, **layout.beside(entry)}.items():
                    write_file(folder / name, bytes)
                done += 1
                after(done)
            for name, text in layout.lists(split, entries).items() if entries else ():
                write_file(folder / name, text.encode())
        write_file(folder / README, f"{layout.title}: {done:,} photos, written by Glyphlab.\n\n{layout.use}".encode())
    return done


def _chosen(dataset: SceneDataset, number: int, config: SceneExportConfig) -> list[Region]:
    return [region for region in dataset.regions(number) if config.level in ("all", region.level)]


def check_levels(config: SceneExportConfig, dataset: SceneDataset, layout: SceneLayout) -> None:
    """Raise DatasetError where a layout cannot tell the levels of the chosen regions apart."""
    levels = sorted(set(dataset.region_table["level"].to_pylist()))
    if layout.one_level and config.level == "all" and len(levels) > 1:
        raise DatasetError(
            f"The dataset has regions of {len(levels)} levels ({', '.join(levels)}), and {layout.title} cannot say "
            "which is which. Choose one level, or another layout."
        )
