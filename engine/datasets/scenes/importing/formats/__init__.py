"""The formats of scenes' labels, and detection of the one that a source is in.

A new format is a `SceneFormat` in one of these modules, an entry in SCENE_FORMATS below, and its name in
`engine.config.scene_importing.SceneFormatName`.
"""

from engine.config.scene_importing import SceneFormatName
from engine.datasets.scenes.importing.formats.base import SceneFormat
from engine.datasets.scenes.importing.formats.coco import COCO
from engine.datasets.scenes.importing.formats.competitions import ART, HIERTEXT, RECTS
from engine.datasets.scenes.importing.formats.ctw import CTW
from engine.datasets.scenes.importing.formats.hocr import HOCR
from engine.datasets.scenes.importing.formats.listing import SceneListing
from engine.datasets.scenes.importing.formats.masks import MASKS, NO_TEXT
from engine.datasets.scenes.importing.formats.matlab import SYNTHTEXT, TOTAL_TEXT_BOXES, TOTAL_TEXT_MAT
from engine.datasets.scenes.importing.formats.services import AZURE, GOOGLE_VISION, TEXTRACT
from engine.datasets.scenes.importing.formats.studio import LABEL_STUDIO, LABEL_STUDIO_MIN
from engine.datasets.scenes.importing.formats.supervisely import SUPERVISELY
from engine.datasets.scenes.importing.formats.table import TABLE
from engine.datasets.scenes.importing.formats.text import BOXES, ICDAR_2013, ICDAR_2015, MLT, POLYGONS, RCTW, TD500
from engine.datasets.scenes.importing.formats.tools import DOCTR, LABELME, PPOCRLABEL
from engine.datasets.scenes.importing.formats.unused import unused_files
from engine.datasets.scenes.importing.formats.via import VIA
from engine.datasets.scenes.importing.formats.xml import ALTO, PAGE, VOC
from engine.datasets.scenes.importing.formats.xml_lists import CTW1500_XML, CVAT, ICDAR_2003
from engine.datasets.scenes.importing.formats.yolo import YOLO, YOLO_OBB
from engine.errors import SourceError

# In the order of detection: the stricter first; that photos hold no text, only the user can say.
SCENE_FORMATS: dict[SceneFormatName, SceneFormat] = {
    format.name: format
    for format in (
        CTW,
        PPOCRLABEL,
        COCO,
        HIERTEXT,
        RECTS,
        ART,
        LABEL_STUDIO,
        LABEL_STUDIO_MIN,
        VIA,
        LABELME,
        SUPERVISELY,
        DOCTR,
        PAGE,
        ALTO,
        HOCR,
        VOC,
        CVAT,
        CTW1500_XML,
        ICDAR_2003,
        GOOGLE_VISION,
        TEXTRACT,
        AZURE,
        TOTAL_TEXT_MAT,
        TOTAL_TEXT_BOXES,
        SYNTHTEXT,
        TABLE,
        TD500,
        YOLO_OBB,
        YOLO,
        MLT,
        RCTW,
        POLYGONS,
        ICDAR_2015,
        ICDAR_2013,
        BOXES,
        MASKS,
        NO_TEXT,
    )
}


LABEL_FORMATS = tuple(format for format in SCENE_FORMATS.values() if format not in (MASKS, NO_TEXT))
"""Those whose labels are no pictures."""


def detect(listing: SceneListing) -> tuple[SceneFormat, list[str]]:
    """Return the format of a source, with the files in that format.

    Raises:
        SourceError: no file of the source is in the format of the config, or in any format.
    """
    wanted = listing.config.format
    for format in SCENE_FORMATS.values():
        if wanted == format.name or (wanted == "auto" and format is not NO_TEXT):
            files = format.files(listing)
            if files:
                return format, files
    if wanted == "auto":
        odd = next(unused_files(listing, (), None, set()), None)
        about = f" {odd.name!r}: {odd.detail.rstrip('.')}." if odd else ""
        raise SourceError(
            f"{listing.tree.title!r} holds no photos with labels of text in them ({len(listing.names):,} files, "
            f"{len(listing.images.names):,} of them pictures). Give photos with their labels beside them in one of "
            f"{len(SCENE_FORMATS) - 1} formats, or choose no-text if the photos hold none.{about}"
        )
    raise SourceError(
        f"Nothing in {listing.tree.title!r} reads as {SCENE_FORMATS[wanted].title}. Choose another format, or auto."
    )
