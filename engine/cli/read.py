"""The command `read`: print the texts in images.

One line an image: file, confidence, text, separated by tabs. With beam search a line for each of the best readings:
file, probability of the whole text, text. The reader and all rules about images come from `engine.reading`.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from engine.errors import GlyphlabError
from engine.images.blank import BLANK
from engine.images.open import open_image
from engine.reading.bundle import newest_bundle
from engine.reading.reader import Reader
from engine.workspace import Workspace


def read(workspace: Workspace, images: Sequence[Path], run: str, bundle: Path | None, beam: int = 0) -> int:
    """Read images with a run's newest bundle, or with the bundle in a folder; 2 when an image could not be opened.

    Raises:
        BundleError: there is no such reader; ConfigError: the beam is too wide.
    """
    folder = bundle if bundle is not None else newest_bundle(workspace, run).folder
    reader = Reader.open(folder, workspace)
    reader.read([], beam)  # reports a beam that is too wide once, not for each image
    code = 0
    for path in images:
        try:
            [reading] = reader.read([open_image(path)], beam)
        except GlyphlabError as error:
            sys.stderr.write(f"{path}: {error}\n")
            code = 2
            continue
        if reading.blank:
            sys.stderr.write(f"{path}: {BLANK}\n")
        found = [(one.probability, one.text) for one in reading.candidates] or [(reading.confidence, reading.text)]
        sys.stdout.write("".join(f"{path}\t{sure:.3f}\t{text}\n" for sure, text in found))
    return code
