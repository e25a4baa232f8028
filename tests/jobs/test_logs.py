"""A log is shown without terminal codes, cut at both ends, and never grows without bound."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs import logs, paths
from engine.jobs.logs import tail_log, trim_log


def log(folder: Path, content: bytes) -> Path:
    (folder / paths.LOG).write_bytes(content)
    return folder


def test_codes_and_controls_are_taken_out(tmp_path: Path):
    content = b"\x1b[31mred\x1b[0m\x1b]0;title\x07 \x00\x08plain\xe2\x80\xae\n\ttab \xff\n"
    assert tail_log(log(tmp_path, content)) == "red plain\n\ttab \N{REPLACEMENT CHARACTER}\n"


def test_of_a_redrawn_line_the_last_drawing_stays(tmp_path: Path):
    assert tail_log(log(tmp_path, b"1 %\r50 %\r100 %\nnext\r\n")) == "100 %\nnext\n"


def test_the_tail_begins_with_a_whole_line(tmp_path: Path):
    lines = b"".join(b"line %04d\n" % number for number in range(1000))
    assert tail_log(log(tmp_path, lines), limit=25) == "line 0998\nline 0999\n"


def test_a_missing_log_and_a_link_are_empty(tmp_path: Path):
    assert tail_log(tmp_path) == ""
    (tmp_path / paths.LOG).symlink_to("/etc/passwd")
    assert tail_log(tmp_path) == ""


@given(content=st.binary(max_size=300))
def test_any_bytes_become_text_without_control_characters(tmp_path_factory, content: bytes):
    text = tail_log(log(tmp_path_factory.mktemp("log"), content))
    assert all(character in "\n\t" or ord(character) >= 32 for character in text)


def test_a_flood_is_trimmed_while_its_writer_goes_on(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 10_000)
    monkeypatch.setattr(logs, "_KEPT", 1_000)
    log(tmp_path, b"")
    with open(tmp_path / paths.LOG, "ab", buffering=0) as writer:
        for number in range(2_000):
            writer.write(b"line %05d\n" % number)
        trim_log(tmp_path)
        writer.write(b"the last\n")
    text = (tmp_path / paths.LOG).read_text()
    assert len(text) < 1_200
    assert text.startswith("… earlier lines were dropped …\nline")
    assert text.endswith("line 01999\nthe last\n")
