"""The dashboard's real server and a real browser, for tests, figures and pictures alike.

The server is started as `make dashboard` starts it, on a free port; the browser is the machine's Chromium, else the one
that Playwright keeps. Nothing here clicks.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from engine.errors import GlyphlabError
from engine.workspace import Workspace

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
DESKTOP, PHONE = (1440, 900), (390, 844)
_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(GlyphlabError):
    """There is no Chromium on this machine."""


@dataclass(frozen=True)
class Server:
    """A running dashboard; `pid` is that of the command it was started through, if there is one."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """The address of Home."""
        return f"http://{HOST}:{self.port}"


@contextlib.contextmanager
def dashboard(workspace: Workspace, *options: str, through: Sequence[str] = ()) -> Iterator[Server]:
    """Start the dashboard over a workspace and end it when the block ends; jobs that it launched go on.

    Args:
        workspace: what it shows.
        options: Streamlit's, as `--server.baseUrlPath lab`.
        through: a command that runs another, given as its last arguments; SIGTERM must reach it.
    """
    port = free_port()
    process = subprocess.Popen(
        [*through, *command(port), *options],
        cwd=ROOT,
        env=os.environ | {"GLYPHLAB_WORKSPACE": str(workspace.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Server(port, process.pid)
        _wait(port, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium. Raises NoBrowser where there is none."""
    with sync_playwright() as playwright:
        installed = shutil.which("chromium") or shutil.which("google-chrome") or playwright.chromium.executable_path
        if not Path(installed).exists():
            raise NoBrowser("no Chromium here: install the package 'chromium', or run `playwright install chromium`")
        running = playwright.chromium.launch(executable_path=installed, args=list(_SWITCHES))
        yield running
        running.close()


def settled(page: Page) -> None:
    """Wait until the page's script has run to its end and nothing is still loading."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_selector('[data-testid="stSkeleton"]', state="detached")


def command(port: int) -> list[str]:
    """Return the command that serves the dashboard; all else comes from .streamlit/config.toml."""
    return [sys.executable, "-m", "dashboard", "--server.port", str(port)]


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended by itself")
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection(HOST, port, timeout=5)) as connection:
            connection.request("GET", "/_stcore/health")
            connection.getresponse()  # any answer: below a base path the one for this address is that it is not there
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")
