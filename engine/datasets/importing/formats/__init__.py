"""The formats of labels, and detection of the one that a source is in.

A new format is a `Format` in one of these modules (`list_format` makes one of a row reader), an entry in FORMATS below,
and its name in `engine.config.importing.FormatName`.
"""

from engine.config.importing import FormatName
from engine.datasets.importing.formats.base import Format
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.table import TABLE
from engine.datasets.importing.formats.text import ANNOTATIONS, DICTIONARY, ICDAR, NAMES, SIDECAR
from engine.datasets.importing.formats.tfrecords import TFRECORDS
from engine.datasets.importing.formats.unused import refuse_unused_lists
from engine.errors import SourceError
from engine.images.open import FORMAT_NAMES

# In the order of detection: the stricter first, file names when nothing else lists the images.
FORMATS: dict[FormatName, Format] = {
    format.name: format for format in (TFRECORDS, DICTIONARY, ICDAR, TABLE, ANNOTATIONS, SIDECAR, NAMES)
}


def detect(listing: Listing) -> tuple[Format, list[str]]:
    """Return the format of a source, with the files in that format.

    Raises:
        SourceError: no file of the source is in the format of the config, or in any format; or a file that may hold
            labels lies beside images that only their names would label.
    """
    wanted = listing.config.format
    for format in FORMATS.values():
        if wanted in ("auto", format.name):
            files = format.files(listing)
            if files and format is NAMES and wanted == "auto":
                refuse_unused_lists(listing)
            if files:
                return format, files
    if wanted == "auto":
        raise SourceError(
            f"{listing.tree.title!r} holds no images with labels ({len(listing.names):,} files). Give a folder or zip "
            f"of {FORMAT_NAMES} images with a list of labels, or of aocr's TFRecords."
        )
    raise SourceError(
        f"Nothing in {listing.tree.title!r} reads as {FORMATS[wanted].title}. Choose another format, or auto."
    )
