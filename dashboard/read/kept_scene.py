"""A photo on Read kept as a scene: its boxes with their texts as truth for locators, and each box corrected in place.

What is said of a box is on disk at once; the first word about any of them keeps the photo. The boxes on the page are
told from those that are kept by their places, so that they may be found anew by other thresholds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.common import state
from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from engine.datasets.corrections import find_correction
from engine.datasets.scenes.kept import KeptPhoto, change_regions, discard_kept_photo, find_kept_photo, keep_photo
from engine.errors import GlyphlabError
from engine.formatting import ago, count
from engine.images.encode import pixel_digest
from engine.regions.polygons import ious
from engine.regions.region import Region
from engine.workspace import Workspace
from glyphlab_read.documents.document import Word
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.regions.quads import Points
from glyphlab_read.regions.straighten import straightened

_SAME = 0.5  # intersection over union from which two outlines are one box
_FAULT = "kept-photo-fault"

Change = Callable[[Region], Region | None]


class PlacedText(NamedTuple):
    """A box on a photo: its corners, what was read there (empty for nothing), and what it encloses."""

    quad: Points
    text: str
    level: TextLevel

    @classmethod
    def of(cls, word: Word, level: TextLevel) -> Self:
        """Return a word that was read as a box."""
        return cls(np.array(word.quad, np.float32), word.text, level)

    @property
    def region(self) -> Region:
        """The same as a region that counts."""
        return Region(self.quad, self.text or None, level=self.level)


@dataclass(frozen=True)
class PhotoBoxes:
    """A photo with the boxes that stand on the page.

    Attributes:
        workspace: where it may be kept.
        digest: of its pixels as they were dropped.
        content: its file.
        upright: opens it, turned so that its text stands upright.
        turned: quarter turns clockwise that make it so.
        boxes: words, or lines.
    """

    workspace: Workspace
    digest: str
    content: bytes
    upright: Callable[[], Image.Image]
    turned: int
    boxes: Sequence[PlacedText]

    def kept(self) -> KeptPhoto | None:
        """Return the photo as it is kept, turned as it is here; None where it is not."""
        found = find_kept_photo(self.workspace, self.digest)
        return found.turned_to(self.turned) if found else None

    def in_scene(self, kept: KeptPhoto | None) -> list[Region | None]:
        """Return the kept region of each box; None where there is none."""
        regions = kept.regions if kept else ()
        places = (_place(box, regions) for box in self.boxes)
        return [None if place is None else regions[place] for place in places]

    def as_read(self) -> list[Region]:
        """Return a region for each box, with the text that was read, or that somebody typed or confirmed for it."""
        pixels = np.asarray(self.upright())
        regions = []
        for box in self.boxes:
            crop = Image.fromarray(straightened(pixels, box.quad))
            typed = find_correction(self.workspace, pixel_digest(crop).hex())
            regions.append(replace(box.region, text=typed.text) if typed else box.region)
        return regions

    def lacks_level(self, kept: KeptPhoto) -> bool:
        """Say whether a kept photo has regions, and none of what the boxes enclose."""
        levels = {box.level for box in self.boxes}
        return bool(kept.regions) and levels.isdisjoint(region.level for region in kept.regions)

    def with_kept(self, kept: KeptPhoto | None, level: TextLevel) -> "PhotoBoxes":
        """Return the photo with boxes for what is kept and was not found: drawn by hand, or at other thresholds.

        Args:
            kept: what is kept of it.
            level: what the boxes enclose.
        """
        shown = [region for region in self.in_scene(kept) if region is not None]
        more = [
            PlacedText(region.polygon, region.text or "", level)
            for region in (kept.regions if kept else ())
            if region.level == level and len(region.polygon) == 4 and not any(region is each for each in shown)
        ]
        return replace(self, boxes=[*self.boxes, *more])

    def add(self, quad: Points, level: TextLevel) -> Points:
        """Add a box that was drawn, and return its corners as they are kept."""
        kept = self.kept()
        self._save(kept, [*self._with_read(kept), Region(quad, None, level=level)])
        after = self.kept()
        return after.regions[-1].polygon if after and after.regions else quad

    def keep(self) -> None:
        """Keep the photo with all boxes as they stand, beside regions of another level. For callbacks."""
        kept = self.kept()
        if kept is None or self.lacks_level(kept):  # else it was kept meanwhile, such as in another tab
            self._save(kept, self._with_read(kept))

    def change(self, number: int, change: Change) -> None:
        """Change what is kept of a box; None leaves it out. A photo that is not kept yet is. For callbacks."""
        kept = self.kept()
        regions = self._with_read(kept)
        box = self.boxes[number]
        place = _place(box, regions)
        after = change(box.region if place is None else regions.pop(place))
        if after is not None:
            regions.insert(len(regions) if place is None else place, after)
        self._save(kept, regions)

    def type(self, number: int, text: str) -> None:
        """Give a box its true text. For callbacks."""
        self.change(number, lambda region: replace(region, text=text, ignore=False))
        st.session_state[state.KEPT_BESIDE] = True

    def _with_read(self, kept: KeptPhoto | None) -> list[Region]:
        """Return the regions that are kept, and all boxes where none of their level is: without, they were ground."""
        regions = list(kept.regions) if kept else []
        return regions + self.as_read() if kept is None or self.lacks_level(kept) else regions

    def _save(self, kept: KeptPhoto | None, regions: Sequence[Region]) -> None:
        st.session_state.pop(_FAULT, None)
        try:
            if kept:
                change_regions(self.workspace, kept, regions)
            else:
                keep_photo(self.workspace, self.digest, self.content, self.upright(), self.turned, regions)
        except GlyphlabError as error:
            st.session_state[_FAULT] = (self.digest, error)


def _place(box: PlacedText, regions: Sequence[Region]) -> int | None:
    """Return the place of the region that is this box."""
    own = [place for place, region in enumerate(regions) if region.level == box.level]
    if not own:
        return None
    shares = ious([box.quad], [regions[place].polygon for place in own])[0]
    return own[int(shares.argmax())] if shares.max() >= _SAME else None


def kept_line(photo: PhotoBoxes, kept: KeptPhoto | None, level: TextLevel, key: str) -> None:
    """Draw whether a photo is kept as a scene, and the button that keeps it or takes it out."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if kept:
            st.caption(
                f":material/bookmark: kept as a scene: {scene_words(kept.regions)} · {ago(kept.changed)}",
                width="content",
            )
        if kept is None or photo.lacks_level(kept):
            st.button(
                "Keep these boxes, too" if kept else "Keep as a scene",
                key=f"{key}-keep",
                icon=":material/bookmark_add:",
                type="tertiary",
                on_click=guarded(photo.keep),
                help="Keeps the photo with these boxes and texts as truth, for a dataset of scenes to train or test "
                "locators on. Texts that nobody corrected count as right. Click a box to correct it, before or after: "
                "each change is kept at once.",
            )
        st.toggle(
            f"Draw a missed {level}",
            key=f"{key}-draw",
            help=f"Drag over a {level} that has no box: it is kept with one. Then click it, and type what it says.",
        )
        if kept:
            st.button(
                "Remove",
                key=f"{key}-discard",
                type="tertiary",
                on_click=remove_kept_photo,
                args=(photo.workspace, photo.digest),
                help="Remove this photo from the scenes that are kept. Datasets made before still hold it.",
            )
    digest, fault = st.session_state.get(_FAULT, ("", None))
    if fault and digest == photo.digest:
        show_error(fault)


