"""Every layout of scenes is read back by our own import: the same photos, regions, texts, flags and splits."""

import os
from pathlib import Path
from xml.etree.ElementTree import fromstring

import cv2
import numpy as np
import pytest

from engine.config.exporting import SceneExportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.exporting.job import work
from engine.datasets.scenes.exporting.layouts import SCENE_LAYOUTS
from engine.datasets.scenes.importing.job import work as import_work
from engine.errors import DatasetError
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.context import JobContext
from engine.regions.kernels import fill
from engine.regions.region import Region
from engine.sources.locate import DATA_ROOT
from engine.workspace import Collection, Workspace, new_id
from tests.datasets.scenes.written import HEIGHT, WIDTH, Scenes, write_scenes

SLANTED = [(5.25, 30.5), (25.5, 24), (27, 32.75), (7, 39.5)]
WORDS: Scenes = {
    "train": [
        [
            Region.of([(2, 3), (20, 3), (20, 12), (2, 12)], 'a "b", <c> & 100,000'),
            Region.of(SLANTED, "漢字 שלום"),
            Region.of([(40, 5), (60, 5), (60, 20), (40, 20)], None),
            Region.of([(40, 30), (60, 30), (60, 40), (40, 40)], None, ignore=True),
        ],
        [],
    ],
    "validation": [[Region.of([(1, 1), (30, 1), (30, 10), (1, 10)], "###?")]],
    "test": [[Region.of([(10, 10), (50, 10), (50, 30), (10, 30)], "x,y,")]],
}
LEVELS: Scenes = {
    "train": [
        [
            Region.of([(2, 3), (40, 3), (40, 12), (2, 12)], "one line", level="line"),
            Region.of([(2, 3), (18, 3), (18, 12), (2, 12)], "one", level="word", language="Thai"),
            Region.of([(2, 3), (8, 3), (8, 12), (2, 12)], "o", level="character"),
            Region.of([(30, 20), (40, 20), (45, 26), (40, 35), (30, 35)], None, ignore=True, level="line"),
        ]
    ]
}
TOLERANCES = {"icdar": 0.51, "page": 0.51, "coco": 0.01, "ppocrlabel": 0.01, "label-studio": 0.001}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path / "root"))
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def job_folder(workspace: Workspace, collection: Collection) -> Path:
    folder = workspace.folder(collection, new_id())
    folder.mkdir()
    return folder


def saved(workspace: Workspace, scenes: Scenes) -> tuple[str, SceneDataset]:
    folder = job_folder(workspace, "datasets")
    dataset = write_scenes(folder, scenes)
    write_json(folder / paths.CONFIG, {})
    return folder.name, dataset


def exported(workspace: Workspace, dataset: str, **settings: object) -> Path:
    folder = job_folder(workspace, "exports")
    with JobContext(folder) as job:
        work(SceneExportConfig.parse({"dataset": dataset, **settings}), job)
    return folder


def back(workspace: Workspace, root: Path, folder: Path, zipped: bool = False) -> SceneDataset:
    """Import an export and open it."""
    source = folder / (paths.EXPORT_ARCHIVE if zipped else paths.EXPORT_FILES)
    os.rename(source, root / f"back{source.suffix}")
    again = job_folder(workspace, "datasets")
    with JobContext(again) as job:
        import_work(SceneImportConfig(path=f"back{source.suffix}", splits="source"), job)
    return open_scenes(again)


def contents(dataset: SceneDataset) -> dict[bytes, tuple[str, list[tuple[object, ...]], list[np.ndarray]]]:
    """What is in each photo, by its pixels: its split, what its regions say, and their outlines."""
    splits = dataset.frame()["split"]
    found = {}
    for i in range(len(dataset)):
        regions = sorted(dataset.regions(i), key=lambda region: tuple(region.polygon.mean(axis=0).round(-1).tolist()))
        said = [(region.text, region.ignore, region.level) for region in regions]
        found[dataset.image(i).tobytes()] = (splits[i], said, [region.polygon for region in regions])
    return found


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("layout", TOLERANCES)
def test_out_and_in_again_gives_the_same_words(workspace: Workspace, root: Path, layout: str, zipped: bool):
    id, dataset = saved(workspace, WORDS)
    again = back(workspace, root, exported(workspace, id, layout=layout), zipped)
    before, after = contents(dataset), contents(again)
    assert before.keys() == after.keys()
    for pixels, (split, said, outlines) in before.items():
        assert after[pixels][:2] == (split, said)
        for outline, other in zip(outlines, after[pixels][2], strict=True):
            assert other == pytest.approx(outline, abs=TOLERANCES[layout])
    assert again.manifest.dropped == {}


