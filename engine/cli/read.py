"""The command `read`: print what images say.

One line an image: file, confidence, text, separated by tabs. The reader comes from engine.reading, and so do all
rules about images.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import GlyphlabError
from engine.reading.bundle import newest_bundle
from engine.reading.images import open_image
from engine.reading.reader import Reader
from engine.workspace import Workspace


def read(workspace: Workspace, images: Sequence[Path], run: str, bundle: Path | None) -> int:
    """Read images with a run's newest bundle, or with the bundle in a folder; 2 when an image could not be opened."""
    folder = bundle if bundle is not None else newest_bundle(workspace, run).folder
    reader = Reader.open(folder, workspace)
    code = 0
    for path in images:
        try:
            [reading] = reader.read([open_image(path)])
        except GlyphlabError as error:
            sys.stderr.write(f"{path}: {error}\n")
            code = 2
            continue
        sys.stdout.write(f"{path}\t{reading.confidence:.3f}\t{reading.text}\n")
    return code
