"""Drafts: kept until something is made of them, never written over by another tab, and never more than so many."""

import json
import os
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine import drafts
from engine.drafts import (
    MOST,
    MOST_BYTES,
    KeptDraft,
    damaged_drafts,
    draft_file,
    end_draft,
    keep_draft,
    kept_drafts,
    new_draft,
    put_aside,
)
from engine.errors import WorkspaceError
from engine.files import read_json, write_json
from engine.workspace import Workspace

JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**53), 2**53)
    | some.text(some.characters(exclude_categories=["Cs"])),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text("abc.-", max_size=6), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def values(space: Workspace, kind: str = "train") -> list[Any]:
    return [draft.values for draft in kept_drafts(space, kind)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(held=JSON, choice=some.text(some.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_is_kept_comes_back_as_it_was(space: Workspace, held: Any, choice: str):
    kept = keep_draft(space, new_draft("train", choice), held)
    back = next(draft for draft in kept_drafts(space, "train") if draft.id == kept.id)
    assert back == kept
    end_draft(space, kept)
    assert not values(space)


def test_drafts_of_kinds_and_owners_are_kept_apart_and_the_newest_comes_first(space: Workspace):
    for held, kind, owner in ((1, "train", ""), (2, "import", ""), (3, "train", "ada"), (4, "train", "")):
        keep_draft(space, new_draft(kind, "../../escape", owner), held)
    assert values(space) == [4, 1]
    assert values(space, "import") == [2]
    assert [draft.values for draft in kept_drafts(space, "train", "ada")] == [3]
    assert {path.parent for path in space.root.rglob("*.json")} == {space.drafts}


def test_what_did_not_change_is_not_written_again(space: Workspace):
    first = keep_draft(space, new_draft("train"), {"a": [1]})
    (path,) = space.drafts.glob("*.json")
    before = path.stat().st_mtime_ns
    assert keep_draft(space, first, {"a": [1]}) is first
    assert path.stat().st_mtime_ns == before


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(writes=some.lists(some.tuples(some.sampled_from("AB"), some.integers(0, 5)), min_size=1, max_size=8))
def test_of_two_tabs_neither_takes_away_what_the_other_typed(tmp_path_factory: Any, writes: list[tuple[str, int]]):
    space = Workspace(tmp_path_factory.mktemp("tabs"))
    began = keep_draft(space, new_draft("train"), "both")
    tabs = dict.fromkeys("AB", began)
    for tab, held in writes:
        tabs[tab] = keep_draft(space, tabs[tab], f"{tab}{held}")
    stored = {draft.id: draft.values for draft in kept_drafts(space, "train")}
    for tab in {tab for tab, _ in writes}:
        assert stored[tabs[tab].id] == tabs[tab].values
    assert len(stored) <= 2


def test_what_another_tab_went_on_with_is_neither_ended_nor_put_aside(space: Workspace):
    began = keep_draft(space, new_draft("train"), 1)
    keep_draft(space, began, 2)
    end_draft(space, began)
    put_aside(space, began)
    assert [(draft.values, draft.aside) for draft in kept_drafts(space, "train")] == [(2, False)]


def test_what_is_put_aside_stays_and_is_taken_up_again(space: Workspace):
    put_aside(space, keep_draft(space, new_draft("train"), 1))
    (aside,) = kept_drafts(space, "train")
    assert (aside.values, aside.aside) == (1, True)
    assert not keep_draft(space, aside, 1).aside


def test_one_that_another_tab_ended_is_kept_when_more_is_typed(space: Workspace):
    mine = keep_draft(space, new_draft("train"), 1)
    end_draft(space, mine)
    keep_draft(space, mine, 2)
    assert values(space) == [2]


def test_there_are_never_more_than_so_many_nor_older_ones(space: Workspace, monkeypatch: pytest.MonkeyPatch):
    old = keep_draft(space, new_draft("import"), 0)
    long_ago = (datetime.now(UTC) - timedelta(seconds=drafts.LIFETIME + 60)).isoformat()
    path = space.drafts / old.file_name
    write_json(path, read_json(path) | {"changed": long_ago})
    for number in range(MOST + 3):
        keep_draft(space, new_draft("train"), number)
    assert values(space) == list(range(MOST + 2, 2, -1))
    assert not values(space, "import")


def test_a_draft_over_the_limit_is_refused_and_the_former_values_stay(space: Workspace):
    kept = keep_draft(space, new_draft("train"), "short")
    with pytest.raises(WorkspaceError, match="a reload would lose it"):
        keep_draft(space, kept, "x" * (MOST_BYTES + 1))
    assert values(space) == ["short"]


def test_dropped_files_stay_with_their_drafts_and_go_with_them(space: Workspace, monkeypatch: pytest.MonkeyPatch):
    contents = [os.urandom(600) for _ in range(3)]
    names = [sha256(content).hexdigest() for content in contents]
    both = keep_draft(space, new_draft("drop"), 1, dict(zip(names[:2], contents[:2], strict=True)))
    other = keep_draft(space, new_draft("drop"), 2, {names[1]: contents[1], names[2]: contents[2]})
    assert [draft_file(space, name) for name in names] == contents
    both = keep_draft(space, both, 1, {names[1]: None})
    assert [draft_file(space, name) is None for name in names] == [True, False, False]
    end_draft(space, other)
    assert [draft_file(space, name) is None for name in names] == [True, False, True]
    (space.drafts / "files" / names[1]).write_bytes(b"damaged")
    assert draft_file(space, names[1]) is None
    assert draft_file(space, "../" + both.file_name) is None
    monkeypatch.setattr(drafts, "MOST_FILE_BYTES", 1300)
    for content in contents:
        keep_draft(space, new_draft("drop"), 3, {sha256(content).hexdigest(): content})
    assert sum(path.stat().st_size for path in (space.drafts / "files").iterdir()) <= 1300


def test_a_draft_of_an_older_version_is_found(space: Workspace):
    record = {"format": 1, "kind": "words", "choice": "starter", "changed": "2026-01-01T00:00:00+00:00", "values": 7}
    write_json(space.drafts / f"words-{'0a' * 16}.json", record)
    (found,) = kept_drafts(space, "words")
    assert (found.choice, found.values, found.owner, found.aside) == ("starter", 7, "", False)
    assert keep_draft(space, found, 8).id == found.id


WHOLE = {"format": 1, "kind": "train", "choice": "", "changed": "2026-01-01T00:00:00+00:00", "values": 1}


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b"\xff",
        b"",
        b'{"format": 2}',
        json.dumps(WHOLE | {"kind": "import"}).encode(),
        json.dumps(WHOLE | {"changed": "2026-01-01T00:00:00"}).encode(),
        json.dumps(WHOLE | {"changed": 3}).encode(),
        json.dumps(WHOLE | {"files": 3}).encode(),
        b"[" * 100_000,
    ],
)
def test_a_damaged_draft_is_put_aside_and_another_written(space: Workspace, content: bytes):
    kept: KeptDraft = keep_draft(space, new_draft("train"), 1)
    (space.drafts / kept.file_name).write_bytes(content)
    assert values(space) == []
    again = keep_draft(space, kept, 2)
    assert values(space) == [2]
    assert [path.read_bytes() for path in damaged_drafts(space, "train")] == [content]
    (space.drafts / again.file_name).write_bytes(content)
    keep_draft(space, again, 3)  # found damaged only when it is written over
    assert len(damaged_drafts(space, "train")) == 2
    assert damaged_drafts(space, "import") == []
