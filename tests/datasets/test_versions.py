"""An edited version against editing a list; the parent's files stay byte for byte."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import jobs
from engine.config.editing import Correction, EditConfig
from engine.config.importing import ImportConfig
from engine.datasets import Dataset, open_dataset, shards
from engine.datasets.manifest import read_manifest
from engine.datasets.uses import uses_of
from engine.datasets.versions import Edits, ancestors, work, write_version
from engine.errors import DatasetError
from engine.jobs import State
from engine.jobs.context import JobContext, Stopped
from engine.workspace import Workspace, new_id
from glyphlab_read.parsing import canonical_json
from tests.dashboard import folders
from tests.datasets.written import Drawn, write_dataset
from tests.helpers.damage import flipped
from tests.helpers.labs import Lab, MakeFolder, lab, make_folder

__all__ = ["lab", "make_folder"]  # fixtures

SAMPLES = [
    *[Drawn(f"t{i}", "train", i, factors={"font": "x", "blur": None if i < 4 else i / 10}) for i in range(10)],
    *[Drawn(f"v{i}", "validation", 100 + i, factors={"font": "y", "blur": 1.0}) for i in range(3)],
    Drawn("e0", "test", 200, factors={"font": "z", "blur": 0.0}),
]


def content(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write_dataset(tmp_path_factory.mktemp("parent") / "data", SAMPLES)


def saved(workspace: Workspace) -> str:
    id = new_id()
    write_dataset(workspace.folder("datasets", id), SAMPLES)
    return id


def edited(parent: Dataset, folder: Path, corrections: dict[int, str], removals: set[int]) -> Dataset:
    folder.mkdir()
    write_version(parent, Edits(corrections, frozenset(removals)), folder, lambda done, total: None)
    return open_dataset(folder, verify="hashes")


numbers = st.integers(0, len(SAMPLES) - 1)


@given(
    corrections=st.dictionaries(numbers, st.text("abé日", min_size=1, max_size=3), max_size=4),
    removals=st.sets(numbers, max_size=len(SAMPLES) - 1),
)
@settings(max_examples=30, deadline=None)
def test_a_version_is_the_parent_with_the_edits(
    parent: Dataset, tmp_path_factory: pytest.TempPathFactory, corrections: dict[int, str], removals: set[int]
):
    before = content(parent.folder)
    child = edited(parent, tmp_path_factory.mktemp("child") / "data", corrections, removals)
    kept = [i for i in range(len(parent)) if i not in removals]
    assert [child.label(i) for i in range(len(child))] == [corrections.get(i, parent.label(i)) for i in kept]
    assert [child.image_bytes(i) for i in range(len(child))] == [parent.image_bytes(i) for i in kept]
    for column in ("index", "split", "width", "font", "blur"):
        assert child.table[column].to_pylist() == parent.table[column].take(kept).to_pylist(), column
    assert child.table["length"].to_pylist() == [len(child.label(i)) for i in range(len(child))]
    assert content(parent.folder) == before


def test_the_manifest_points_to_the_parent_and_lists_the_edits(parent: Dataset, tmp_path: Path):
    child = edited(parent, tmp_path / "child", {1: "new"}, {0, 13})
    assert child.manifest.plain()["version"] == {
        "parent": parent.folder.name,
        "parent_hash": parent.manifest.hash,
        "corrected": [{"sample": 1, "before": "t1", "after": "new"}],
        "removed": [{"sample": 0, "label": "t0"}, {"sample": 13, "label": "e0"}],
    }
    assert child.manifest.hash != parent.manifest.hash
    assert (child.manifest.kind, child.manifest.counts["test"]) == ("imported", 0)


def test_a_dataset_without_a_version_keeps_the_hash_it_always_had(parent: Dataset):
    plain = {key: value for key, value in parent.manifest.plain().items() if key not in ("hash", "samples", "version")}
    assert not {"holds", "regions"} & plain.keys()  # they came with scenes
    assert parent.manifest.hash == hashlib.sha256(canonical_json(plain)).hexdigest()


def test_equal_edits_of_equal_parents_are_equal_wherever_they_lie(parent: Dataset, tmp_path: Path):
    twin = write_dataset(tmp_path / "twin", SAMPLES)
    here, there = (edited(each, tmp_path / f"child of {each.folder.name}", {2: "x"}, {5}) for each in (parent, twin))
    assert here.manifest.hash == there.manifest.hash


def test_untouched_shards_take_no_room_twice_and_outlive_the_parent(tmp_path: Path):
    parent = write_dataset(tmp_path / "parent", SAMPLES)
    child = edited(parent, tmp_path / "child", {0: "x"}, set())
    shared = [
        entry.file
        for entry in child.manifest.shards
        if os.path.samefile(tmp_path / "child" / entry.file, tmp_path / "parent" / entry.file)
    ]
    assert len(shared) == len(child.manifest.shards) - 1
    for path in sorted((tmp_path / "parent").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert open_dataset(tmp_path / "child", verify="hashes").label(13) == "e0"


def test_without_hard_links_shards_are_copied(parent: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(shards.os, "link", refuse)
    child = edited(parent, tmp_path / "child", {0: "x"}, {13})
    assert [child.label(i) for i in (0, 1, 12)] == ["x", "t1", "v2"]


@pytest.mark.parametrize(
    ("corrections", "removals", "named"),
    [
        ((), (14,), "Sample 14 does not exist"),
        ((Correction(sample=99, label="a"),), (), "Sample 99 does not exist"),
        ((Correction(sample=0, label="\u202e\n"),), (), "sample 0 shows nothing"),
        ((Correction(sample=0, label="t0"),), (), "nothing would change"),
        ((), tuple(range(14)), "All 14 samples would be removed"),
    ],
)
def test_an_edit_that_cannot_be_made_is_refused_with_its_reason(
    parent: Dataset, corrections: tuple[Correction, ...], removals: tuple[int, ...], named: str
):
    config = EditConfig(dataset="0" * 26, corrections=corrections, removals=removals)
    with pytest.raises(DatasetError, match=named):
        Edits.of(config, parent)


def test_corrections_are_cleaned_as_imported_labels_are(parent: Dataset):
    config = EditConfig(dataset="0" * 26, corrections=(Correction(sample=0, label=" e\u0301\t\u200ea "),))
    assert Edits.of(config, parent).corrections[0].startswith("é")


@pytest.mark.parametrize("stopped_after", [1, 3])
def test_an_edit_that_was_stopped_goes_on(workspace: Workspace, stopped_after: int, monkeypatch: pytest.MonkeyPatch):
    config = EditConfig(dataset=saved(workspace), removals=(0, 9), corrections=(Correction(sample=12, label="new"),))
    folder = workspace.folder("datasets", new_id())
    folder.mkdir()
    asked = iter([False] * (stopped_after - 1) + [True] * 9)
    with JobContext(folder) as job, monkeypatch.context() as patch:
        patch.setattr(job, "stop_requested", lambda: next(asked))
        with pytest.raises(Stopped):
            work(config, job)
    with JobContext(folder) as job:
        work(config, job)
    straight = edited(
        open_dataset(workspace.folder("datasets", config.dataset)), folder.parent / "x", {12: "new"}, {0, 9}
    )
    assert read_manifest(folder).hash == straight.manifest.hash


def test_ancestors_are_found_as_far_as_they_exist(workspace: Workspace):
    ids = [saved(workspace)]
    for label in ("one", "two"):
        parent, id = open_dataset(workspace.folder("datasets", ids[0])), new_id()
        edited(parent, workspace.folder("datasets", id), {0: label}, set())
        ids.insert(0, id)
    assert ancestors(workspace, ids[0]) == ids[1:]
    assert ancestors(workspace, ids[2]) == []
    os.rename(workspace.folder("datasets", ids[2]), workspace.root / "gone")
    assert ancestors(workspace, ids[0]) == [ids[1]]


def test_an_import_may_follow_another_dataset(workspace: Workspace):
    first = saved(workspace)
    config = ImportConfig(path="mine", follows=first)
    second = folders.job(workspace, "datasets", "import", "second", config, "finished")
    write_dataset(second.folder, SAMPLES)
    assert ancestors(workspace, second.id) == [first]
    assert [job.id for job in uses_of(workspace, first).versions] == [second.id]


def test_an_edit_is_a_job_like_any_other(workspace: Workspace, lab: Lab, make_folder: MakeFolder):
    parent = make_folder("finished")
    write_dataset(parent, SAMPLES)
    id = jobs.launch(workspace, "edit", EditConfig(dataset=parent.name, removals=(3,)), name="without 3")
    job = lab.wait(id, State.finished)
    assert (job.summary["parent"], job.summary["removed"], job.summary["images"]) == (parent.name, 1, 13)
    assert ancestors(workspace, id) == [parent.name]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_flipped_bit_of_the_parent_ends_the_edit(tmp_path: Path, number: int, place: int):
    parent = write_dataset(tmp_path / "parent", SAMPLES)
    shard = tmp_path / "parent" / parent.manifest.shards[number].file
    shard.write_bytes(flipped(shard.read_bytes(), place))
    with pytest.raises(DatasetError, match=f"{shard.name} of dataset parent is damaged"):
        edited(parent, tmp_path / "child", {1: "new"}, set())
