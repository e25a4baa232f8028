"""What a workspace lies on, what does not hold there, and that a job of another machine is not taken for lost."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.files import write_json
from engine.jobs import State, job, locks, paths, queue, records, storage
from engine.jobs.mounts import Mount, mount_of
from engine.jobs.records import Heartbeat
from engine.jobs.storage import checked_storage, storage_faults
from engine.workspace import Workspace
from tests.helpers.labs import MakeFolder

TABLE = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:50 / /mnt rw - tmpfs tmpfs rw
41 40 0:51 / /mnt/lab\\040one rw,noatime shared:5 - nfs4 server:/lab rw,vers=4.2,acdirmax=30,local_lock=none
49 40 0:59 / /mnt/fresh rw - nfs4 server:/fresh rw,vers=4.2,lookupcache=pos
42 40 0:52 / /mnt/old rw - nfs server:/old rw,vers=3,local_lock=flock
43 40 0:53 / /mnt/quick rw - nfs4 server:/quick rw,noac
44 40 0:54 / /mnt/smb rw - cifs //server/share rw,nobrl
45 40 0:55 / /mnt/ssh rw - fuse.sshfs me@server:/data rw
46 40 0:56 / /mnt/vm rw - 9p host rw
47 40 0:57 / /mnt/container rw - overlay overlay rw
48 40 0:58 / /mnt/union rw - fuse.mergerfs a:b rw
50 40 0:60 / /mnt/weka rw - wekafs default rw
51 40 0:61 / /mnt/later rw - fs_of_a_later_year pool rw
52 40 0:62 / /mnt/stick rw - vfat /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "shared", "local_locks", "seconds", "missing"),
    [
        ("/home/me", "ext4", False, "", 0, 0),
        ("/mnt/laboratory", "tmpfs", False, "", 0, 0),  # beside "lab one"
        ("/mnt/lab one/artifacts", "nfs4", True, "", 30, 30),
        ("/mnt/fresh", "nfs4", True, "", 60, 0),
        ("/mnt/old", "nfs", True, "local_lock=flock", 60, 60),
        ("/mnt/quick/x", "nfs4", True, "", 0, 0),
        ("/mnt/smb", "cifs", True, "nobrl", 0, 5),
        ("/mnt/ssh", "fuse.sshfs", True, "fuse.sshfs", 0, 5),
        ("/mnt/vm", "9p", True, "", 0, 5),
        ("/mnt/container", "overlay", False, "", 0, 0),
        ("/mnt/union", "fuse.mergerfs", False, "", 0, 0),
        ("/mnt/weka", "wekafs", True, "", 0, 5),
        ("/mnt/later", "fs_of_a_later_year", True, "", 0, 5),
        ("/mnt/stick", "vfat", False, "", 0, 0),
    ],
)
def test_a_folder_s_mount_says_whether_it_is_shared_and_locked(
    folder: str, kind: str, shared: bool, local_locks: str, seconds: int, missing: int
):
    mount = mount_of(Path(folder), TABLE)
    told = (mount.kind, mount.shared, mount.local_locks, mount.cache_seconds, mount.missing_seconds)
    assert told == (kind, shared, local_locks, seconds, missing)


def test_this_machine_s_own_storage_keeps_every_promise(workspace: Workspace):
    assert [fault for fault in storage_faults(workspace.root) if fault.level == "wrong"] == []
    assert os.listdir(workspace.root) == []


@pytest.mark.parametrize(
    ("kind", "options", "level", "said"),
    [
        ("nfs4", {"local_lock=all"}, "wrong", "its locks stay on each machine (local_lock=all)"),
        ("nfs4", set(), "doubtful", "after up to 60 s (mount it with actimeo=3,lookupcache=positive for less)"),
        ("overlay", set(), "doubtful", "it goes with the container. Mount a volume"),
    ],
)
def test_storage_that_machines_share_is_told_with_what_to_do(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str, options: set[str], level: str, said: str
):
    mount = Mount(kind, "server:/lab", "/mnt/lab", frozenset(options))
    monkeypatch.setattr(storage, "mount_of", lambda root: mount)
    [fault] = storage_faults(workspace.root)
    assert (fault.level, said in fault.text) == (level, True)


def test_locks_that_do_not_hold_are_found_and_told_before_a_launch(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(storage, "mount_of", lambda root: Mount("vboxsf"))
    monkeypatch.setattr(fcntl, "flock", lambda descriptor, operation: None)
    checked_storage.cache_clear()
    assert main(["generate", "--recipe", "nope"]) == 2
    assert "this does not hold: a lock that is held is held by one" in capsys.readouterr().err
    assert main(["storage"]) == 1
    assert "NO   a lock that is held is held by one" in capsys.readouterr().out
    checked_storage.cache_clear()


def test_a_lock_that_another_machine_holds_and_is_not_seen_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(storage, "SAY_SECONDS", 1.0)
    workspace.root.mkdir()
    with storage.hold_lock(workspace.root):
        assert storage_faults(workspace.root) == []
    assert storage_faults(workspace.root) == []
    said = workspace.root / "storage.lock"  # by node7, with a lock that does not reach us
    said.write_text(f"{time.time() - 5:.0f} node7\n")
    again = threading.Timer(0.5, lambda: said.write_text(f"{time.time():.0f} node7\n"))
    again.start()
    [fault] = storage_faults(workspace.root)
    assert "node7 holds a lock in this workspace that is free here" in fault.text
    again.join()
    assert storage_faults(workspace.root) == []  # it was killed meanwhile
    assert storage.lock_holder(workspace.root) == ""


@pytest.mark.parametrize(("shared", "age", "lives"), [(True, 5, True), (True, 90, False), (False, 5, False)])
def test_a_job_whose_lock_is_not_seen_lives_while_another_machine_gives_signs_of_life(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch, shared: bool, age: float, lives: bool
):
    monkeypatch.setattr(job, "is_shared", lambda folder: shared)
    folder = make_folder(reason=None)
    beat = Heartbeat(boot_id="another", monotonic=1.0, seconds=30.0, time=time.time() - age)
    write_json(folder / paths.HEARTBEAT, beat.plain())
    found = job.read_job(folder).state
    assert (found.live, found is State.lost) == (lives, not lives)


def test_machines_that_share_a_workspace_have_devices_of_their_own(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    assert queue._device_lock(workspace, "gpu:0").name == "gpu-0.lock"
    monkeypatch.setattr(queue, "is_shared", lambda folder: True)
    held = locks.take(queue._device_lock(workspace, "gpu:0"))
    monkeypatch.setattr(records, "boot_id", lambda: "another")
    other = locks.take(queue._device_lock(workspace, "gpu:0"))
    assert held is not None
    assert other is not None
    os.close(held)
    os.close(other)
