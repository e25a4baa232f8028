"""Scan of a source: list its items, open every image once, and record its pixels' digest or why it cannot be opened.

The result depends on the source and on `config.reading`, not on the rules, so that one scan serves any number of
changes of the rules (`validate.py`). It checks no label.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from engine.config.importing import ImportConfig
from engine.datasets.importing.cutting import PHOTO_LIMIT, PhotoCuts, cut_out, outlined_photos
from engine.datasets.importing.detected import NOTHING_READABLE, format_or_refused, require_decoded
from engine.datasets.importing.formats import TRANSCRIPT, Gathered, gather, titles_of
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.tfrecords import image_in
from engine.errors import ImageError, SourceError
from engine.images.look import Look, look_at
from engine.sources.labelling import LabelledTree
from engine.sources.locate import open_source
from engine.sources.tree import Tree, folder_split_hint
from engine.workspace import Workspace
from glyphlab_read.images.open import MAX_BYTES, open_image

SCAN_LIMIT = 5_000  # images that a scan before an import opens: a few seconds
_MAX_FILES = 20  # of a list of label files, to be shown

ProgressCallback = Callable[[int, int], None]
"""Called after each image with the number done and the total; may raise to stop."""


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """An image with its label as listed, and what was seen of it."""

    item: Item
    look: Look


@dataclass(frozen=True)
class ScanResult:
    """The content of a source.

    Attributes:
        title: the source's name for people.
        format, format_title: the formats of its labels, their names joined by +, and for people; None where all is
            refused.
        files: the files that list the labels, at most 20.
        items: the images that were opened, in the order of the list.
        issues: entries that are no image with a label.
        listed: number of images with labels; more than `items` if the scan was limited.
        seconds: duration of the scan.
    """

    title: str
    format: str | None
    format_title: str
    files: list[str]
    items: list[ScannedItem]
    issues: list[ImportIssue]
    listed: int
    seconds: float


def scan_source(
    workspace: Workspace,
    config: ImportConfig,
    on_progress: ProgressCallback | None = None,
    limit: int | None = SCAN_LIMIT,
) -> ScanResult:
    """Open the source of a config and scan it; see `scan`.

    Raises:
        SourceError: the source is missing, not allowed, not safe, or holds no images with labels.
    """
    with open_source(workspace, config) as tree:
        return scan(tree, config, on_progress, limit)


def scan(
    tree: Tree, config: ImportConfig, on_progress: ProgressCallback | None = None, limit: int | None = None
) -> ScanResult:
    """Scan a source.

    Args:
        tree: its files.
        config: how to read them; of its rules only those for outlines count, where words are cut out of photos.
        on_progress: called after each image.
        limit: the most images to open, evenly spaced over all; None opens all.

    Raises:
        SourceError: the source holds no images with labels, or is not safe to read.
    """
    if isinstance(tree, LabelledTree):
        return _scan_transcript(tree, on_progress, limit)
    if config.scenes != "ask":
        return _scan_photos(tree, config, on_progress, limit)
    start = time.monotonic()
    listing = Listing(tree, config)
    found = format_or_refused(tree, listing.images.names, lambda: gather(listing))
    if found and any(format.name == "names" for format in found.formats):
        require_decoded(tree)
    entries = [*_entries(found, tree), *(ImportIssue(refused.name, refused.reason) for refused in tree.refused)]
    items = [entry for entry in entries if isinstance(entry, Item)]
    scanned = _opened(tree, items, on_progress, limit)
    return ScanResult(
        title=tree.title,
        format=(formats := "+".join(format.name for format in found.formats) if found else None),
        format_title=titles_of(formats) if formats else NOTHING_READABLE,
        files=found.files[:_MAX_FILES] if found else [],
        items=scanned,
        issues=[entry for entry in entries if isinstance(entry, ImportIssue)],
        listed=len(items),
        seconds=time.monotonic() - start,
    )


def listed_labels(tree: Tree, config: ImportConfig) -> dict[str, str]:
    """Return the labels that lie beside the images of a source, by image, and open none; file names count as no labels.

    Raises:
        SourceError: the source holds no images with labels, or is not safe to read.
    """
    listing = Listing(tree, config)
    found = format_or_refused(tree, listing.images.names, lambda: gather(listing))
    if found is None or any(format.name == "names" for format in found.formats):
        return {}
    items = (entry for entry in _entries(found, tree) if isinstance(entry, Item))
    return {item.member: item.label for item in items if item.span is None and not item.outline}


def _opened(
    tree: Tree, items: list[Item], on_progress: ProgressCallback | None, limit: int | None
) -> list[ScannedItem]:
    """Open the images of items, no more than a limit, evenly spaced."""
    chosen = items if limit is None else items[:: max(1, -(-len(items) // limit))]
    scanned = []
    read = item_reader(tree)
    for done, item in enumerate(chosen, 1):
        scanned.append(ScannedItem(item, look_at(lambda item=item: read(item))))
        if on_progress is not None:
            on_progress(done, len(chosen))
    return scanned


def _scan_transcript(tree: LabelledTree, on_progress: ProgressCallback | None, limit: int | None) -> ScanResult:
    """Scan the images of a transcript that have labels. Raises SourceError where none has."""
    start = time.monotonic()
    items = [Item(name, name, text, folder_split_hint(name)) for name, text in tree.texts.items()]
    if not items:
        raise SourceError(
            f"No image of {tree.title!r} has a label yet. Confirm or correct what was read on the page Read, or take "
            "it as it was read (--texts read)."
        )
    scanned = _opened(tree, items, on_progress, limit)
    return ScanResult(
        title=tree.title,
        format=TRANSCRIPT,
        format_title=titles_of(TRANSCRIPT),
        files=[],
        items=scanned,
        issues=[],
        listed=len(items),
        seconds=time.monotonic() - start,
    )


def _scan_photos(
    tree: Tree, config: ImportConfig, on_progress: ProgressCallback | None, limit: int | None
) -> ScanResult:
    """Scan photos for words or lines to be cut out; progress is of photos, and of these a limit opens PHOTO_LIMIT."""
    start = time.monotonic()
    found = outlined_photos(tree, config)
    step = 1 if limit is None else max(1, -(-len(found.scenes) // PHOTO_LIMIT))
    total = len(found.scenes[::step])
    done = itertools.count(1)
    watch = on_progress or (lambda _done, _total: None)
    issues = [*found.issues, *(ImportIssue(refused.name, refused.reason) for refused in tree.refused)]
    scanned = []
    for entry in cut_out(tree, found.scenes, config, lambda: watch(next(done), total), step):
        if isinstance(entry, ImportIssue):
            issues.append(entry)
        else:
            scanned.append(ScannedItem(*entry))
    return ScanResult(
        title=tree.title,
        format=found.format.name if found.format else None,
        format_title=titles_of(found.format.name, config.scenes) if found.format else NOTHING_READABLE,
        files=found.files[:_MAX_FILES],
        items=scanned,
        issues=issues,
        listed=len(scanned) if step == 1 else max(found.texts, len(scanned)),
        seconds=time.monotonic() - start,
    )


def _entries(found: Gathered | None, tree: Tree) -> Iterator[Item | ImportIssue]:
    """Yield what a source lists; of images that no list names, for nothing decodes their names, this reason."""
    for entry in found.entries if found else ():
        if isinstance(entry, ImportIssue) and entry.reason == "unlabelled" and entry.name in tree.undecoded:
            yield ImportIssue(entry.name, "encoding")
        else:
            yield entry


def load_image(workspace: Workspace, config: ImportConfig, item: Item) -> Image.Image:
    """Return the image of a scanned item as RGB. Raises SourceError and ImageError."""
    with open_source(workspace, config) as tree:
        try:
            return open_image(item_reader(tree)(item))
        except (OSError, ValueError) as error:
            raise ImageError(f"{item.name!r} cannot be read ({error}). Look at the source again.") from None


def item_reader(tree: Tree) -> Callable[[Item], bytes]:
    """Return what reads an item's encoded image; of one that is too large, the first 10 MB and a byte.

    It raises OSError and ValueError where an item cannot be read, and SourceError where an archive's headers contradict
    its content.
    """
    cuts = PhotoCuts(tree)
    return lambda item: cuts.png(item) if item.outline else _stored_bytes(tree, item)


def _stored_bytes(tree: Tree, item: Item) -> bytes:
    content = tree.read(item.member, MAX_BYTES if item.span is None else item.span.bytes, item.span)
    return content if item.span is None else image_in(content)
