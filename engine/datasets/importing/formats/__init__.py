"""The formats of labels; `gather` finds those that a source is in.

A new format of lists is a `Format` with a reader of rows in one of these modules, an entry in `lists.LIST_FORMATS`, and
its name in `engine.config.importing.FormatName`.
"""

from engine.config.importing import FormatName, Scenes
from engine.datasets.importing.formats.base import Format
from engine.datasets.importing.formats.gather import Gathered, gather
from engine.datasets.importing.formats.lists import LIST_FORMATS
from engine.datasets.importing.formats.names import NAMES
from engine.datasets.importing.formats.sidecars import SIDECAR
from engine.datasets.importing.formats.tfrecords import TFRECORDS
from engine.datasets.scenes.importing.formats import SCENE_FORMATS

FORMATS: dict[FormatName, Format] = {format.name: format for format in (TFRECORDS, *LIST_FORMATS, SIDECAR, NAMES)}

TRANSCRIPT = "transcript"
_TRANSCRIPT_TITLE = "texts that were read, and confirmed or typed by people"

__all__ = ["FORMATS", "TRANSCRIPT", "Format", "Gathered", "gather", "titles_of"]


def titles_of(names: str, scenes: Scenes = "ask") -> str:
    """Return the titles of formats whose names are joined by +, for people.

    Args:
        names: of formats of words, or of one of scenes, or TRANSCRIPT.
        scenes: what was cut out of scenes, if anything.
    """
    if scenes != "ask":
        what = "lines" if scenes == "lines" else "words"
        return next(f"{what} cut out, of {format.title}" for name, format in SCENE_FORMATS.items() if name == names)
    if names == TRANSCRIPT:
        return _TRANSCRIPT_TITLE
    known: dict[str, Format] = {str(name): format for name, format in FORMATS.items()}
    return ", and ".join(known[name].title for name in names.split("+"))
