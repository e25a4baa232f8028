"""The storage of the workspace on Home."""

import pytest

from engine.jobs import storage
from engine.jobs.mounts import Mount
from engine.workspace import Workspace
from tests.dashboard.conftest import Open, said


def test_home_tells_what_does_not_hold_where_the_workspace_lies(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    mount = Mount("nfs4", "server:/lab_*one*", "/mnt", frozenset({"local_lock=all"}))
    monkeypatch.setattr(storage, "mount_of", lambda root: mount)
    storage.checked_storage.cache_clear()
    app = open_page("home")
    storage.checked_storage.cache_clear()
    assert "The workspace lies on nfs4 of server:/lab_*one* at /mnt, and its locks stay on each machine" in said(app)
