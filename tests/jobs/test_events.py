"""Events are lost a line at most, whatever a crash leaves, and readers never stumble."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs import paths
from engine.jobs.events import DAMAGED, EventWriter, read_events, truncate_events
from tests.helpers.damage import flipped

EVENTS = [{"kind": "train", "step": step, "loss": 1.0 / (step + 1), "text": "é\n"} for step in range(4)]


def write(path: Path, events: list[dict]) -> None:
    writer = EventWriter(path)
    for event in events:
        writer.append(event)
    writer.close()


def test_what_is_appended_is_read_back(tmp_path: Path):
    write(tmp_path / paths.EVENTS, EVENTS)
    events, offset = read_events(tmp_path / paths.EVENTS)
    assert events == EVENTS
    assert offset == (tmp_path / paths.EVENTS).stat().st_size


def test_a_cut_at_any_byte_loses_the_torn_line_only_and_the_next_writer_goes_on(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    write(path, EVENTS)
    whole = path.read_bytes()
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        complete = whole[:length].count(b"\n")
        assert read_events(path)[0] == EVENTS[:complete]
        write(path, [{"kind": "note", "step": None}])
        assert read_events(path)[0] == [*EVENTS[:complete], {"kind": "note", "step": None}]


@given(chunks=st.lists(st.binary(max_size=30), max_size=8))
def test_any_bytes_are_read_without_an_error_and_reading_on_misses_nothing(tmp_path_factory, chunks: list[bytes]):
    path = tmp_path_factory.mktemp("events") / paths.EVENTS
    path.touch()
    read, offset = [], 0
    for chunk in chunks:
        with open(path, "ab") as file:
            file.write(chunk + b'\n{"kind": "train"}\n{"ki')
        events, later = read_events(path, offset)
        assert later >= offset
        read, offset = read + events, later
    assert read == read_events(path)[0]


@pytest.mark.parametrize(
    "line",
    [b"[1, 2]", b"17", b"null", b'{"a": ', b"\xff\xfe", b"[" * 100_000, b""],
    ids=["list", "number", "null", "torn", "no UTF-8", "deep", "empty"],
)
def test_a_line_that_is_no_event_is_told(tmp_path: Path, line: bytes):
    path = tmp_path / paths.EVENTS
    path.write_bytes(b'{"step": 1}\n' + line + b'\n{"step": 2}\n')
    told = [{"kind": DAMAGED, "step": None}] if line else []
    assert read_events(path)[0] == [{"step": 1}, *told, {"step": 2}]


def test_no_flipped_bit_is_read_as_another_event(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    write(path, EVENTS)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(flipped(whole, place))
        events, _ = read_events(path)
        kept = [event for event in events if event["kind"] != DAMAGED]
        assert all(event in EVENTS for event in kept)
        assert len(kept) == len(EVENTS) or len(kept) < len(events), f"byte {place}: a line is lost without a word"
        write(path, [{"kind": "note", "step": None}])  # whoever goes on loses no more
        assert read_events(path)[0] == [*events, {"kind": "note", "step": None}]


def test_a_lost_line_stays_told_until_its_steps_are_done_again(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    write(path, EVENTS)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"#" + lines[1] + lines[2] + b"#" + lines[3])
    truncate_events(path, 2)
    assert [event["step"] for event in read_events(path)[0]] == [0, None, 2, None]
    truncate_events(path, 0)
    assert [event["step"] for event in read_events(path)[0]] == [0, None]


def test_lines_without_a_checksum_are_read_as_older_versions_wrote_them(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    path.write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    write(path, EVENTS)
    assert read_events(path)[0] == EVENTS * 2


def test_numbers_that_json_lacks_become_null(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    write(path, [{"loss": math.nan, "rates": [math.inf, np.float32(0.5)], "n": np.int64(3), "x": np.float64("nan")}])
    assert read_events(path)[0] == [{"loss": None, "rates": [None, 0.5], "n": 3, "x": None}]
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))


def test_truncation_drops_later_steps_and_tells_readers_by_a_smaller_offset(tmp_path: Path):
    path = tmp_path / paths.EVENTS
    write(path, [*EVENTS, {"kind": "note", "step": None}])
    _, offset = read_events(path)
    truncate_events(path, 1)
    events, smaller = read_events(path, offset)
    assert [event["step"] for event in events] == [0, 1, None]
    assert smaller < offset


def test_missing_files_and_links_have_no_events(tmp_path: Path):
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert read_events(tmp_path / "none") == ([], 0)
    assert read_events(tmp_path / "link") == ([], 0)
