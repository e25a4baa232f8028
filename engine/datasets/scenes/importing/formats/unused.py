"""Files beside the photos of a source that may hold labels and are not used: they are named, with the reason."""

import posixpath
from collections.abc import Iterator, Sequence

from engine.datasets.scenes.importing.formats.base import SceneFormat, SceneIssue
from engine.datasets.scenes.importing.formats.listing import SceneListing, is_companion
from engine.datasets.scenes.importing.formats.matlab import matlab_variables
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.label_files import lists_names_alone, may_hold_labels, reason_of


def unused_files(
    listing: SceneListing, formats: Sequence[SceneFormat], used: SceneFormat | None, told: set[str]
) -> Iterator[SceneIssue]:
    """Yield the files that may hold labels and are not used.

    Args:
        listing: the source.
        formats: all that may claim a file.
        used: the format that is read; None where none is.
        told: files that are used, or of which something else is said.
    """
    left = [name for name in listing.names if name not in told and _may_be(listing, name)]
    if not left:
        return
    claims = _claims(listing, [format for format in formats if format is not used])
    for name in left:
        try:
            title = claims.get(name)
            reason = f"it is in another format: {title}" if title else _reason(listing, name)
        except SourceError as error:
            reason = str(error)
        if reason:
            yield SceneIssue(name, "unused" if listing.config.format == "auto" else "aside", reason)


def _may_be(listing: SceneListing, name: str) -> bool:
    if is_companion(name) or not may_hold_labels(name):
        return False
    return not lists_names_alone(listing, name)


def _reason(listing: SceneListing, name: str) -> str:
    """Return why no format takes a file; raises SourceError with the reason where it cannot be opened as its kind."""
    ending = posixpath.splitext(name)[1].casefold()
    if ending == ".json":
        listing.json(name)
    elif ending == ".xml":
        listing.xml(name)
    elif ending == ".mat":
        known = ", ".join(map(repr, list(matlab_variables(listing, name))[:6]))
        return f"it holds {known or 'nothing'}, and neither what Total-Text nor what SynthText has"
    return reason_of(listing, name)


def _claims(listing: SceneListing, formats: Sequence[SceneFormat]) -> dict[str, str]:
    """Return the title of the first format that each file is in."""
    claims: dict[str, str] = {}
    for format in formats:
        try:
            claims = dict.fromkeys(format.files(listing), format.title) | claims
        except UnsafeSourceError:
            raise
        except SourceError:
            continue
    return claims
