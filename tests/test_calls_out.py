"""Nothing leaves this machine: what the kernel sees of a process, native code included."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import calls_out

ROOT = Path(__file__).parents[1]


def calls(folder: Path, code: str) -> str:
    """Run Python code in a process of its own and return its calls; skip where the kernel forbids to watch."""
    report = folder / "calls.txt"
    command = [*calls_out.through(report), sys.executable, "-c", code]
    environment = calls_out.loud(folder)
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    if ended.returncode == calls_out.FORBIDDEN:
        pytest.skip(ended.stderr)
    assert ended.returncode == 0, ended.stderr
    return report.read_text(encoding="utf-8")


def test_calls_of_every_kind_are_seen(tmp_path: Path):
    tried = """
import contextlib, socket
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
with contextlib.suppress(OSError): socket.create_connection(("198.51.100.1", 80))
with contextlib.suppress(OSError): socket.create_connection(("::ffff:198.51.100.2", 80))
with contextlib.suppress(OSError): datagram.sendto(b"x", ("198.51.100.3", 9))
with contextlib.suppress(OSError): datagram.sendmsg([b"x"], [], 0, ("198.51.100.4", 9))
with contextlib.suppress(OSError): datagram.sendto(b"x", ("127.0.0.53", 53))
with contextlib.suppress(OSError): socket.create_connection(("127.0.0.1", 1))
"""
    seen = calls(tmp_path, tried)
    assert all(f"198.51.100.{number}," in seen for number in (1, 2, 3, 4))
    assert "a name looked up at 127.0.0.53" in seen
    assert len(seen.splitlines()) == 5


def test_reading_calls_nobody_and_prepares_no_call(tmp_path: Path):
    reading = """
from PIL import Image
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.reader import Reader
Reader.open(STARTER_FOLDER).read_many([Image.new("L", (80, 32), 255)])
"""
    assert calls(tmp_path, reading) == ""
    # ONNX Runtime calls some ten seconds after it was loaded; that it will shows at once by an id kept here.
    assert not list(tmp_path.rglob("*onnxruntime*"))
