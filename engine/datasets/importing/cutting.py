"""Words cut out of photos in which they are outlined, for an import of words out of any format of scenes.

Each region whose text is known and that counts becomes an image of its own; what is left out is told with its reason.
One photo is held at a time, however many there are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from PIL import Image

from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig, SceneRules
from engine.datasets.importing.detected import format_or_refused
from engine.datasets.importing.formats.base import CutReason, ImportIssue, Item
from engine.datasets.scenes.importing.formats import detect
from engine.datasets.scenes.importing.formats.base import Entries, ListedRegion, ListedScene, SceneFormat, SceneIssue
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.placing import CornerFrame, corner_frame, place
from engine.images.blank import is_blank
from engine.images.encode import pixel_digest, png_bytes
from engine.images.look import Look, look_at
from engine.images.open import MAX_BYTES, open_image
from engine.regions.polygons import area, clockwise, is_simple
from engine.regions.region import Level, Points
from engine.regions.straighten import Pixels, straightened
from engine.sources.questions import WITH_OUTLINES, ImportQuestion
from engine.sources.tree import Tree

PHOTO_LIMIT = 600
"""Photos that a scan before an import opens: a few seconds."""

_RULES = SceneRules()
_LEAST_INSIDE = 0.9  # share of a region that must lie in its photo
_LEAST_SIDE = 4  # px


class OutlinedPhotos(NamedTuple):
    """The photos of a source with their regions, what is wrong with the rest, and their format with its files."""

    scenes: list[ListedScene]
    issues: list[ImportIssue]
    format: SceneFormat | None
    files: list[str]

    @property
    def words(self) -> int:
        """Regions that may become images."""
        return sum(bool(region.text) and not region.marked for scene in self.scenes for region in scene.regions)


class PhotoCuts:
    """Cuts items out of the photos of a source; holds the last photo."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._held: tuple[str, Pixels] | None = None

    def look_at(self, photo: str) -> Look:
        """Open a photo for what follows, and return what is seen of it."""
        self._held = None
        return look_at(lambda: self._tree.read(photo, MAX_BYTES), lambda image: self._hold(photo, image))

    def _hold(self, photo: str, image: Image.Image) -> Pixels:
        pixels = np.asarray(image)
        self._held = photo, pixels
        return pixels

    def pixels(self, item: Item) -> Pixels:
        """Return what an item's outline encloses. Raises OSError, ValueError and ImageError."""
        held, pixels = self._held or ("", None)
        if pixels is None or held != item.member:
            self._held = pixels = None  # before the next is opened
            pixels = self._hold(item.member, open_image(self._tree.read(item.member, MAX_BYTES)))
        return straightened(pixels, np.array(item.outline, np.float32))

    def png(self, item: Item) -> bytes:
        """Return the same as a PNG file."""
        return png_bytes(Image.fromarray(self.pixels(item)))


def outlined_photos(tree: Tree, config: ImportConfig) -> OutlinedPhotos:
    """List the photos of a source with their regions; opens none.

    Raises:
        SourceError: the source outlines no text in photos, is not safe to read, or asks what only an import of the
            photos themselves can be told.
    """
    listing = SceneListing(tree, SceneImportConfig(path=config.path, upload=config.upload, encoding=config.encoding))
    found = format_or_refused(tree, listing.images.names, lambda: detect(listing))
    format, files = found or (None, [])
    scenes: list[ListedScene] = []
    issues: list[ImportIssue] = []
    for entry in _entries(listing, format, files) if format else ():
        if isinstance(entry, SceneIssue):
            reason = entry.reason
            told = "outline" if reason == "shape" else "record" if reason in ("texts", "aside") else reason
            issues.append(ImportIssue(entry.name, told, entry.detail))
        elif entry.unlabelled:
            issues.append(ImportIssue(entry.name, "unlabelled"))
        else:
            scenes.append(entry)
    return OutlinedPhotos(scenes, issues, format, files)


def _entries(listing: SceneListing, format: SceneFormat, files: list[str]) -> Entries:
    try:
        yield from format.read(listing, files)
    except ImportQuestion as error:
        reason = error.reason.removesuffix("Say which:").strip()
        raise ImportQuestion(f"{reason} It is asked where the photos come in as they are:", [WITH_OUTLINES]) from None


def cut_out(
    tree: Tree, scenes: Iterable[ListedScene], on_photo: Callable[[], None]
) -> Iterator[tuple[Item, Look] | ImportIssue]:
    """Yield each word of some photos with what was seen of it, and an issue for each region that is left out.

    Args:
        tree: their source.
        scenes: the photos with their regions.
        on_photo: called after each photo.
    """
    cuts = PhotoCuts(tree)
    for scene in scenes:
        look = cuts.look_at(scene.member)
        if look.fault:
            yield ImportIssue(scene.name, look.fault, look.detail)
        else:
            yield from _words_of(scene, look, cuts)
        on_photo()


def _words_of(scene: ListedScene, look: Look, cuts: PhotoCuts) -> Iterator[tuple[Item, Look] | ImportIssue]:
    frame = corner_frame(scene, look, _RULES)
    present: set[Level] = {region.level for region in scene.regions if region.text and not region.marked}
    level: Level = "word" if "word" in present else "line" if "line" in present else "character"
    for number, region in enumerate(scene.regions, 1):
        name = f"{scene.name}, {region.level} {number}"
        found = _outline(region, level, frame, look)
        if isinstance(found, str):
            yield ImportIssue(name, found, region.text or "")
            continue
        corners = tuple((round(float(x), 2), round(float(y), 2)) for x, y in found)
        item = Item(name, scene.member, region.text or "", scene.split, outline=corners)
        pixels = cuts.pixels(item)
        high, wide = pixels.shape[:2]
        if min(high, wide) < _LEAST_SIDE:
            yield ImportIssue(name, "tiny", region.text or "")
            continue
        image = Image.fromarray(pixels)
        yield item, Look(pixel_digest(image), wide, high, pixels.size, blank=is_blank(image))


def _outline(region: ListedRegion, level: Level, frame: CornerFrame, look: Look) -> Points | CutReason:
    """Return where a region is cut out, in px of the upright photo, or why it is not."""
    if region.marked or region.foreign:
        return "illegible"
    if not region.text:
        return "textless"
    if region.level != level:
        return "coarse"
    corners = frame.place(region.corners)
    placed = place(corners, look.width, look.height, _RULES)
    if placed.polygon is None:
        return "off" if placed.dropped == "beyond" else "outline"
    if "outside" not in placed.problems:
        return placed.polygon
    inside = abs(area(placed.polygon)) >= _LEAST_INSIDE * abs(area(corners))
    return clockwise(corners) if inside and is_simple(corners) else "off"