def box_line(photo: PhotoBoxes, kept: KeptPhoto | None, number: int, region: Region | None, key: str) -> None:
    """Draw what is kept of the box that is chosen, and the buttons that change it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}-box"):
        if kept is None or region is not None:
            if region is not None:
                said = f"“{literal(region.text)}”" if region.text else "without a text"
                st.caption(f"In the scene: {said}{', does not count' if region.ignore else ''}", width="content")
            st.button(
                "No text here",
                key=f"{key}-false",
                icon=":material/delete:",
                type="tertiary",
                on_click=guarded(photo.change),
                args=(number, lambda _: None),
                help="A false box: the scene is kept without it, so that locators learn that nothing stands there.",
            )
            counts = region is None or not region.ignore
            st.button(
                "Does not count" if counts else "Counts",
                key=f"{key}-counts",
                icon=":material/visibility_off:" if counts else ":material/visibility:",
                type="tertiary",
                on_click=guarded(photo.change),
                args=(number, lambda region: replace(region, ignore=counts)),
                help="Text that nobody can read should not count: neither finding nor missing it does.",
            )
            return
        st.caption("This box is not in the scene that is kept.", width="content")
        st.button(
            "Add it",
            key=f"{key}-add",
            icon=":material/add:",
            type="tertiary",
            on_click=guarded(photo.change),
            args=(number, lambda region: region),
            help="There is text here: the scene gets this box.",
        )


def scene_words(regions: Sequence[Region]) -> str:
    """Say what regions a scene has: `18 words, 2 of them without a text, 1 does not count`."""
    if not regions:
        return "no text"
    parts = [
        count(sum(region.level == level for region in regions), f"{level}s")
        for level in ("word", "line", "character")
        if any(region.level == level for region in regions)
    ]
    silent = sum(region.text is None and not region.ignore for region in regions)
    ignored = sum(region.ignore for region in regions)
    parts += [f"{count(silent)} without a text"] if silent else []
    parts += [f"{count(ignored)} not counted"] if ignored else []
    return ", ".join(parts)


@guarded
def remove_kept_photo(workspace: Workspace, digest: str) -> None:
    """Take a photo out of the scenes that are kept, which can be undone. For callbacks."""
    kept = find_kept_photo(workspace, digest)
    try:
        content = kept.image.read_bytes() if kept else b""
    except OSError:
        return
    if kept:  # else another took it away meanwhile
        st.session_state[state.REMOVED_KEPT_PHOTO] = (kept, content)
        discard_kept_photo(workspace, digest)
