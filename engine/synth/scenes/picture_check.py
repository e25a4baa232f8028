"""The look for text in an uploaded picture, by a locator. Apart from `pictures`, which drawing processes load."""

from engine.synth.assets import find_asset, note_facts
from engine.workspace import Workspace
from glyphlab_read.images.open import open_image
from glyphlab_read.location.locator import Locator


def look_for_text(workspace: Workspace, id: str, locator: Locator) -> int:
    """Count the boxes that a locator finds in an uploaded picture, and note them with the upload.

    Raises:
        ConfigError: there is no such picture.
        ImageError: its file is damaged.
        SpaceError: the disk is full.
    """
    picture = open_image(find_asset(workspace, "pictures", id).path)
    found = len(locator.locate(picture, locator.manifest.levels[0]))
    note_facts(workspace, "pictures", id, text_boxes=found)
    return found
