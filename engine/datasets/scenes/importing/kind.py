"""The kind of a source: photos with outlines of text, or words cut out."""

from engine.config.importing import SourceConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.manifest import Holding
from engine.datasets.scenes.importing.formats import detect
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.table import TABLE
from engine.datasets.scenes.importing.table_photos import lists_photos
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.locate import open_source
from engine.workspace import Workspace


def holding_of(workspace: Workspace, source: SourceConfig) -> Holding:
    """Tell by its files what a source holds; words where no file outlines text in photos.

    Outlines are asked for first: their formats are strict, while any picture's name can be a word's label. A table may
    also give the box that a word had in its photo.

    Raises:
        SourceError: the source is missing, not allowed, or not safe to read.
    """
    config = SceneImportConfig(path=source.path, upload=source.upload, encoding=source.encoding)
    with open_source(workspace, config) as tree:
        listing = SceneListing(tree, config)
        try:
            format, files = detect(listing)
            found = format is not TABLE or any(lists_photos(listing, file) for file in files)
        except UnsafeSourceError:
            raise
        except SourceError:
            return "words"
    return "scenes" if found else "words"
