"""Words or lines cut out of photos in which they are outlined, for an import of words out of any format of scenes.

Each region whose text is known and that counts becomes an image of its own; what is left out is told with its reason.
One photo is held at a time, however many there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from PIL import Image

from engine.config.importing import ImportConfig, Rules
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.detected import format_or_refused
from engine.datasets.importing.formats.base import CutReason, ImportIssue, Item
from engine.datasets.importing.standing import runs_in_columns, stands, turned
from engine.datasets.scenes.importing.formats import LABEL_FORMATS, detect
from engine.datasets.scenes.importing.formats.base import ListedScene, SceneFormat, SceneIssue
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.unused import unused_files
from engine.datasets.scenes.importing.judging import JudgedPhoto, JudgedRegion, judge_photo
from engine.datasets.scenes.importing.placing import ScannedScene
from engine.datasets.scenes.importing.units import doubt_of
from engine.images.encode import pixel_digest, png_bytes
from engine.images.look import Look, look_at
from engine.regions.polygons import is_simple
from engine.regions.region import Level
from engine.sources.tree import Tree
from glyphlab_read.images.blank import is_blank
from glyphlab_read.images.open import MAX_BYTES, open_image
from glyphlab_read.regions.quads import Points, area, clockwise
from glyphlab_read.regions.straighten import Pixels, straightened

PHOTO_LIMIT = 600
"""Photos that a scan before an import opens: a few seconds."""

_LEAST_INSIDE = 0.9  # share of a region that must lie in its photo
_LEAST_SIDE = 4  # px
_LOOKED = 40  # photos that are opened to judge what the corners of a source are


class OutlinedPhotos(NamedTuple):
    """The photos of a source with their regions, what is wrong with the rest, and their format with its files.

    `level` is the one that is cut out; None: the words of a photo, or what it has in place of them.
    """

    scenes: list[ListedScene]
    issues: list[ImportIssue]
    format: SceneFormat | None
    files: list[str]

    level: Level | None

    @property
    def texts(self) -> int:
        """Regions that may become images."""
        regions = (region for scene in self.scenes for region in scene.regions)
        return sum(bool(region.text) and not region.marked and self.level in (None, region.level) for region in regions)


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

    def look_into(self, item: Item) -> Look:
        """Return what is seen of an item. Raises as `pixels` does."""
        image = Image.fromarray(self.pixels(item))
        return Look(pixel_digest(image), *image.size, image.width * image.height * 3, blank=is_blank(image))

    def png(self, item: Item) -> bytes:
        """Return the same as a PNG file."""
        return png_bytes(Image.fromarray(self.pixels(item)))


def outlined_photos(tree: Tree, config: ImportConfig) -> OutlinedPhotos:
    """List the photos of a source with their regions; opens none.

    Raises:
        SourceError: the source outlines no text in photos, or is not safe to read.
        ImportQuestion: what their labels mean is to be said first.
    """
    chosen = {name: getattr(config, name) for name in ("encoding", "text_field", "boxes", "line_text")}
    lines = config.scenes == "lines"
    # A format that does not say what it outlines is taken at its user's word.
    listing = SceneListing(tree, SceneImportConfig(path="it", level="line" if lines else "auto", **chosen))
    found = format_or_refused(tree, listing.images.names, lambda: detect(listing))
    format, files = found or (None, [])
    scenes: list[ListedScene] = []
    issues: list[ImportIssue] = []
    entries = list(format.read(listing, files)) if format else []
    told = {*files, *(entry.name.partition(", ")[0] for entry in entries if isinstance(entry, SceneIssue))}
    for entry in [*entries, *(unused_files(listing, LABEL_FORMATS, format, told) if format else ())]:
        if isinstance(entry, SceneIssue):
            reason = entry.reason
            said = "outline" if reason == "shape" else "unused" if reason == "aside" else reason
            issues.append(ImportIssue(entry.name, said, entry.detail))
        elif entry.unlabelled:
            issues.append(ImportIssue(entry.name, "unlabelled"))
        else:
            scenes.append(entry)
    return OutlinedPhotos(scenes, issues, format, files, "line" if lines else None)


def cut_out(
    tree: Tree, scenes: Sequence[ListedScene], config: ImportConfig, on_photo: Callable[[], None], step: int = 1
) -> Iterator[tuple[Item, Look] | ImportIssue]:
    """Yield each word or line of photos with what was seen of it, and an issue for all that is odd or left out.

    Args:
        tree: their source.
        scenes: the photos of the source with their regions.
        config: says what is cut out, and what happens to odd photos, outlines and words.
        on_photo: called after each photo.
        step: only every so many photos are cut.
    """
    cuts = PhotoCuts(tree)
    some = scenes[:: max(1, -(-len(scenes) // _LOOKED))]
    doubt = doubt_of([ScannedScene(scene, cuts.look_at(scene.member)) for scene in some])
    for scene in scenes[::step]:
        scanned = ScannedScene(scene, cuts.look_at(scene.member))
        yield from _words_of(scanned, judge_photo(scanned, doubt, config.rules.outlines), cuts, config)
        on_photo()


def _words_of(
    scanned: ScannedScene, judged: JudgedPhoto, cuts: PhotoCuts, config: ImportConfig
) -> Iterator[tuple[Item, Look] | ImportIssue]:
    scene = scanned.scene
    for reason in judged.problems:
        if reason and reason not in (
            "empty",
            "unlabelled",
            "repeated",
        ):  # of which photos without words have nothing to tell
            yield ImportIssue(scene.name, reason, scanned.look.detail, reason == judged.dropped)
    if judged.dropped == "beyond":
        yield ImportIssue(scene.name, "beyond")
    if judged.dropped:
        return
    counting = [each.listed for each in judged.regions if each.region and not each.region.ignore]
    present: set[Level] = {region.level for region in counting if region.text}
    level: Level = "word" if "word" in present else "line" if "line" in present else "character"
    level = "line" if config.scenes == "lines" else level
    for number, region in enumerate(judged.regions, 1):
        name = f"{scene.name}, {region.listed.level} {number}"
        text = region.listed.text or ""
        text = " ".join(text.split()) if level == "line" else text  # how many blanks stand in a row, no image tells
        yield from _word(Item(name, scene.member, text, scene.split), region, level, cuts, config.rules)


def _word(
    item: Item, region: JudgedRegion, level: Level, cuts: PhotoCuts, rules: Rules
) -> Iterator[tuple[Item, Look] | ImportIssue]:
    """Yield the word of a region, or why it is none, and what is odd about it."""
    text = item.label
    counts = region.region is not None and not region.region.ignore
    outline = None if region.region is None else region.region.polygon
    for finding in region.findings:
        if finding.reason == "outside":
            outline = _inside(region) if counts else None
            yield ImportIssue(item.name, "partly", text, dropped=outline is None)
        else:
            yield ImportIssue(item.name, finding.reason, text, dropped=not counts)
    if outline is None or not counts:
        return
    if not text or region.listed.level != level:
        other = "finer" if level == "line" else "coarse"
        yield ImportIssue(item.name, other if text else "textless", text)
        return
    corners = tuple((round(float(x), 2), round(float(y), 2)) for x, y in outline)
    yield from _standing(replace(item, outline=corners), cuts, rules)


def _standing(item: Item, cuts: PhotoCuts, rules: Rules) -> Iterator[tuple[Item, Look] | ImportIssue]:
    """Yield a word with what is seen of it, turned by the rules where it is higher than wide."""
    look = cuts.look_into(item)
    if min(look.height, look.width) < _LEAST_SIDE:
        yield ImportIssue(item.name, "tiny", item.label)
        return
    if stands(item.label, look):
        reason: CutReason = "columns" if runs_in_columns(item.label) else "upright"
        rule = getattr(rules, reason)
        yield ImportIssue(item.name, reason, item.label, rule == "skip", item)
        if rule == "skip":
            return
        if rule in ("down", "up"):
            item = replace(item, outline=turned(item.outline, rule))
            look = cuts.look_into(item)
    yield item, look


def _inside(region: JudgedRegion) -> Points | None:
    """Return where a region that is partly outside its photo is cut out; None where too much of it is missing."""
    if region.region is None:
        return None
    inside = abs(area(region.region.polygon)) >= _LEAST_INSIDE * abs(area(region.corners))
    return clockwise(region.corners) if inside and is_simple(region.corners) else None
