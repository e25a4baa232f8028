"""What pages and commands ask before an import: what is there, what would become of it, and how it looks.

A survey is two steps, so that a changed rule costs nothing: `survey` opens the images, `report` judges them.
"""

from PIL import Image

from engine.config.importing import ImportConfig
from engine.datasets.importing.formats.base import Item
from engine.datasets.importing.report import ImportReport, make_report
from engine.datasets.importing.scan import ScanResult, Watch, image_bytes, scan
from engine.datasets.importing.validate import validate
from engine.errors import ImageError
from engine.images.open import open_image
from engine.sources.locate import open_source
from engine.workspace import Workspace

SURVEYED = 5_000  # images that a survey opens: a few seconds


def survey(
    workspace: Workspace, config: ImportConfig, watch: Watch | None = None, limit: int | None = SURVEYED
) -> ScanResult:
    """Look at the source of a config; what is found depends on `config.reading` alone.

    Args:
        workspace: where uploads and the imports folder are.
        config: the source and how it is to be read.
        watch: called after each image with how many are done, and of how many; may raise to stop.
        limit: the most images to open, evenly out of all; None opens all.

    Raises:
        SourceError: the source is not there, not allowed, not safe, or holds no images with labels.
    """
    with open_source(workspace, config) as tree:
        return scan(tree, config, watch, limit)


def report(findings: ScanResult, config: ImportConfig) -> ImportReport:
    """Return what an import by this config would do to what was found; cheap, for each change of a rule."""
    return make_report(findings, validate(findings, config), config)


def picture(workspace: Workspace, config: ImportConfig, item: Item) -> Image.Image:
    """Return an example's image as RGB. Raises SourceError and ImageError as their texts say."""
    with open_source(workspace, config) as tree:
        try:
            return open_image(image_bytes(tree, item))
        except (OSError, ValueError) as error:
            raise ImageError(f"{item.name!r} cannot be read ({error}). Look at the source again.") from None
