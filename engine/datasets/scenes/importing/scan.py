"""Scan of a source of scenes: list its photos with their regions, and open every photo once.

The result depends on the source and on `config.reading`, not on the rules, so that one scan serves any number of
changes of the rules (`validate.py`). It judges no region.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PIL import Image

from engine.config.scene_importing import SceneFormatName, SceneImportConfig
from engine.datasets.importing.detected import NOTHING_READABLE, format_or_refused
from engine.datasets.scenes.importing.formats import LABEL_FORMATS, detect
from engine.datasets.scenes.importing.formats.base import ListedScene, SceneIssue
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.unused import unused_files
from engine.datasets.scenes.importing.placing import ScannedScene
from engine.errors import ImageError
from engine.images.look import look_at
from engine.sources.locate import open_source
from engine.sources.tree import Tree
from engine.workspace import Workspace
from glyphlab_read.images.open import MAX_BYTES, open_image

SCENE_SCAN_LIMIT = 600
"""Photos that a scan before an import opens: a few seconds."""

_MAX_FILES = 20  # of a list of label files, to be shown
ProgressCallback = Callable[[int, int], None]


@dataclass(frozen=True)
class SceneScan:
    """The content of a source of scenes.

    Attributes:
        title: the source's name for people.
        format, format_title: the format of its labels, as in configs and for people; None where all is refused.
        files: the files that list the labels, at most 20.
        scenes: the photos that were looked at, in the order of the list.
        issues: entries that are no photo with regions.
        listed: number of photos; more than `scenes` if the scan was limited.
        seconds: duration of the scan.
    """

    title: str
    format: SceneFormatName | None
    format_title: str
    files: list[str]
    scenes: list[ScannedScene]
    issues: list[SceneIssue]
    listed: int
    seconds: float


def scan_scenes(
    workspace: Workspace,
    config: SceneImportConfig,
    on_progress: ProgressCallback | None = None,
    limit: int | None = SCENE_SCAN_LIMIT,
) -> SceneScan:
    """Open the source of a config and scan it; see `scan_tree`.

    Raises:
        SourceError: the source is missing, not allowed, not safe, or holds no labelled photos.
    """
    with open_source(workspace, config) as tree:
        return scan_tree(tree, config, on_progress, limit)


def scan_tree(
    tree: Tree, config: SceneImportConfig, on_progress: ProgressCallback | None = None, limit: int | None = None
) -> SceneScan:
    """Scan a source.

    Args:
        tree: its files.
        config: how to read them; its rules are ignored.
        on_progress: called after each photo with the number done and the total; may raise to stop.
        limit: the most photos to open, evenly spaced over all; None opens all.

    Raises:
        SourceError: the source holds no labelled photos, or is not safe to read.
    """
    start = time.monotonic()
    listing = SceneListing(tree, config)
    found = format_or_refused(tree, listing.images.names, lambda: detect(listing))
    format, files = found or (None, [])
    entries = list(_first(format.read(listing, files) if format else (), config.first))
    scenes = [entry for entry in entries if isinstance(entry, ListedScene)]
    chosen = scenes if limit is None else scenes[:: max(1, -(-len(scenes) // limit))]
    scanned = []
    for done, scene in enumerate(chosen, 1):
        scanned.append(ScannedScene(scene, look_at(lambda scene=scene: tree.read(scene.member, MAX_BYTES))))
        if on_progress is not None:
            on_progress(done, len(chosen))
    issues = [entry for entry in entries if isinstance(entry, SceneIssue)]
    told = {*files, *(issue.name.partition(", ")[0] for issue in issues)}
    issues += unused_files(listing, LABEL_FORMATS, format, told) if format else ()
    return SceneScan(
        title=tree.title,
        format=format.name if format else None,
        format_title=format.title if format else NOTHING_READABLE,
        files=files[:_MAX_FILES],
        scenes=scanned,
        issues=[*issues, *(SceneIssue(refused.name, refused.reason) for refused in tree.refused)],
        listed=len(scenes),
        seconds=time.monotonic() - start,
    )


def load_photo(workspace: Workspace, config: SceneImportConfig, scene: ListedScene) -> Image.Image:
    """Return the photo of a scanned scene as RGB. Raises SourceError and ImageError."""
    with open_source(workspace, config) as tree:
        try:
            return open_image(tree.read(scene.member, MAX_BYTES))
        except (OSError, ValueError) as error:
            raise ImageError(f"{scene.name!r} cannot be read ({error}). Look at the source again.") from None


def _first(entries: Iterable[ListedScene | SceneIssue], count: int) -> Iterator[ListedScene | SceneIssue]:
    """Yield what is listed up to the last of the first `count` photos; all of it where that is 0."""
    left = count
    for entry in entries:
        yield entry
        left -= isinstance(entry, ListedScene)
        if count and not left:
            return
