"""The images of one transcript while they are labelled: what was read of each, what people said, in which order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.caches.files import event_frames
from dashboard.readings.image import DroppedImage, reading
from engine.adaptation.requests import LabelRequest, judging, request_for
from engine.config.importing import ImageSourceConfig, ImportConfig, Use
from engine.errors import GlyphlabError, ImageError
from engine.jobs import Job, list_jobs
from engine.reading.job import EVENT
from engine.sources.image_index import ImageIndex
from engine.sources.labelling import SETTLED, ImageLabel, LabelState, give_labels, import_of_labels, labels_of
from engine.sources.locate import open_source
from engine.workspace import Workspace
from glyphlab_read.images.open import MAX_BYTES
from glyphlab_read.reading.bundle import Bundle

Order = Literal["least sure first", "as they come"]
ORDERS: tuple[Order, ...] = ("least sure first", "as they come")
MOST_SUGGESTED = 3
_FIRST = "as first read"  # by the transcript's reader, where that is not among those chosen


@dataclass(frozen=True)
class Suggestion:
    """A text that an image may say: a reader's best or a further candidate, with how sure it is, 0 to 1."""

    text: str
    sure: float
    reader: str


class LabelSet:
    """A transcript's images with their readings and labels, as they are at this moment.

    Args:
        space: where it is.
        job: the transcript.

    Attributes:
        rows: by the name of each image: text, confidence, sha256, problem.
        labels: by the name of each image that has one.
        blank: True where the images judge an adaptation: no reader's text is shown, for it would lean what people say.
    """

    def __init__(self, space: Workspace, job: Job) -> None:
        self.space, self.job = space, job
        frame = event_frames(job.folder).get(EVENT, pd.DataFrame({"image": []}))
        self.rows: dict[str, Mapping[Any, Any]] = {str(row["image"]): row for row in frame.to_dict("records")}
        if job.state.live:  # nobody has to wait for the reader
            self.rows = {name: self.rows.get(name, {}) for name in _names(str(space.root), job.id)}
        self.labels = labels_of(job.folder)
        self.blank = judging(space, job.id)

    @cached_property
    def asked(self) -> LabelRequest | None:
        """Request of a waiting adaptation for some of these images; None where none waits for them."""
        return request_for(self.space, self.job.id)

    @cached_property
    def names(self) -> list[str]:
        """The images, in their order."""
        return list(self.rows)

    def ordered(self, order: Order) -> list[str]:
        """Return the images in an order: first those that an adaptation asks for, last what cannot be read yet."""
        asked = self.asked.images if self.asked else frozenset()
        if order == "as they come":
            return sorted(self.names, key=lambda name: name not in asked)
        return sorted(self.names, key=lambda name: (name not in asked, self.is_odd(name), self.sure(name)))

    def is_odd(self, name: str) -> bool:
        """Say whether an image is not read yet, or cannot be opened."""
        return not self.rows[name] or bool(self.rows[name].get("problem"))

    def sure(self, name: str) -> float:
        """Return how sure the reader was of an image, 0 to 1."""
        value = self.rows[name].get("confidence")
        return float(value) if isinstance(value, int | float) and value == value else 0.0  # not NaN

    def text(self, name: str) -> str:
        """Return what is said of an image; where nothing is, what was read."""
        label = self.labels.get(name)
        return label.text if label and label.text else self.read(name)

    def read(self, name: str) -> str:
        """Return what the transcript's reader read in an image; nothing where that is not to be seen."""
        return "" if self.blank else str(self.rows[name].get("text") or "")

    def is_open(self, name: str) -> bool:
        """Say whether an image waits for somebody's word."""
        return name not in self.labels or self.labels[name].state not in SETTLED

    def count(self, state: LabelState) -> int:
        """Return how many images have a label in this state."""
        return sum(label.state == state and label.image in self.rows for label in self.labels.values())

    def open(self, names: Iterable[str]) -> list[str]:
        """Return those of these images that wait for somebody's word."""
        return [name for name in names if self.is_open(name)]

    def after(self, order: Order, name: str) -> str | None:
        """Return the next image that waits behind another, from the first again at the end; None where none does."""
        names = self.ordered(order)
        place = names.index(name) + 1 if name in self.rows else 0
        waiting = self.open([*names[place:], *names[:place]])
        return next((each for each in waiting if each != name), None)

    def say(self, names: Sequence[str], state: LabelState, text: str | None = None) -> list[ImageLabel]:
        """Label images, all with one text or each with what is said of it; return the labels. Raises GlyphlabError."""
        digests = {name: str(self.rows[name].get("sha256") or self._sha256(name)) for name in names}
        said = (ImageLabel(name, self.text(name) if text is None else text, state, digests[name]) for name in names)
        return give_labels(self.job.folder, said)

    def image(self, name: str) -> DroppedImage:
        """Return an image. Raises SourceError where its source is gone, and ImageError where it is or it changed."""
        read = str(self.rows[name].get("sha256") or "")
        return DroppedImage(name, _content(str(self.space.root), self.job.id, name, read))

    def _sha256(self, name: str) -> str:
        try:
            return sha256(self.image(name).content).hexdigest()
        except GlyphlabError:
            return ""

    def suggestions(self, name: str, readers: Sequence[tuple[str, Bundle]]) -> list[Suggestion]:
        """Return what an image may say: as it was read, then each reader's best, then the first reader's candidates."""
        if self.blank:
            return []
        dropped = self.image(name)
        own = next((title for title, bundle in readers if bundle.name == self.job.config.get("run")), _FIRST)
        found = [Suggestion(self.read(name), self.sure(name), own)] if self.read(name) else []
        readings = [(title, reading(bundle, dropped)) for title, bundle in readers]
        best = [Suggestion(one.text, one.confidence, title) for title, one in readings]
        others = [Suggestion(each.text, each.score, title) for title, one in readings for each in one.candidates]
        for each in (*best, *others):
            if each.text and each.text not in [known.text for known in found]:
                found.append(each)
        return found[:MOST_SUGGESTED]

    def config(self, use: Use) -> ImportConfig:
        """Return the import that makes a dataset of the labelled images."""
        return import_of_labels(self.job.id, use)

    def datasets(self) -> list[Job]:
        """Return the datasets that were made of it, newest first."""
        return [job for job in list_jobs(self.space, "datasets") if job.config.get("transcript") == self.job.id]


@st.cache_data(max_entries=16, show_spinner=False)
def _names(root: str, id: str) -> list[str]:
    """Return the images that a transcript's source holds."""
    with open_source(Workspace(Path(root)), ImageSourceConfig(transcript=id)) as tree:
        return ImageIndex(member.name for member in tree.members).names


@st.cache_data(max_entries=256, show_spinner=False)
def _content(root: str, id: str, name: str, digest: str) -> bytes:
    """Read one image of a transcript's source, which is to have this SHA-256 unless that is not known."""
    with open_source(Workspace(Path(root)), ImageSourceConfig(transcript=id)) as tree:
        try:
            content = tree.read(name, MAX_BYTES)
        except OSError:
            raise ImageError(f"{name!r} is not where it was read. Put it back, or leave it out.") from None
    if digest and sha256(content).hexdigest() != digest:
        raise ImageError(f"{name!r} changed since it was read. Read the images again, or leave it out.")
    return content
