"""Photos with outlines of text where words cut out are looked for."""

from collections.abc import Collection

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.table import TABLE
from engine.datasets.scenes.importing.table_photos import outlines_parts
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.questions import Remedy

CUT_OUT = Remedy("cut the words out of the photos", "scenes", "cut")
CUT_LINES = Remedy("cut whole lines out of them", "scenes", "lines")


def scenes_in(listing: Listing) -> str:
    """Return the title of the format in which a source outlines texts in photos; empty where it does not.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    scenes = _scenes_of(listing)
    for format in SCENE_FORMATS.values():
        if format.name in ("masks", "no-text"):  # pictures beside pictures say nothing of texts
            continue
        try:
            if format.files(scenes):
                return format.title
        except UnsafeSourceError:
            raise
        except SourceError:
            continue
    return ""


def parts_of_images(listing: Listing, files: Collection[str]) -> str:
    """Return the first of some lists of labels that outlines each text within its image; empty where none does.

    Such images are photos with one word each: whole, they would come in under that word. Crops may keep the box that
    they had in their photo, which lies beyond them, or one around nearly all of them.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    scenes = _scenes_of(listing)
    try:
        tables = TABLE.files(scenes)
    except UnsafeSourceError:
        raise
    except SourceError:
        return ""
    return next((file for file in tables if file in files and outlines_parts(scenes, file)), "")


def _scenes_of(listing: Listing) -> SceneListing:
    return SceneListing(listing.tree, SceneImportConfig(path="it", encoding=listing.config.encoding))
