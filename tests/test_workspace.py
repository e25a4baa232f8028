"""The workspace decides every path; what users type decides none."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import JobError
from engine.workspace import COLLECTIONS, Workspace, new_id

PAGE = Path(__file__).parent.parent / "artifacts" / "README.md"

# Shapes of CVE-2023-1177, CVE-2023-6831, CVE-2024-1558, CVE-2024-3848 and plain mischief.
HOSTILE = [
    "../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "file:///etc/passwd#",
    "%2e%2e%2f",
    "a" * 25 + "/",
    "a" * 25 + "\n",
    "A" * 26,
    "",
    ".",
    "a" * 27,
    "a\0" * 13,
    "ａ" * 26,
]


@pytest.mark.parametrize("id", HOSTILE)
def test_hostile_ids_are_refused(workspace: Workspace, id: str):
    with pytest.raises(JobError, match="is no id"):
        workspace.folder("runs", id)


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_leads_out_of_the_collection(workspace: Workspace, text: str):
    try:
        folder = workspace.folder("runs", text)
    except JobError:
        return
    assert folder.parent == workspace.root / "runs"


def test_a_link_is_not_followed(workspace: Workspace, tmp_path: Path):
    id = new_id()
    (workspace.collection("runs") / id).symlink_to(tmp_path)
    with pytest.raises(JobError, match="link"):
        workspace.folder("runs", id)


def test_ids_are_unique_and_sort_by_birth():
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [id[:10] for id in ids] == sorted(id[:10] for id in ids)


def test_collections_are_private_to_their_owner(workspace: Workspace):
    for name in COLLECTIONS:
        assert os.stat(workspace.collection(name)).st_mode & 0o077 == 0


def test_the_workspace_follows_the_environment(workspace: Workspace):
    assert Workspace.default() == workspace


def test_the_workspaces_page_lists_every_folder():
    words = PAGE.read_text(encoding="utf-8")
    own = [name for name, part in vars(Workspace).items() if isinstance(part, property)]
    folders = [f"{name}/<id>/" for name in COLLECTIONS] + [f"{name.replace('_', '-')}/" for name in own]
    assert [folder for folder in folders if f"\n{folder} " not in words] == []
