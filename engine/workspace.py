"""The workspace: the folder that holds everything a user makes, and the only place where its paths are decided.

Names that users type are labels and never reach a path: folders are named by ids that we draw. This module creates
collections on demand but reads and deletes nothing.
"""

import contextlib
import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ulid import ULID

from engine.errors import JobError, WorkspaceError

Collection = Literal[
    "datasets",
    "runs",
    "evaluations",
    "transcripts",
    "documents",
    "exports",
    "trials",
    "fits",
    "adaptations",
    "sweeps",
]
COLLECTIONS: tuple[Collection, ...] = get_args(Collection)
_FORMER_NAMES = {"trials": "preflights"}  # of collections, in older versions

STARTER = "starter"
"""The id of the reader that comes with Glyphlab, where else the id of a run stands."""

STARTER_LOCATOR = "starter-locator"
"""The id of the locator that comes with Glyphlab in lists of runs, where both starters are."""

READER_PATTERN = rf"^([0-9a-z]{{26}}|{STARTER})$"

_ID = re.compile(r"[0-9a-z]{26}")
WORKSPACE_VARIABLE = "GLYPHLAB_WORKSPACE"
"""The variable that names the workspace."""

_DEFAULT_ROOT = Path(__file__).parent.parent / "artifacts"


def new_id() -> str:
    """Draw an id (a lower-case ULID): 26 letters and digits, unguessable, sorted by time of birth."""
    return str(ULID()).lower()


def is_id(text: str) -> bool:
    """Say whether `text` has the form of an id."""
    return bool(_ID.fullmatch(text))


def is_starter(id: str) -> bool:
    """Say whether an id of a list of runs is that of a reader or a locator that comes with Glyphlab."""
    return id in (STARTER, STARTER_LOCATOR)


def bundle_name(id: str) -> str:
    """Return what configs call the reader or locator of an id of a list of runs."""
    return STARTER if is_starter(id) else id


@dataclass(frozen=True)
class Workspace:
    """The artifacts root, passed to all code that needs a path; it is not fixed at import."""

    root: Path

    @classmethod
    def default(cls) -> "Workspace":
        """Return the workspace that GLYPHLAB_WORKSPACE names, else the repository's `artifacts` folder."""
        return cls(Path(os.environ.get(WORKSPACE_VARIABLE) or _DEFAULT_ROOT).resolve())

    def collection(self, name: Collection) -> Path:
        """Return the folder of one collection, made (private to its owner) if it was not there.

        That of an older version gets today's name.
        """
        folder, former = self.root / name, self.root / _FORMER_NAMES.get(name, name)
        if not os.path.exists(folder) and os.path.isdir(former):  # False, too, where the name is too long
            with contextlib.suppress(OSError):  # another process was faster
                former.rename(folder)
        return _private(folder)

    @property
    def devices(self) -> Path:
        """The folder of the devices' lock files."""
        return _private(self.root / "devices")

    @property
    def nonces(self) -> Path:
        """The folder that remembers which launch button made which job."""
        return _private(self.root / "nonces")

    @property
    def imports(self) -> Path:
        """The folder into which the server's owner puts images that are to be imported."""
        return _private(self.root / "imports")

    @property
    def uploads(self) -> Path:
        """The folder of uploaded archives that wait to be imported."""
        return _private(self.root / "uploads")

    @property
    def recipes(self) -> Path:
        """The folder of recipes of words that were saved under a name."""
        return _private(self.root / "recipes")

    @property
    def scene_recipes(self) -> Path:
        """The folder of recipes of scenes that were saved under a name."""
        return _private(self.root / "scene-recipes")

    @property
    def drafts(self) -> Path:
        """The folder of what is being edited and not saved yet."""
        return _private(self.root / "drafts")

    @property
    def assets(self) -> Path:
        """The folder of uploaded fonts, word lists and background pictures."""
        return _private(self.root / "assets")

    @property
    def trash(self) -> Path:
        """The folder to which deleted jobs are moved: a workspace of its own."""
        return _private(self.root / "trash")

    def folder(self, collection: Collection, id: str) -> Path:
        """Return the folder of an id, existing or not.

        Raises:
            JobError: the id is not 26 lower-case letters and digits, or leads out of the collection by a link.
        """
        if not is_id(id):
            raise JobError(f"{id[:40]!r} is no id: ids are 26 lower-case letters and digits. Pick one from the list.")
        parent = self.collection(collection).resolve()
        path = parent / id
        if path.is_symlink() or not path.resolve().is_relative_to(parent):
            raise JobError(
                f"{id!r} is a link out of the workspace, which we do not follow. Move the folder itself here."
            )
        return path


def write_fault(root: Path, error: OSError) -> WorkspaceError:
    """Return the error for what the system said when something was to be written into a workspace."""
    why = "it is no folder" if os.path.exists(root) and not os.path.isdir(root) else error.strerror or str(error)
    return WorkspaceError(
        f"The workspace {str(root)!r} cannot be written ({why}). Give another folder by GLYPHLAB_WORKSPACE (or "
        "--workspace), or let this one be written."
    )


def _private(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):  # a full disk is told for itself
            raise
        raise write_fault(folder.parent, error) from None
    return folder
