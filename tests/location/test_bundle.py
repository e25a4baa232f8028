import json
import os
import shutil

import pytest

from engine.errors import BundleError, JobError
from engine.jobs import paths
from engine.location.bundle import list_locator_bundles, newest_locator_bundle, open_locator, open_locator_bundle
from engine.reading.bundle import list_bundles, newest_bundle, open_bundle
from engine.workspace import STARTER, Workspace, new_id
from glyphlab_read.location.bundle import load_locator_graphs
from glyphlab_read.location.locator import Locator
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tiny_locators import LocatorKind, locator_graphs, locator_manifest, save_locator

FAILED = {"images": 8, "largest_difference": 0.2, "same_boxes": 7, "counts": False}


@pytest.mark.parametrize("kind", ["pyramid", "mask"])
def test_what_was_saved_opens_equal(workspace: Workspace, kind: LocatorKind):
    saved = save_locator(workspace, kind)
    opened = open_locator_bundle(saved.folder, workspace)
    assert opened == saved
    assert load_locator_graphs(opened) == locator_graphs(kind)


def test_a_flipped_bit_is_refused_or_changes_nothing(workspace):
    bundle = save_locator(workspace)
    path = bundle.folder / paths.MANIFEST
    content = path.read_bytes()
    for offset in range(0, len(content), 7):
        path.write_bytes(content[:offset] + bytes([content[offset] ^ 4]) + content[offset + 1 :])
        try:
            assert open_locator_bundle(bundle.folder, workspace).manifest == bundle.manifest
        except BundleError:
            continue


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b"", lambda b: b + b" ", lambda b: b[:9] + b"!" + b[10:]]
)
def test_a_cut_grown_or_changed_graph_is_refused(workspace, spoil):
    bundle = save_locator(workspace)
    graph = bundle.folder / "network.onnx"
    graph.write_bytes(spoil(graph.read_bytes()))
    with pytest.raises(BundleError, match=r"network\.onnx of bundle .* differs"):
        open_locator(bundle.folder, workspace)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"format": 2}, "of a later version"),
        ({"surprise": 1}, "an unknown key"),
        ({"maps": ["kernel", "kernel"]}, "a map named twice"),
        ({"maps": ["kernel", "pictures"]}, "an unknown map"),
        ({"maps": ["kernel"]}, "thresholds of a level that it has no map of"),
        ({"thresholds": {}}, "no thresholds"),
        ({"shrink": 0.0}, "kernels of nothing"),
        ({"graphs": {}}, "no graph"),
        ({"graphs": {"network": {"file": "../network.onnx", "sha256": "0" * 64, "bytes": 3}}}, "outside the bundle"),
        ({"preprocessing": {"side": 10**9}}, "out of bounds"),
        ({"preprocessing": {"mode": "fixed", "width": 128}}, "half a size"),
    ],
)
def test_a_manifest_of_another_form_is_refused(workspace, changes, why):
    bundle = save_locator(workspace)
    path = bundle.folder / paths.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(BundleError, match="damaged or of another format"):
        open_locator_bundle(bundle.folder, workspace)


def test_a_bundle_that_failed_its_parity_check_does_not_count(workspace):
    bundle = save_locator(workspace, parity=FAILED)
    with pytest.raises(BundleError, match="7 of 8 photos"):
        open_locator_bundle(bundle.folder, workspace)


def test_a_bundle_outside_the_workspace_is_not_run(workspace, tmp_path):
    bundle = save_locator(workspace)
    outside = tmp_path / "elsewhere"
    shutil.copytree(bundle.folder, outside)
    link = bundle.folder.with_name("8")
    link.symlink_to(outside)
    for folder in (outside, link):
        with pytest.raises(BundleError, match="outside the workspace"):
            open_locator(folder, workspace)


def test_readers_and_locators_are_listed_apart_and_say_so_when_mistaken(workspace):
    reads, locates = sorted([new_id(), new_id()])
    reader = save_run_bundle(workspace, run=reads)
    locator = save_locator(workspace, run=locates, step=9)
    save_locator(workspace, run=locates, step=10, parity=FAILED)
    assert [b.name for b in list_bundles(workspace) if b.name != STARTER] == [reads]
    assert [b.name for b in list_locator_bundles(workspace) if b.name != STARTER] == [locates]
    assert newest_locator_bundle(workspace, locates) == locator
    with pytest.raises(BundleError, match=r"is a locator's.*Choose a reader's"):
        open_bundle(locator.folder, workspace)
    with pytest.raises(BundleError, match=r"is a reader's.*Choose a locator's"):
        open_locator_bundle(reader.folder, workspace)


def test_a_run_without_a_locator_says_so(workspace):
    with pytest.raises(BundleError, match="no locator yet"):
        newest_locator_bundle(workspace, new_id())
    with pytest.raises(BundleError, match="is a locator's"):
        newest_bundle(workspace, save_locator(workspace).name)
    with pytest.raises(JobError):
        newest_locator_bundle(workspace, "../../etc")


@pytest.mark.parametrize("save", [save_locator, save_run_bundle])
@pytest.mark.parametrize("damage", ["cut", "changed", "nested", "pipe", "gone"])
def test_a_damaged_bundle_is_not_told_as_one_that_is_still_to_come(workspace, save, damage: str):
    folder = save(workspace).folder
    run, manifest = folder.parents[1].name, folder / paths.MANIFEST
    whole = manifest.read_bytes()
    manifest.unlink()
    contents = {"cut": whole[:200], "changed": whole.replace(b'"step"', b'"stfp"', 1), "nested": b'{"a":' + b"[" * 9999}
    if damage in contents:
        manifest.write_bytes(contents[damage])
    elif damage == "pipe":
        os.mkfifo(manifest)
    for newest in (newest_locator_bundle, newest_bundle):
        with pytest.raises(BundleError, match=r"The bundle of step \d+ of run .* is damaged"):
            newest(workspace, run)


def test_a_network_of_another_form_is_refused():
    two_maps = {"network": locator_graphs("pyramid")["network"]}
    with pytest.raises(BundleError, match="returns 2 maps, its manifest names 1"):
        Locator(locator_manifest("mask"), two_maps)
    with pytest.raises(BundleError, match="cannot be run"):
        Locator(locator_manifest(), {"network": b"no network"})
