"""Labels that people give to images of a transcript: what they confirmed, typed, or left out, kept as they give it.

    transcripts/<id>/
    ├── labels.jsonl       a line for each label, never changed: the last one of an image holds
    └── images/            the uploaded archive, so that nobody has to upload it again

Each label is on disk before the next image is shown. Several people may label the same images: lines are appended under
a lock, each with a checksum. A label names its image by the content, too, so that another reading of the same images,
by a second reader or of more images together, begins with the labels that are there.
"""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from engine.config.importing import ImageSourceConfig, ImportConfig, Rules, Use
from engine.errors import ConfigError, SourceError
from engine.files import new_folder, read_json, space_errors
from engine.formatting import count
from engine.jobs import locks, paths, read_events
from engine.jobs.events import DAMAGED, EventWriter
from engine.labels import clean_label
from engine.sources.tree import Member, Refused, Span, Tree
from engine.workspace import Workspace

LONGEST = 1000
READING = "reading"
"""The kind of event that is the reading of one image."""

LabelState = Literal["right", "typed", "out", "open"]
"""Confirmed; typed and not confirmed yet; left out; as if nobody had said anything."""

SETTLED: tuple[LabelState, ...] = ("right", "out")
"""States of images that wait for nobody's word."""

_KIND = "label"
_STATES: dict[str, LabelState] = {state: state for state in get_args(LabelState)}


@dataclass(frozen=True)
class ImageLabel:
    """A label of one image of a transcript.

    Attributes:
        image: its name there.
        text: what it says, cleaned as labels are.
        state: `right` counts; all others do not.
        sha256: of its file; empty where that was not known.
        when: ISO time, UTC.
    """

    image: str
    text: str
    state: LabelState
    sha256: str = ""
    when: str = ""


def give_labels(folder: Path, labels: Iterable[ImageLabel]) -> list[ImageLabel]:
    """Append labels to those of a transcript, given its folder, and return them as they are kept.

    Raises:
        SourceError: a text that is to count is empty or longer than 1,000 characters; nothing is stored then.
        SpaceError: the disk is full.
    """
    now = datetime.now(UTC).isoformat()
    checked = [replace(checked_label(label), when=label.when or now) for label in labels]
    with locks.held(folder / paths.LABELS_LOCK):
        writer = EventWriter(folder / paths.LABELS)
        try:
            for label in checked:
                writer.append({"kind": _KIND, "step": None, **asdict(label)})
        finally:
            writer.close()
    return checked


def checked_label(label: ImageLabel) -> ImageLabel:
    """Return a label with its text cleaned. Raises SourceError where it is to count and is empty or too long."""
    text = clean_label(label.text)
    if label.state == "right" and not 0 < len(text) <= LONGEST:
        raise SourceError(
            f"A text of {len(text):,} characters cannot be a label: it needs 1 to {LONGEST:,}. Type what the image "
            "shows, or leave the image out."
        )
    return replace(label, text=text[:LONGEST])


def labels_of(folder: Path) -> dict[str, ImageLabel]:
    """Return the labels of a transcript by the names of the images; damaged lines are passed over."""
    return {image: label for image, label in last_said(folder).items() if label.state != "open"}


def settled(folder: Path) -> int:
    """Return how many images of a transcript wait for nobody's word any more: confirmed, typed or left out."""
    return sum(label.state in SETTLED for label in labels_of(folder).values())


def last_said(folder: Path) -> dict[str, ImageLabel]:
    """Return the last line of each image of a transcript, also of those that are open again."""
    said = (_parsed(event) for event in read_events(folder / paths.LABELS)[0])
    return {label.image: label for label in said if label is not None}


def damaged_labels(folder: Path) -> str:
    """Return the sentence for lines of a transcript's labels that the disk damaged; empty where none are."""
    lines = sum(event.get("kind") == DAMAGED for event in read_events(folder / paths.LABELS)[0])
    if not lines:
        return ""
    return (
        f"{count(lines, 'labels')} in {paths.LABELS} cannot be read, as the disk damaged them: their images wait "
        "again, or have the label that they had before. Look through the table."
    )


def _parsed(event: Mapping[str, Any]) -> ImageLabel | None:
    image, text, state = event.get("image"), event.get("text"), _STATES.get(str(event.get("state")))
    if event.get("kind") != _KIND or state is None or not isinstance(image, str) or not isinstance(text, str):
        return None
    return ImageLabel(image, text, state, str(event.get("sha256", "")), str(event.get("when", "")))