@pytest.mark.parametrize("layout", [name for name, layout in SCENE_LAYOUTS.items() if not layout.one_level])
def test_levels_and_outlines_of_many_corners_come_back(workspace: Workspace, root: Path, layout: str):
    id, dataset = saved(workspace, LEVELS)
    again = back(workspace, root, exported(workspace, id, layout=layout))
    (before,), (after,) = contents(dataset).values(), contents(again).values()
    assert sorted(map(repr, before[1])) == sorted(map(repr, after[1]))
    assert sorted(map(len, before[2])) == sorted(map(len, after[2]))
    spoken = {region.language for region in again.regions(0)}
    assert spoken == ({None, "Thai"} if layout == "coco" else {None})


def test_masks_are_white_where_the_words_are_and_come_back_so(workspace: Workspace, root: Path):
    id, dataset = saved(workspace, WORDS)
    folder = exported(workspace, id, layout="masks", archive=False)
    number = int(dataset.numbers("train")[0])
    drawn = cv2.imread(str(folder / paths.EXPORT_FILES / f"train/masks/{number:08}.png"), cv2.IMREAD_GRAYSCALE)
    expected = painted([region for region in dataset.regions(number) if not region.ignore])
    assert (np.asarray(drawn) == expected).all()
    again = contents(back(workspace, root, folder))
    regions = [Region(polygon) for polygon in again[dataset.image(number).tobytes()][2]]
    shared = (painted(regions) > 0) & (expected > 0)
    assert shared.sum() >= 0.97 * max((painted(regions) > 0).sum(), (expected > 0).sum())


def painted(regions: list[Region]) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for region in regions:
        fill(mask, region.polygon, 255)
    return mask


@pytest.mark.parametrize("layout", ["icdar", "masks"])
def test_a_layout_without_levels_holds_one_of_them(workspace: Workspace, root: Path, layout: str):
    id, _ = saved(workspace, LEVELS)
    with pytest.raises(DatasetError, match=r"regions of 3 levels \(character, line, word\)"):
        exported(workspace, id, layout=layout)
    again = back(workspace, root, exported(workspace, id, layout=layout, level="word"))
    assert len(again.region_table) == 1


def test_icdar_s_files_are_as_its_scripts_read_them(workspace: Workspace, root: Path):
    id, dataset = saved(workspace, WORDS)
    folder = exported(workspace, id, layout="icdar") / paths.EXPORT_FILES
    number = int(dataset.numbers("test")[0])
    assert (folder / f"test/gt/gt_{number:08}.txt").read_bytes() == b"10,10,50,10,50,30,10,30,x,y,\r\n"
    assert (folder / f"test/images/{number:08}.jpg").is_file()
    assert "does not count" in (folder / "README.txt").read_text()


def test_page_s_files_name_their_photo_and_its_size(workspace: Workspace, root: Path):
    id, dataset = saved(workspace, LEVELS)
    folder = exported(workspace, id, layout="page") / paths.EXPORT_FILES
    page = fromstring((folder / "train/page/00000000.xml").read_bytes())[1]
    assert page.attrib == {"imageFilename": "00000000.jpg", "imageWidth": str(WIDTH), "imageHeight": str(HEIGHT)}
    assert len(page) == len(dataset.regions(0))


def test_a_split_without_photos_is_refused(workspace: Workspace, root: Path):
    id, _ = saved(workspace, LEVELS)
    with pytest.raises(DatasetError, match="no test images"):
        exported(workspace, id, splits=["test"])
