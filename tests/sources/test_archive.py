"""Zip files made to harm: refused whole before anything is read, or member by member; never a name that is a path."""

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.errors import SourceError
from engine.sources import archive
from engine.sources.archive import ZipTree
from engine.sources.tree import Span
from tests.helpers.sources import zipped

WELL = {"a.txt": b"one", "b/c.txt": b"two" * 1000}


def opened(tmp_path: Path, content: bytes) -> ZipTree:
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    return ZipTree(path)


def patched(content: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Overwrite a field of the first header with this signature."""
    start = content.index(signature) + offset
    return content[:start] + value + content[start + len(value) :]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_good_archive_is_read_in_place(tmp_path: Path, method: int):
    with opened(tmp_path, zipped(WELL, method)) as tree:
        assert [tuple(member) for member in tree.members] == [("a.txt", 3), ("b/c.txt", 3000)]
        assert tree.read("b/c.txt", 10_000) == WELL["b/c.txt"]
        assert len(tree.read("b/c.txt", 10)) > 10
        assert tree.read("b/c.txt", 10_000, Span(3, 3)) == b"two"
        with pytest.raises(OSError, match="not in the archive"):
            tree.read("../archive.zip", 10)
    assert os.listdir(tmp_path) == ["archive.zip"]


def test_names_are_text_and_duplicates_and_system_files_stay_out(tmp_path: Path):
    names = [
        "../../up.png",
        "/etc/passwd",
        "C:\\win\\x.png",
        "a//b/./c.png",
        "__MACOSX/a.png",
        ".DS_Store",
        "d/",
        "e\u0301.png",
    ]
    with opened(tmp_path, zipped(dict.fromkeys(names, b"x") | {"a/b/c.png": b"y"})) as tree:
        assert [name for name, _ in tree.members] == ["C:/win/x.png", "a/b/c.png", "etc/passwd", "up.png", "é.png"]
        assert [tuple(refused) for refused in tree.refused] == [("a/b/c.png", "twin")]
        assert tree.read("a/b/c.png", 9) == b"x"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5, unique=True))
@example(["..\\..\\x", "nul\0byte", "/" * 50, "A.png", "a.png"])
@example(["é" * 2000, "ﬁ/ﬁ", "x" * 4096])
def test_whatever_the_names_nothing_is_written_and_everything_kept_is_read(tmp_path: Path, names: list[str]):
    try:
        content = zipped({name: name.encode(errors="replace") for name in names})
    except (UnicodeEncodeError, ValueError, IndexError):
        return  # a name that zipfile itself cannot write
    with opened(tmp_path, content) as tree:
        for name, size in tree.members:
            assert not name.startswith("/")
            assert ".." not in name.split("/")
            assert "\\" not in name
            assert "\0" not in name
            assert len(tree.read(name, 20_000)) == size
    assert os.listdir(tmp_path) == ["archive.zip"]


def test_links_encrypted_nested_and_unusually_packed_members_are_refused_one_by_one(tmp_path: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("inner.zip", zipped(WELL))
        made.writestr("packed.png", b"x" * 100, zipfile.ZIP_BZIP2)
        made.writestr("good.png", b"x")
        made.writestr("secret.png", b"x")
    content = bytearray(buffer.getvalue())
    at = content.rindex(b"secret.png") - 46  # its entry in the table of contents
    content[at + 8] |= 1
    with opened(tmp_path, bytes(content)) as tree:
        assert [name for name, _ in tree.members] == ["good.png"]
        assert dict(tree.refused) == {
            "inner.zip": "nested",
            "link.png": "link",
            "packed.png": "packing",
            "secret.png": "encrypted",
        }


def overlapping() -> bytes:
    """Many entries of the table of contents that share one member's bytes, as in Fifield's bombs."""
    content = zipped({"a.txt": os.urandom(100_000)})
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entries = b"".join(content[start:end].replace(b"a.txt", f"{i:05}".encode()) for i in range(50))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entries), start, 0)
    return content[:start] + entries + tail


def million_empty() -> bytes:
    """A table of contents of a million entries."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(entry) * 10**6, 0, 0)
    return entry * 10**6 + tail


def huge_claim() -> bytes:
    content = zipped({"a.txt": b"x" * 1000})
    return patched(content, b"PK\x01\x02", 24, struct.pack("<L", 4_000_000_000))


BOMBS = {
    "overlapping members": (overlapping, "overlap"),
    "a million empty members": (million_empty, "table of contents"),
    "too many members": (lambda: zipped({str(i): b"" for i in range(archive.MAX_MEMBERS + 1)}), "20,001 files"),
    "a ratio over 100": (lambda: zipped({"a.bmp": bytes(5_000_000)}), "100 times"),
    "a huge claim": (huge_claim, "4.0 GB"),
    "members that unpack to much together": (
        lambda: zipped({f"{i}.bmp": bytes(900_000) for i in range(20)}),
        "100 times",
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_before_a_member_is_unpacked_and_leave_nothing(
    tmp_path: Path, bomb: str, monkeypatch: pytest.MonkeyPatch
):
    make, told = BOMBS[bomb]
    content = make()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("a member was unpacked"))
    with pytest.raises(SourceError, match=told):
        opened(tmp_path, content)
    assert os.listdir(tmp_path) == ["archive.zip"]


def test_a_member_over_20_mb_is_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="20 MB are allowed a file"):
        opened(tmp_path, zipped({"a.bin": os.urandom(20_000_001)}, zipfile.ZIP_STORED))


@pytest.mark.parametrize(
    ("signature", "offset", "value", "why"),
    [
        (b"PK\x01\x02", 24, struct.pack("<L", 10), "the table claims fewer bytes than come out"),
        (b"PK\x01\x02", 24, struct.pack("<L", 99_999), "the table claims more bytes than come out"),
        (b"PK\x01\x02", 16, b"\0\0\0\0", "the checksum is another's"),
        (b"PK\x03\x04", 30, b"q", "the member has another name than the table says"),
        (b"PK\x03\x04", 40, b"\xff\xff\xff\xff", "the packed bytes are damaged"),
    ],
)
def test_a_member_that_contradicts_its_header_ends_the_import(
    tmp_path: Path, signature: bytes, offset: int, value: bytes, why: str
):
    content = patched(zipped({"abc.txt": os.urandom(500) + b"x" * 3000}), signature, offset, value)
    with opened(tmp_path, content) as tree, pytest.raises(SourceError, match=r"does not match the archive"):
        tree.read("abc.txt", 10_000)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mutated_archive_is_read_or_refused_in_words(tmp_path: Path, data: st.DataObject):
    content = bytearray(zipped(WELL))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    try:
        with opened(tmp_path, bytes(content[: cut or None])) as tree:
            for name, _ in tree.members:
                assert len(tree.read(name, 10_000)) <= 10_000
    except SourceError:
        pass


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x89PNG" + bytes(100)])
def test_a_file_that_is_no_archive_is_refused_or_empty(tmp_path: Path, content: bytes):
    if content.startswith(b"PK\x05\x06"):
        with opened(tmp_path, content) as tree:
            assert tree.members == []
    else:
        with pytest.raises(SourceError, match="no zip file"):
            opened(tmp_path, content)


def test_a_link_in_place_of_an_archive_is_not_followed(tmp_path: Path):
    (tmp_path / "real.zip").write_bytes(zipped(WELL))
    (tmp_path / "link.zip").symlink_to(tmp_path / "real.zip")
    with pytest.raises(OSError):
        ZipTree(tmp_path / "link.zip")
