"""The images of `deploy/`, built and run: `python -m bench.deploy [serve] [lab]`.

With a container engine (docker or podman) it builds each image and runs it as docs/deploy.md does. Without one it does
the steps of the Dockerfile in an empty folder: copies what it copies, runs what it runs, and starts its command. Then
it waits until the health check passes, and prints the seconds and the size of each.
"""

import argparse
import contextlib
import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.command import run
from bench.machine import print_machine

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
_CHECKED = {"serve": "http://127.0.0.1:8600/readyz", "lab": "http://127.0.0.1:8501/_stcore/health"}
_PATIENCE = 120.0  # seconds until the health check must pass


class Step(NamedTuple):
    """One instruction of a Dockerfile: its word in capitals, and what follows."""

    word: str
    rest: str


def steps(dockerfile: Path) -> list[Step]:
    """Return the instructions of a Dockerfile, continued lines joined and comments left out."""
    lines = [line for line in dockerfile.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [Step(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def command_of(dockerfile: Path) -> list[str]:
    """Return the words that the image starts: its entry point and its command."""
    last = {step.word: json.loads(step.rest) for step in steps(dockerfile) if step.word in ("ENTRYPOINT", "CMD")}
    return [*last.get("ENTRYPOINT", []), *last.get("CMD", [])]


def main(arguments: list[str] | None = None) -> None:
    """Try the images, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.deploy", description=__doc__)
    parser.add_argument("images", nargs="*", default=["serve", "lab"], choices=list(_CHECKED), help="which to try")
    options = parser.parse_args(arguments)
    print_machine()
    engine = next((name for name in ("docker", "podman") if _runs(name)), "")
    print(f"{engine or 'No container engine: the steps are done in an empty folder'}\n")
    print("| image | built in (s) | size (MB) | healthy after (s) |\n| --- | ---: | ---: | ---: |")
    for name in options.images:
        built, size, healthy = _in_container(engine, name) if engine else _in_folder(name)
        print(f"| {name} | {built:.0f} | {size / 1e6:,.0f} | {healthy:.1f} |", flush=True)


def _runs(engine: str) -> bool:
    if shutil.which(engine) is None:
        return False
    return subprocess.run([engine, "info"], capture_output=True, check=False).returncode == 0


def _in_container(engine: str, name: str) -> tuple[float, float, float]:
    tag, began = f"glyphlab-{name}", time.monotonic()
    file = DEPLOY / f"{name}.Dockerfile"
    subprocess.run([engine, "build", "--file", str(file), "--tag", tag, str(ROOT)], check=True)
    built = time.monotonic() - began
    size = float(subprocess.check_output([engine, "image", "inspect", "--format", "{{.Size}}", tag], text=True))
    limits = ["--memory", "512m"] if name == "serve" else ["--tmpfs", "/home/lab", "--shm-size", "1g"]
    words = [engine, "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "host"]  # noqa: S108
    words += [*limits, "--env", f"GLYPHLAB_TOKEN={secrets.token_hex(32)}", tag]
    return built, size, _healthy(words, name, {}, ROOT)


def _in_folder(name: str) -> tuple[float, float, float]:
    """Do the steps of a Dockerfile below a temporary folder, whose paths stand for those of the image."""
    with tempfile.TemporaryDirectory() as temporary:
        root, began = Path(temporary), time.monotonic()
        workdir, environment = root, {"HOME": str(root), "PATH": os.environ["PATH"]}
        for word, rest in steps(DEPLOY / f"{name}.Dockerfile"):
            if word == "WORKDIR":
                workdir = _below(root, rest)
                workdir.mkdir(parents=True, exist_ok=True)
            elif word == "COPY":
                source, target = rest.split()
                _copy(ROOT / source, _below(root, target) if target.startswith("/") else workdir / target)
            elif word == "ENV":
                environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            elif word == "RUN" and not rest.startswith("useradd"):  # nobody is made a user for a trial
                _do(_moved(root, rest), workdir, environment)
        built = time.monotonic() - began
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        environment |= {"GLYPHLAB_TOKEN": secrets.token_hex(32), "GLYPHLAB_WORKSPACE": str(root / "artifacts")}
        words = [_moved(root, word) for word in command_of(DEPLOY / f"{name}.Dockerfile")]
        return built, size, _healthy(words, name, environment, workdir)


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _moved(root: Path, words: str) -> str:
    """Return the words of a step with the image's own paths below a folder."""
    moved = re.sub(r"(?<![\w.\-/:])/(opt|src|lab|artifacts)\b", lambda found: f"{root}/{found[1]}", words)
    return re.sub(r"^python ", f"{sys.executable} ", moved)


def _copy(source: Path, target: Path) -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    names = [pattern.removeprefix("**/") for pattern in ignored if "/" not in pattern.removeprefix("**/")]
    shutil.copytree(source, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*names))


def _do(words: str, workdir: Path, environment: dict[str, str]) -> None:
    subprocess.run(["/bin/sh", "-ec", words], cwd=workdir, env=environment, check=True)


def _healthy(words: list[str], name: str, environment: dict[str, str], workdir: Path) -> float:
    """Start a command, and return the seconds until its health check passes; it is ended then."""
    began = time.monotonic()
    with _started(words, environment, workdir) as process:
        while time.monotonic() - began < _PATIENCE:
            if process.poll() is not None:
                raise SystemExit(f"{name} ended with {process.returncode} before it was healthy.")
            try:
                with urllib.request.urlopen(_CHECKED[name], timeout=2):  # noqa: S310  our own address
                    return time.monotonic() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
    raise SystemExit(f"{name} was not healthy after {_PATIENCE:.0f} s.")


@contextlib.contextmanager
def _started(words: list[str], environment: dict[str, str], workdir: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command for the length of a block."""
    process = subprocess.Popen(words, cwd=workdir, env=environment or None)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


if __name__ == "__main__":
    run(main)
