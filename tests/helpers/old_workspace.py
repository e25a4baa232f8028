"""A workspace that the first version of Glyphlab wrote, unpacked for a test.

In it: a dataset and a version of it, a finished, a stopped, a diverged and a failed run, two evaluations, a transcript,
an export, a trial, two images kept from reading, and a saved recipe. It is never written again: what people made
then must open as it did.
"""

import zipfile
from pathlib import Path

from engine.workspace import Workspace

_ARCHIVE = Path(__file__).parents[1] / "fixtures" / "workspace_0_1.zip"


def unpack(workspace: Workspace) -> None:
    """Fill an empty workspace with the files of the first version."""
    with zipfile.ZipFile(_ARCHIVE) as archive:
        archive.extractall(workspace.root)
