"""Damaged and odd files of every format of scenes: none raises anything but what a user can fix."""

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.config.scene_importing import SceneFormatName, SceneImportConfig
from engine.config.scene_rules import SceneRules
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.report import make_scene_report
from engine.datasets.scenes.importing.scan import scan_tree
from engine.errors import GlyphlabError, SourceError
from engine.sources.folder import FolderTree
from tests.datasets.scenes.importing.sources import SOURCES, listed, saved


def test_a_declared_entity_is_not_followed(tmp_path: Path):
    bomb = '<!DOCTYPE x [<!ENTITY e "eeeeeeeeee"><!ENTITY f "&e;&e;&e;">]>'
    page = str(SOURCES["page"]["a.xml"]).replace("<PcGts", bomb + "<PcGts").replace("SALE", "&f;")
    files = {**SOURCES["page"], "a.xml": page}
    _, scenes, _ = listed(saved(tmp_path, files))
    assert scenes["photos/a.jpg"].unlabelled


def mutations(content: bytes, seed: int) -> bytes:
    """Return a file damaged in one of ten ways."""
    rng = random.Random(seed)
    place = rng.randrange(len(content) or 1)
    odd = (b"\x00", b"\xff\xfe", b"1e999", b"-", b"NaN", b'{"', b"]]", b"9" * 400, b"<a>", b'"\\ud800"')[seed % 10]
    kind = rng.randrange(4)
    if kind == 0:
        return content[:place]
    if kind == 1:
        return content[:place] + odd + content[place:]
    if kind == 2:
        return content[:place] + odd + content[place + rng.randrange(1, 30) :]
    return content.replace(rng.choice((b"1", b"0", b",", b'"', b"[", b" ", b">")), odd, rng.randrange(1, 4))


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), forced=st.booleans())
def test_damaged_files_raise_nothing_but_what_a_user_can_fix(name: SceneFormatName, seed: int, forced: bool):
    files = {file: _bytes(content) for file, content in SOURCES[name].items()}
    damaged = sorted(files)[seed % len(files)]
    files[damaged] = mutations(files[damaged], seed)
    config = SceneImportConfig(path="x", format=name if forced else "auto", rules=SceneRules(corners="box"))
    with tempfile.TemporaryDirectory() as folder:
        root = saved(Path(folder), files)
        try:
            make_scene_report(scan_tree(FolderTree(root), config), config)
        except GlyphlabError as error:
            assert str(error)  # noqa: PT017  any of them will do


ODD = (
    None,
    -1,
    1e308,
    "x",
    [],
    {},
    True,
    "\ud800",
    10**400,
    [[]],
    {"a": 1},
    "1e999",
    [[1, 2], [3]],
    "../../etc/passwd",
)


def paths_of(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inner for found in paths_of(each, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], odd: object) -> Any:
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:], odd)
    return copy


@pytest.mark.parametrize("name", ["ctw", "coco", "label-studio", "labelme", "doctr"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_odd_values_in_json_raise_nothing_but_what_a_user_can_fix(name: SceneFormatName, data: st.DataObject):
    file, content = next(iter(SOURCES[name].items()))
    value = json.loads(str(content).split("\n")[0])
    for _ in range(2):
        value = changed(value, data.draw(st.sampled_from(paths_of(value))), data.draw(st.sampled_from(ODD)))
    config = SceneImportConfig(path="x", format=name)
    with tempfile.TemporaryDirectory() as folder:
        root = saved(Path(folder), {**SOURCES[name], file: json.dumps(value)})
        try:
            report = make_scene_report(scan_tree(FolderTree(root), config), config)
        except SourceError:
            return
    json.dumps(report.plain(), ensure_ascii=False).encode()


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        json.dumps({"images": {"x": None}, "annotations": 5}),
        json.dumps({"images": [None, 3, {}], "annotations": [{"image_id": []}], "categories": None}),
        json.dumps([{"data": [], "annotations": None}]),
        json.dumps({"shapes": [None, {"points": "x"}]}),
        json.dumps({"a.jpg": {"polygons": 3}}),
        json.dumps({"\ud800.jpg": {"polygons": []}}),
        json.dumps({"images": [{"id": 1, "file_name": "\udc00"}], "annotations": [], "categories": []}),
        json.dumps({"a.jpg": {"polygons": {"x": [[[1e300, 0], [0, 0], [0, 1]]]}}}),
    ],
)
def test_odd_json_raises_nothing_but_what_a_user_can_fix(tmp_path: Path, content: str):
    for name in SCENE_FORMATS:
        root = saved(tmp_path / name, {"x.json": content, "x.jsonl": content, "Label.txt": f"a.jpg\t{content}"})
        config = SceneImportConfig(path="x", format=name)
        try:
            report = make_scene_report(scan_tree(FolderTree(root), config), config)
            json.dumps(report.plain(), ensure_ascii=False).encode()
        except SourceError as error:
            assert "Choose another format" in str(error)  # noqa: PT017
