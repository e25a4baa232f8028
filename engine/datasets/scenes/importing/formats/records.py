"""Formats whose files tell of photos record by record: each record names its photo, and gives regions when asked.

A damaged region or record is reported and costs no other; a damaged file costs what stands behind the damage.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.config.generate import Split
from engine.datasets.scenes.importing.formats.base import (
    FAULTS,
    Entries,
    ListedRegion,
    ListedScene,
    RegionFault,
    SceneIssue,
    explain,
    sound,
    unlabelled_photos,
)
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError


@dataclass(frozen=True, slots=True)
class PhotoRecord:
    """The record of one photo in a file.

    Attributes:
        name: the record's own within its file, for people; empty where the file is of one photo.
        photos: the names that the photo may have; none: it has the file's.
        regions: gives its regions, and why others are none; raises one of FAULTS where the record is damaged.
        frame, relative: as in ListedScene.
        split: the split that the record names, if it does.
    """

    name: str
    photos: Sequence[str]
    regions: Callable[[], Iterable[ListedRegion | RegionFault]]
    frame: tuple[float, float] | None = None
    relative: bool = False
    split: Split | None = None


RecordReader = Callable[[SceneListing, str], Iterator[PhotoRecord | SceneIssue]]
"""Yields the records of a file, and what is wrong with it; raises SourceError or one of FAULTS."""


def read_records(listing: SceneListing, files: list[str], records: RecordReader) -> Entries:
    """Yield the scenes of files, what is wrong with them, and the photos that none of them names."""
    labelled: set[str] = set()
    for file in files:
        try:
            for record in records(listing, file):
                yield from [record] if isinstance(record, SceneIssue) else _scene(listing, file, record, labelled)
        except (SourceError, *FAULTS) as error:
            yield SceneIssue(file, "record", explain(error))
    yield from unlabelled_photos(listing, labelled)


def _scene(listing: SceneListing, file: str, record: PhotoRecord, labelled: set[str]) -> Entries:
    name = f"{file}, {record.name[:80]}" if record.name else file
    found = (listing.photo(each, file) for each in record.photos if each)
    photo = next((each for each in found if each), None)
    if photo is None and not record.name:
        photo = listing.photo_of(file, next(iter(record.photos), ""))
    if photo is None:
        yield SceneIssue(name, "missing", (record.photos or [file])[0][:200])
        return
    labelled.add(photo)
    issues: list[SceneIssue] = []
    try:
        regions = sound(record.regions(), name, issues)
    except FAULTS as error:
        yield SceneIssue(name, "record", explain(error))
        return
    yield from issues
    split = record.split or listing.split(photo, file)
    yield ListedScene(photo, photo, regions, split, record.frame, record.relative)
