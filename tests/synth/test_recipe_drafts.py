"""Drafts of recipes: kept by what they started from, the newest first; what is damaged is passed over."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.synth.recipe_drafts import damaged_drafts, forget_draft, keep_draft, kept_drafts
from engine.workspace import Workspace


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_a_draft_is_kept_replaced_and_forgotten(space: Workspace):
    keep_draft(space, "words", "starter", {"texts": [1]})
    keep_draft(space, "words", "../../escape", {"texts": [2]})
    keep_draft(space, "scenes", "starter", {"scene": 3})
    keep_draft(space, "words", "starter", {"texts": [4]})
    assert [(draft.choice, draft.values) for draft in kept_drafts(space, "words")] == [
        ("starter", {"texts": [4]}),
        ("../../escape", {"texts": [2]}),
    ]
    assert [draft.values for draft in kept_drafts(space, "scenes")] == [{"scene": 3}]
    forget_draft(space, "words", "starter")
    forget_draft(space, "words", "starter")
    assert [draft.choice for draft in kept_drafts(space, "words")] == ["../../escape"]
    assert {path.parent for path in space.root.rglob("*.json")} == {space.drafts}


def test_a_draft_that_did_not_change_keeps_its_time(space: Workspace):
    keep_draft(space, "words", "starter", {"texts": [1]})
    first = kept_drafts(space, "words")[0].changed
    assert first <= datetime.now(UTC)
    keep_draft(space, "words", "starter", {"texts": [1]})
    assert kept_drafts(space, "words")[0].changed == first


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"format": 2}',
        json.dumps({"format": 1, "kind": "scenes", "choice": "a", "changed": "2026-01-01T00:00:00+00:00"}).encode(),
        json.dumps(
            {"format": 1, "kind": "words", "choice": "a", "changed": "2026-01-01T00:00:00", "values": 1}
        ).encode(),
        b"[" * 100_000,
    ],
)
def test_a_damaged_draft_is_put_aside_and_another_written(space: Workspace, content: bytes):
    keep_draft(space, "words", "starter", 1)
    (path,) = space.drafts.iterdir()
    path.write_bytes(content)
    assert kept_drafts(space, "words") == []
    keep_draft(space, "words", "starter", 2)
    assert [draft.values for draft in kept_drafts(space, "words")] == [2]
    assert [path.read_bytes() for path in damaged_drafts(space, "words")] == [content]
    path.write_bytes(content)
    keep_draft(space, "words", "starter", 3)  # found damaged only when it is written over
    assert len(damaged_drafts(space, "words")) == 2
    assert damaged_drafts(space, "scenes") == []
