"""Clocks, a line of figures, and errors in one line: shared by the commands here."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine.errors import GlyphlabError
from glyphlab_read.processes import write_to_any_terminal


def timed(act: Callable[[], object]) -> float:
    """Return the seconds that `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def tell(what: str, seconds: float) -> None:
    """Print a line of a table: what was done, and in how many seconds."""
    print(f"{what:<44} {seconds:7.2f} s", flush=True)


def run(main: Callable[[], object]) -> None:
    """Run a command; an error of ours ends it with its sentence, not with a traceback."""
    write_to_any_terminal()
    try:
        main()
    except GlyphlabError as error:
        sys.exit(str(error))


def run_over_workspace(main: Callable[[Path], object]) -> None:
    """Run a command over the workspace it was given as its argument, else over an empty one that goes in the end."""
    with tempfile.TemporaryDirectory() as empty:
        run(lambda: main(Path(sys.argv[1] if len(sys.argv) > 1 else empty)))
