"""Messages about a source in which no format is found, or only one whose labels are names that nothing decodes.

Words and scenes share it: an archive of which nothing may be read is reported with the reasons, and names of an unknown
encoding are asked about before any other reason is given.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from engine.datasets.problems import Problem
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.encodings import question
from engine.sources.tree import Tree, is_image

NOTHING_READABLE = "nothing of it can be read"
"""In place of a format's title, where all that a source holds is refused."""

_REASONS = 3  # that a sentence gives
_OTHER = "Choose other rules or another format."
_THEMSELVES = (
    "Give the images themselves: not behind a link, in a folder that cannot be read, nor in an archive inside an "
    "archive, without a password, and packed as stored or deflated."
)

_Found = TypeVar("_Found")


def format_or_refused(tree: Tree, images: Sequence[str], detect: Callable[[], _Found]) -> _Found | None:
    """Return what is detected of a source; None where no image of it may be read, so that its reasons are told.

    Raises:
        SourceError: it is in no format, or lists do not fit it since the encoding of its names is not known.
    """
    try:
        return detect()
    except UnsafeSourceError:
        raise
    except SourceError:
        if tree.refused and not images:
            return None
        require_decoded(tree, whole=True)
        raise


def nothing_accepted(title: str, problems: Iterable[Problem[Any]], *, refused: bool) -> str:
    """Return the sentence for a source of which nothing comes in; `refused` where no image of it may be read."""
    reasons = "; ".join(f"{problem.count:,} {problem.title}" for problem in itertools.islice(problems, _REASONS))
    return f"Nothing of {title!r} can be imported: {reasons}. {_THEMSELVES if refused else _OTHER}"


def require_decoded(tree: Tree, *, whole: bool = False) -> None:
    """Refuse to go on where an image's name, or with `whole` its folders', is in an encoding that nothing tells.

    Raises:
        SourceError: so it is; it says what some encodings would make of the names.
    """
    undecoded = [stored for name, stored in tree.undecoded.items() if is_image(name)]
    names = [stored for stored in undecoded if whole or not stored.rpartition(b"/")[2].isascii()]
    if names:
        raise question(names)
