"""What the package `glyphlab-read` costs by itself: `python -m bench.runtime [--bundle FOLDER] [--starts N]`.

Builds its wheel and installs it twice into empty environments, for words and with the extra for photos, from the index
that pip uses here. Prints the size of what was installed, and of fresh processes there: the seconds from the import to
the first reading, the processor's time, which other work hardly lengthens, and the memory that is resident then and
after a thousand words of many widths. The first process after an installation is not counted: it warms the disk's
cache, as on a machine that is in use.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

from bench.command import run
from bench.machine import print_machine

ROOT = Path(__file__).parents[1]
_EXAMPLES = ROOT / "dashboard" / "home" / "example_images"
_SHOWN = 6  # largest parts of an installation

_MEMORY = """
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
"""
_WORDS = f"""
import os, sys, time
began = time.perf_counter()
from glyphlab_read import Reader
reader = Reader.open(*sys.argv[1:])
reader.read({str(_EXAMPLES / "Pharmacy.png")!r})
seconds, processor = time.perf_counter() - began, time.process_time()
{_MEMORY}
first = resident()
from PIL import Image
with Image.open({str(_EXAMPLES / "Pharmacy.png")!r}) as image:
    for number in range(1000):
        reader.read(image.resize((20 + number % 300, 40)))
import json
print(json.dumps({{"seconds": seconds, "processor": processor, "first": first, "later": resident()}}))
"""
_PHOTO = f"""
import os, sys, time
began = time.perf_counter()
from glyphlab_read import PageReader
reader = PageReader.open(*sys.argv[1:])
reader.read({str(_EXAMPLES / "signs.jpg")!r})
seconds, processor = time.perf_counter() - began, time.process_time()
{_MEMORY}
first = resident()
for number in range(5):
    reader.read({str(_EXAMPLES / "signs.jpg")!r})
import json
print(json.dumps({{"seconds": seconds, "processor": processor, "first": first, "later": resident()}}))
"""


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.runtime", description=__doc__)
    parser.add_argument("--bundle", type=Path, help="a reader's bundle (the starter)")
    parser.add_argument("--starts", type=int, default=7, help="processes of which the median is printed (7)")
    options = parser.parse_args(arguments)
    print_machine()
    given = [str(options.bundle.resolve())] if options.bundle else []
    with tempfile.TemporaryDirectory() as name:
        wheel = _build(Path(name))
        for extra, code in (("", _WORDS), ("[photos]", _PHOTO)):
            python = _install(Path(name) / f"environment{extra}", f"{wheel}{extra}")
            _print_size(python, f"glyphlab-read{extra}")
            _print_starts(python, code, given, options.starts)


def _build(folder: Path) -> Path:
    """Build the wheel of a copy, as a build leaves files beside its sources."""
    copytree(ROOT / "runtime", folder / "runtime", ignore=ignore_patterns("__pycache__", "*.egg-info", "build"))
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder / "runtime")
    return next(folder.glob("*.whl"))


def _install(folder: Path, wheel: str) -> Path:
    """Install a wheel and what it asks for; return the environment's Python."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    _pip("--python", python, "install", "--constraint", ROOT / "constraints.txt", wheel)
    return python


def _pip(*arguments: str | Path) -> None:
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env=outside)


def _print_size(python: Path, title: str) -> None:
    [packages] = python.parents[1].glob("lib/python*/site-packages")
    sizes = {top.name: sum(map(_bytes, [top, *top.rglob("*")])) for top in packages.iterdir()}
    compiled = sum(map(_bytes, packages.rglob("*.pyc")))
    total = sum(sizes.values())
    print(f"{title}: {total / 1e6:,.0f} MB installed, {(total - compiled) / 1e6:,.0f} MB without compiled modules")
    largest = sorted(sizes, key=sizes.__getitem__, reverse=True)[:_SHOWN]
    print(f"  {', '.join(f'{name} {sizes[name] / 1e6:,.0f} MB' for name in largest)}")


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() and not path.is_symlink() else 0


def _print_starts(python: Path, code: str, given: list[str], starts: int) -> None:
    found: list[dict[str, Any]] = []
    for _ in range(starts + 1):
        output = subprocess.check_output([python, "-I", "-c", code, *given], text=True)
        found.append(json.loads(output))
    seconds = [one["seconds"] for one in found[1:]]
    first, later = (statistics.median(one[name] for one in found[1:]) / 1e6 for name in ("first", "later"))
    print(
        f"  import to first reading: {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f} s), "
        f"{statistics.median(one['processor'] for one in found[1:]):.2f} s of processor time since the process began\n"
        f"  resident memory: {first:,.0f} MB after the first reading, {later:,.0f} MB after all",
        flush=True,
    )


if __name__ == "__main__":
    run(main)
