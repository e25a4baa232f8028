import contextlib
import json
import os
import shutil

import pytest

from engine.errors import BundleError, JobError
from engine.jobs import paths
from engine.reading.bundle import list_bundles, newest_bundle, open_bundle, open_reader
from engine.workspace import STARTER, Workspace, new_id
from glyphlab_read.reading.bundle import STARTER_FOLDER, load_graphs
from tests.helpers.tiny_bundles import graphs, manifest, save_run_bundle

EVERY_FILE = [("ctc", "network.onnx"), ("attention", "encoder.onnx"), ("attention", "step.onnx")]


def edit(bundle, **changes):
    path = bundle.folder / paths.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_what_was_saved_opens_equal(workspace, kind):
    saved = save_run_bundle(workspace, kind)
    opened = open_bundle(saved.folder, workspace)
    assert opened == saved
    assert load_graphs(opened) == graphs(kind)


def test_a_flipped_bit_in_the_manifest_never_changes_what_is_read(workspace):
    bundle = save_run_bundle(workspace)
    path = bundle.folder / paths.MANIFEST
    content = path.read_bytes()
    for offset in range(0, len(content), 7):
        for bit in (1, 4, 32):
            flipped = bytearray(content)
            flipped[offset] ^= bit
            path.write_bytes(flipped)
            with contextlib.suppress(BundleError):
                assert open_bundle(bundle.folder, workspace).manifest == bundle.manifest


@pytest.mark.parametrize(("kind", "file"), EVERY_FILE)
@pytest.mark.parametrize("at", [0, 0.5, -1])
def test_a_flipped_bit_in_any_graph_is_refused(workspace, kind, file, at):
    bundle = save_run_bundle(workspace, kind)
    content = bytearray((bundle.folder / file).read_bytes())
    content[int(at * len(content))] ^= 1
    (bundle.folder / file).write_bytes(content)
    with pytest.raises(BundleError, match=f"{file} of bundle .* differs"):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize(("kind", "file"), [*EVERY_FILE, ("ctc", paths.MANIFEST)])
@pytest.mark.parametrize("kept", [0, 1, 0.5, -1])
def test_a_file_cut_anywhere_is_refused(workspace, kind, file, kept):
    bundle = save_run_bundle(workspace, kind)
    content = (bundle.folder / file).read_bytes()
    (bundle.folder / file).write_bytes(content[: int(kept * len(content)) if isinstance(kept, float) else kept])
    with pytest.raises(BundleError):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize(("kind", "file"), [*EVERY_FILE, ("ctc", paths.MANIFEST)])
def test_a_missing_file_and_a_grown_one_are_refused(workspace, kind, file):
    bundle = save_run_bundle(workspace, kind)
    content = (bundle.folder / file).read_bytes()
    (bundle.folder / file).write_bytes(content + b" x")
    with pytest.raises(BundleError):
        open_reader(bundle.folder, workspace)
    (bundle.folder / file).unlink()
    with pytest.raises(BundleError, match=file):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize(("kind", "file"), [*EVERY_FILE, ("ctc", paths.MANIFEST)])
def test_a_link_in_place_of_a_file_is_not_followed(workspace, kind, file, tmp_path):
    bundle = save_run_bundle(workspace, kind)
    shutil.move(bundle.folder / file, tmp_path / file)
    (bundle.folder / file).symlink_to(tmp_path / file)
    with pytest.raises(BundleError):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"format": 2}, "of a later version"),
        ({"surprise": 1}, "an unknown key"),
        ({"charset": "aa"}, "a character comes twice"),
        ({"graphs": {}}, "no graph"),
        ({"decoder": {"kind": "attention", "max_length": 3, "states": []}}, "graphs of the other kind"),
        ({"decoder": {"kind": "pickle"}}, "an unknown decoder"),
        ({"preprocessing": {"height": 10**9}}, "out of bounds"),
        ({"graphs": {"network": {"file": "../network.onnx", "sha256": "0" * 64, "bytes": 3}}}, "outside the bundle"),
        ({"graphs": {"network": {"file": "/etc/passwd", "sha256": "0" * 64, "bytes": 3}}}, "outside the bundle"),
        ({"graphs": {"network": {"file": "network.onnx", "sha256": "0" * 64, "bytes": 1 << 40}}}, "too large"),
    ],
)
def test_a_manifest_of_another_form_is_refused(workspace, changes, why):
    bundle = save_run_bundle(workspace)
    edit(bundle, **changes)
    with pytest.raises(BundleError, match="damaged or of another format"):
        open_bundle(bundle.folder, workspace)


