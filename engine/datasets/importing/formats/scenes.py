"""Photos with outlines of text where words cut out are looked for."""

from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.questions import Remedy

CUT_OUT = Remedy("cut the words out of the photos", "scenes", "cut")
CUT_LINES = Remedy("cut whole lines out of them", "scenes", "lines")


def scenes_in(listing: Listing) -> str:
    """Return the title of the format in which a source outlines texts in photos; empty where it does not.

    Raises:
        UnsafeSourceError: the source is not safe to read.
    """
    scenes = SceneListing(listing.tree, SceneImportConfig(path="it", encoding=listing.config.encoding))
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
