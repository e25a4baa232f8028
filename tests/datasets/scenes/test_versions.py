"""An edited version of scenes against editing a list; the parent's files stay byte for byte."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.editing import RegionEdit, SceneEditConfig
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.versions import SceneEdits, work, write_scene_version
from engine.datasets.versions import ancestors
from engine.errors import ConfigError, DatasetError
from engine.files import read_json, sha256, write_json
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.regions.region import Region
from engine.workspace import Workspace, new_id
from tests.datasets.scenes.written import HEIGHT, WIDTH, Scenes, write_scenes


def word(number: int) -> Region:
    x = 2.0 + number
    return Region.of([(x, 3), (x + 20, 3), (x + 20, 12), (x, 12)], f"word {number}")


SCENES: Scenes = {
    "train": [[word(0), word(1)], [], [word(2)], [word(3)], [word(4), word(5), word(6)]],
    "validation": [[word(7)]],
    "test": [[word(8)], [word(9)]],
}
PARENT = "0" * 26
Plain = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> SceneDataset:
    return write_scenes(tmp_path_factory.mktemp("parent") / "data", SCENES)


def content(dataset: SceneDataset) -> list[Plain]:
    return [
        [(region.polygon.tolist(), region.text, region.ignore) for region in dataset.regions(i)]
        for i in range(len(dataset))
    ]


def edited(parent: SceneDataset, folder: Path, **edits: object) -> SceneDataset:
    folder.mkdir(exist_ok=True)
    config = SceneEditConfig.parse({"dataset": PARENT, **edits})
    write_scene_version(parent, SceneEdits.of(config, parent), folder, lambda done, total: None)
    return open_scenes(folder, verify="hashes")


numbers = st.integers(0, 7)


@settings(max_examples=30, deadline=None)
@given(
    removals=st.frozensets(numbers, max_size=4),
    texts=st.dictionaries(st.tuples(numbers, st.integers(0, 2)), st.sampled_from(["neu", "", None]), max_size=5),
)
def test_a_version_is_the_list_with_its_edits(
    parent: SceneDataset, removals: frozenset[int], texts: dict[tuple[int, int], str | None]
):
    expected = content(parent)
    changes = [
        {"scene": scene, "region": region, "ignore": True, "text": text}
        if text is not None
        else {"scene": scene, "region": region, "remove": True}
        for (scene, region), text in texts.items()
        if scene not in removals and region < len(expected[scene])
    ]
    if not changes and not removals:
        return
    for change in sorted(changes, key=lambda change: -int(str(change["region"]))):
        regions, number = expected[int(str(change["scene"]))], int(str(change["region"]))
        if "remove" in change:
            del regions[number]
        else:
            regions[number] = (regions[number][0], change["text"] or None, True)
    with tempfile.TemporaryDirectory() as folder:
        version = edited(parent, Path(folder), regions=changes, removals=sorted(removals))
        assert content(version) == [scene for i, scene in enumerate(expected) if i not in removals]
        kept = [i for i in range(len(parent)) if i not in removals]
        assert [version.image_bytes(i) for i in range(len(version))] == [parent.image_bytes(i) for i in kept]
        assert [version.source(i) for i in range(len(version))] == [parent.source(i) for i in kept]
        assert list(version.frame()["split"]) == list(parent.frame()["split"].iloc[kept])


def test_shards_without_an_edit_are_shared_and_the_parent_stays(parent: SceneDataset, tmp_path: Path):
    before = {path: sha256(path) for path in parent.folder.rglob("*") if path.is_file()}
    version = edited(parent, tmp_path / "v", regions=[{"scene": 0, "region": 0, "ignore": True}])
    assert {path: sha256(path) for path in parent.folder.rglob("*") if path.is_file()} == before
    shards = [shard.file for shard in parent.manifest.shards]
    shared = [os.path.samefile(parent.folder / file, version.folder / file) for file in shards]
    assert shared == [False, *[True] * (len(shards) - 1)]
    assert version.manifest.hash != parent.manifest.hash


def test_the_manifest_lists_every_edit(parent: SceneDataset, tmp_path: Path):
    corners = [(-5, 1), (30, 1), (30, 9), (-5, 9)]
    changes = [{"scene": 0, "region": 1, "remove": True}, {"scene": 2, "region": 0, "polygon": corners}]
    version = edited(parent, tmp_path / "v", regions=changes, removals=[7]).manifest.version
    assert version is not None
    assert (version.parent_hash, version.corrected) == (parent.manifest.hash, [])
    assert [(removed.sample, removed.label) for removed in version.removed] == [(7, "test/7.jpg")]
    removed, moved = version.regions
    assert (removed.before, removed.after) == (word(1).plain(), None)
    assert moved.after is not None
    assert sorted(moved.after["polygon"]) == [[0, 1], [0, 9], [30, 1], [30, 9]]  # cut at the photo's edge


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ({"removals": [8]}, "Scene 8 does not exist: the dataset's are 0 to 7"),
        ({"removals": list(range(8))}, "All 8 scenes would be removed"),
        ({"regions": [{"scene": 1, "region": 0, "ignore": True}]}, "Scene 1 has 0 regions"),
        ({"regions": [{"scene": 0, "region": 0, "text": "word 0"}]}, "nothing would change"),
        (
            {"regions": [{"scene": 0, "region": 0, "polygon": [(WIDTH, 0), (WIDTH + 9, 0), (WIDTH, HEIGHT)]}]},
            f"enclose nothing within the photo of {WIDTH} × {HEIGHT} px",
        ),
    ],
)
def test_edits_that_cannot_be_are_refused(parent: SceneDataset, tmp_path: Path, edits: dict[str, object], message: str):
    with pytest.raises(DatasetError, match=message):
        edited(parent, tmp_path / "v", **edits)


@pytest.mark.parametrize(
    "edits",
    [
        {},
        {"regions": [{"scene": 0, "region": 0}]},
        {"regions": [{"scene": 0, "region": 0, "remove": True, "text": "x"}]},
        {"regions": [{"scene": 0, "region": 0, "text": "x"}, {"scene": 0, "region": 0, "ignore": True}]},
        {"regions": [{"scene": 0, "region": 0, "polygon": [(0, 0), (1, 1)]}]},
        {"regions": [{"scene": 0, "region": 0, "polygon": [(0, 0), (1, float("nan")), (2, 2)]}]},
        {"regions": [{"scene": 0, "region": 0, "text": "x"}], "removals": [0]},
        {"removals": [-1]},
    ],
)
def test_configs_that_contradict_themselves_are_refused(edits: dict[str, object]):
    with pytest.raises(ConfigError):
        SceneEditConfig.parse({"dataset": PARENT, **edits})


def test_a_stopped_job_keeps_its_shards_and_goes_on(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    id = new_id()
    write_scenes(workspace.folder("datasets", id), SCENES)
    config = SceneEditConfig(dataset=id, regions=(RegionEdit(scene=0, region=0, text="new"),))
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job, pytest.raises(Stopped):
        monkeypatch.setattr(job, "stop_requested", lambda: True)
        work(config, job)
    assert len(list((folder / paths.SHARDS).iterdir())) == 1
    with JobContext(folder) as job:
        work(config, job)
    assert open_scenes(folder, "hashes").regions(0)[0].text == "new"
    assert read_json(folder / paths.SUMMARY)["corrected"] == 1
    assert ancestors(workspace, folder.name) == [id]