def test_a_bundle_that_failed_its_parity_check_does_not_count(workspace):
    failed = {"images": 8, "same_strings": 7, "max_logit_difference": 2.0, "counts": False}
    bundle = save_run_bundle(workspace, parity=failed)
    with pytest.raises(BundleError, match="7 of 8"):
        open_bundle(bundle.folder, workspace)


def test_a_bundle_outside_the_workspace_is_not_run(workspace, tmp_path):
    bundle = save_run_bundle(workspace)
    outside = tmp_path / "elsewhere"
    shutil.copytree(bundle.folder, outside)
    link = bundle.folder.with_name("8")
    link.symlink_to(outside)
    for folder in (outside, link, bundle.folder / ".." / ".." / ".." / ".." / ".." / "elsewhere"):
        with pytest.raises(BundleError, match="outside the workspace"):
            open_reader(folder, workspace)


def test_the_newest_usable_bundle_of_each_run_is_listed_newest_run_first(workspace):
    old, new = sorted([new_id(), new_id()])
    for step in (9, 100, 20):
        save_run_bundle(workspace, run=old, step=step)
    save_run_bundle(workspace, run=new, step=5)
    save_run_bundle(workspace, run=new, step=6, parity=manifest("ctc").parity.changed(counts=False))
    broken = save_run_bundle(workspace)
    (broken.folder / paths.MANIFEST).write_text("{")
    (workspace.collection("runs") / "notes.txt").write_text("not a run")
    (workspace.collection("runs") / new_id()).symlink_to("/etc")
    listed = [(bundle.name, bundle.manifest.step) for bundle in list_bundles(workspace)]
    assert [entry for entry in listed if entry[0] != STARTER] == [(new, 5), (old, 100)]
    assert newest_bundle(workspace, old).manifest.step == 100


def test_a_run_without_bundles_says_so(workspace):
    with pytest.raises(BundleError, match="no bundle yet"):
        newest_bundle(workspace, new_id())
    with pytest.raises(JobError):
        newest_bundle(workspace, "../../etc")


def test_a_run_whose_bundles_cannot_be_used_says_why_the_newest_cannot(workspace):
    old = save_run_bundle(workspace, step=6, parity=manifest("ctc").parity.changed(counts=False))
    parity = {"images": 8, "same_strings": 5, "max_logit_difference": 2.0, "counts": False}
    save_run_bundle(workspace, run=old.name, step=7, parity=parity)
    with pytest.raises(BundleError, match="read 5 of 8"):
        newest_bundle(workspace, old.name)


def test_nothing_is_seen_of_a_bundle_that_is_being_written(workspace):
    bundle = save_run_bundle(workspace)
    shutil.move(bundle.folder, bundle.folder.with_name(".7.abc.tmp"))
    with pytest.raises(BundleError, match="no bundle yet"):
        newest_bundle(workspace, bundle.name)


def test_a_bundle_beside_the_starter_is_not_run(workspace):
    with pytest.raises(BundleError, match="outside the workspace"):
        open_bundle(STARTER_FOLDER.parent, Workspace(workspace.root))


@pytest.mark.parametrize("file", ["manifest.json", "network.onnx"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(workspace, file):
    bundle = save_run_bundle(workspace)
    (bundle.folder / file).unlink()
    os.mkfifo(bundle.folder / file)
    with pytest.raises(BundleError, match="no regular file"):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"step": ' + b"1" * 5000 + b"}", b'{"format": 1, "step": NaN}'])
def test_a_manifest_made_to_harm_is_refused(workspace, content):
    bundle = save_run_bundle(workspace)
    (bundle.folder / paths.MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match="damaged"):
        open_bundle(bundle.folder, workspace)