def labels_by_content(workspace: Workspace) -> dict[str, ImageLabel]:
    """Return the labels of all transcripts by the SHA-256 of the images; the one that was given last holds."""
    found: dict[str, ImageLabel] = {}
    for path in workspace.collection("transcripts").glob(f"*/{paths.LABELS}"):
        for label in labels_of(path.parent).values():
            if label.sha256 and (label.sha256 not in found or found[label.sha256].when < label.when):
                found[label.sha256] = label
    return found


def texts_to_import(folder: Path, *, also_read: bool, sure: float = 0.0) -> dict[str, str]:
    """Return the text of each image of a transcript that has a label.

    Args:
        folder: the transcript's.
        also_read: whether what the reader read is a label, too, where nobody said otherwise.
        sure: least confidence of these, 0…1.
    """
    labels = labels_of(folder)
    texts: dict[str, str] = {}
    if also_read:
        rows = readings_of(folder).items()
        texts = {image: str(row.get("text") or "") for image, row in rows if confidence_of(row) >= sure}
        texts = {image: text for image, text in texts.items() if text and image not in labels}
    return texts | {label.image: label.text for label in labels.values() if label.state == "right"}


def readings_of(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Return what was read in each image of a transcript: text, confidence, sha256, problem."""
    rows = (event for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == READING)
    return {str(row["image"]): row for row in rows if "image" in row}


def digests_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each image of a transcript as it was labelled, else as it was read, where that is known."""
    digests = {image: str(row.get("sha256") or "") for image, row in readings_of(folder).items()}
    digests |= {image: label.sha256 for image, label in labels_of(folder).items() if label.sha256}
    return {image: digest for image, digest in digests.items() if digest}


def confidence_of(row: Mapping[str, Any]) -> float:
    """Return how sure a reading of `readings_of` is, 0…1; 0 where it does not say."""
    confidence = row.get("confidence")
    return float(confidence) if isinstance(confidence, int | float) else 0.0


def import_of_labels(transcript: str, use: Use, **more: Any) -> ImportConfig:
    """Return the import that makes a dataset of the labels of a transcript, just as people gave them."""
    rules = Rules(max_length=LONGEST, too_long="keep", alike="keep", entities="keep", illegible="keep")
    return ImportConfig.parse({"transcript": transcript, "use": use, "rules": rules.plain(), **more})


class LabelledTree:
    """The images of a source that have labels here; all else is as if it were not there.

    Args:
        tree: the source.
        texts: of its images, by their names.
        digests: of the images that these texts were given to, where they are known; see `digests_of`.
    """

    def __init__(self, tree: Tree, texts: Mapping[str, str], digests: Mapping[str, str]) -> None:
        self._tree, self._digests = tree, digests
        self.title = tree.title
        self.members: list[Member] = [member for member in tree.members if member.name in texts]
        self.texts = {member.name: texts[member.name] for member in self.members}
        self.refused: list[Refused] = []
        self.undecoded: Mapping[str, bytes] = {}

    def read(self, name: str, max_bytes: int, span: Span | None = None) -> bytes:
        """Return an image's content; see Tree. Raises OSError where another image lies there now, too."""
        content = self._tree.read(name, max_bytes, span)
        known = self._digests.get(name) if span is None and len(content) <= max_bytes else None
        if known and sha256(content).hexdigest() != known:
            raise OSError("the image changed since it was labelled; read the images again, then label it again")
        return content


def keep_archive(upload: Path, folder: Path) -> None:
    """Keep an upload's files in the folder of a transcript, without a second copy where the disk can do that.

    Raises:
        SpaceError: the disk is full.
    """
    if (folder / paths.IMAGES).exists():
        return
    with space_errors(folder), new_folder(folder / paths.IMAGES) as kept:
        for path in upload.iterdir():
            try:
                os.link(path, kept / path.name, follow_symlinks=False)
            except OSError:  # another disk, or one without links
                shutil.copyfile(path, kept / path.name, follow_symlinks=False)


def transcript_source(folder: Path) -> ImageSourceConfig:
    """Return where the images of a transcript came from, given its folder. Raises SourceError."""
    try:
        config = read_json(folder / paths.CONFIG)
        return ImageSourceConfig.parse(
            {name: config[name] for name in ImageSourceConfig.model_fields if name in config}
        )
    except (OSError, ValueError, TypeError, ConfigError):
        raise SourceError(
            f"The transcript {folder.name!r} is not there any more, or its files are damaged. Read the images again."
        ) from None
