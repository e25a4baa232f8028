"""The command `locate`: print where photos hold text.

One line a box: file, score, and the corners x0,y0,x1,y1,x2,y2,x3,y3 in px, clockwise from the upper left, separated by
tabs. A photo without text prints nothing. The locator and all rules about photos come from `engine.location`.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import GlyphlabError
from engine.location.bundle import newest_locator_bundle, open_locator
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image
from glyphlab_read.location.maps import TextLevel


def locate(
    workspace: Workspace,
    images: Sequence[Path],
    run: str,
    bundle: Path | None,
    level: TextLevel = "word",
    side: int | None = None,
) -> int:
    """Search photos with a run's newest locator, or with the one in a folder; 2 when a photo could not be opened.

    Raises:
        BundleError: there is no such locator; ConfigError: it has no map of this level, or the side is out of range.
    """
    folder = bundle if bundle is not None else newest_locator_bundle(workspace, run).folder
    locator = open_locator(folder, workspace, threads=len(os.sched_getaffinity(0)))
    locator.check(level, side)  # once, not for each photo
    code = 0
    for path in images:
        try:
            boxes = locator.locate(open_image(path), level, side=side)
        except GlyphlabError as error:
            sys.stderr.write(f"{path}: {error}\n")
            code = 2
            continue
        for box in boxes:
            corners = ",".join(f"{value:.0f}" for value in box.quad.ravel())
            sys.stdout.write(f"{path}\t{box.score:.3f}\t{corners}\n")
    return code
