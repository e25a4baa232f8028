"""The formats that labels come in, one module each, and telling which one a source has."""

from engine.config.importing import FormatName
from engine.datasets.importing.formats.annotations import ANNOTATIONS
from engine.datasets.importing.formats.icdar import ICDAR
from engine.datasets.importing.formats.listing import Format, Listing
from engine.datasets.importing.formats.names import NAMES
from engine.datasets.importing.formats.sidecar import SIDECAR
from engine.datasets.importing.formats.table import TABLE
from engine.datasets.importing.formats.text import DICTIONARY
from engine.datasets.importing.formats.tfrecords import TFRECORDS
from engine.errors import SourceError

# In the order in which they are tried: the stricter first, file names when nothing else lists the images.
FORMATS: dict[FormatName, Format] = {
    format.name: format for format in (TFRECORDS, DICTIONARY, ICDAR, TABLE, ANNOTATIONS, SIDECAR, NAMES)
}


def detect(listing: Listing) -> tuple[Format, list[str]]:
    """Return the format of a source with the files that are written in it.

    Raises:
        SourceError: nothing in the source is written in the format that the config names, or in any.
    """
    wanted = listing.config.format
    for format in FORMATS.values():
        if wanted in ("auto", format.name):
            files = format.files(listing)
            if files:
                return format, files
    if wanted == "auto":
        raise SourceError(
            f"{listing.tree.title!r} holds no images with labels ({len(listing.names):,} files). Give a folder or zip "
            "of PNG, JPEG, WebP or BMP images with a list of labels, or of aocr's TFRecords."
        )
    raise SourceError(
        f"Nothing in {listing.tree.title!r} reads as {FORMATS[wanted].title}. Choose another format, or auto."
    )
