"""Text in whole photos: found by a locator, read by a reader, in reading order; boxes redrawn as thresholds move.

The network searches a photo once; thresholds only take boxes from the kept map, which are then read.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.files import locator, modified, reader
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from dashboard.common.runs import RunView
from dashboard.common.state import asked_for, choose
from dashboard.read.kept_scene import PhotoBoxes, PlacedText, box_line, kept_line
from dashboard.read.page_text import move_block, order_field, page_in_order, page_text, stops
from dashboard.read.pdf_pages import Photo
from dashboard.read.photo_view import Stop, ViewedBox, photo_view
from dashboard.readings.cards import CardNames, Readers, cards
from dashboard.readings.image import DroppedImage, shown
from dashboard.readings.image_kinds import other_kind_button
from dashboard.readings.reader_picker import scored_title
from dashboard.readings.text_map import overlaid
from engine.errors import GlyphlabError
from engine.formatting import count, decimal, percent
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.workspace import Workspace
from glyphlab_read.documents.document import Page, Word
from glyphlab_read.documents.page_reader import (
    TURNS,
    PageReader,
    ReadBox,
    SearchedPage,
    blocks_of,
    plain_quad,
    words_in,
)
from glyphlab_read.images.sandbox import open_sandboxed
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.location.maps import TextLevel
from glyphlab_read.reading.bundle import Bundle
from glyphlab_read.regions.straighten import straightened
from glyphlab_read.regions.thresholds import Thresholds

_SIDE = 1400  # px of a photo as it is sent to the browser
_KEPT = 12  # searched photos kept in memory
_LOCATOR = "read-locator"
_WIDGET: dict[str, Any] = {"persist_state": "session"}
_LEVELS = {"word": "Words", "line": "Lines"}


@dataclass(frozen=True)
class SearchedPhoto:
    """A photo upright at screen size, what was found in it, the picture of its map, and the seconds that took."""

    picture: Image.Image
    found: SearchedPage
    map_picture: Image.Image
    seconds: float


def photo_cards(
    workspace: Workspace,
    known: Sequence[LocatorBundle],
    readers: Readers,
    runs: Mapping[str, RunView],
    photos: Sequence[Photo],
    above: CardNames,
) -> None:
    """Draw the choice of a locator and of one level, and each photo with its boxes and its text.

    Args:
        workspace: where corrections are kept.
        known: locators to choose from, at least one.
        readers: who reads the words; the first one's text stands beside a photo.
        runs: for the locators' names.
        photos: the photos and pages.
        above: the cards of words that the page has drawn so far, to which theirs are added.
    """
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        names = {bundle.name: bundle for bundle in known}
        choose(_LOCATOR, list(names), asked_for("locator"))
        name = st.selectbox(
            "Locator",
            list(names),
            format_func=lambda name: scored_title(names[name], runs),
            key=_LOCATOR,
            **_WIDGET,
        )
        bundle = names[str(name)]
        level = st.segmented_control(
            "Boxes around",
            list(bundle.manifest.levels),
            default=bundle.manifest.levels[0],
            format_func=_LEVELS.__getitem__,
            required=True,
            key=f"read-level-{name}",
            **_WIDGET,
        )
        strength = st.slider("Text map", 0, 100, 25, 5, format="%d %%", key="read-map", **_WIDGET)
        thresholds = _thresholds(bundle, str(level))
        chosen: TextLevel = "line" if level == "line" else "word"
        how = _How(workspace, bundle, readers, chosen, thresholds, strength / 100, above)
    with right:
        seen: Counter[str] = Counter()
        for number, photo in enumerate(photos):
            digest = sha256(photo.content).hexdigest()[:16]
            with st.container(border=True, gap="xsmall", key=f"card-photo-{number}"):
                _photo(how, number, photo, f"read-photo-{digest}-{seen[digest]}")
            seen[digest] += 1
        if not photos:
            with st.container(border=True, key="card-nothing"):
                st.markdown("**No photo is here yet**")
                st.caption(
                    "Drop one above, or paste it, to have its text found and read. Street signs, shop fronts, labels "
                    "and pages will do."
                )


def _thresholds(bundle: LocatorBundle, level: str) -> Thresholds:
    """Draw the four thresholds of a level, which begin where they were tuned, and return them."""
    tuned = bundle.manifest.thresholds[level]  # pyright: ignore[reportArgumentType]
    own, key = tuned.thresholds, f"read-{bundle.name}-{bundle.manifest.step}-{level}"
    with st.expander("Thresholds", icon=":material/tune:"):
        source = f"Tuned on {literal(tuned.tuned_on)}" if tuned.tuned_on else "Nobody tuned them"
        score = f", H-mean there {percent(tuned.h_mean)}" if tuned.h_mean is not None else ""
        st.caption(f"{source}{score}. Moving them redraws the boxes; the photo is not searched again.")
        values = {
            name: st.slider(
                title,
                low,
                high,
                float(getattr(own, name)),
                step,
                format="%.0f" if step >= 1 else "%.2f",
                key=f"{key}-{name}",
                help=Thresholds.model_fields[name].description,
                **_WIDGET,
            )
            for name, title, low, high, step in (
                ("binary", "Pixel is text from", 0.02, 0.98, 0.01),
                ("box", "Box counts from", 0.0, 1.0, 0.01),
                ("unclip", "Growth", 0.3, 3.0, 0.01),
                ("smallest", "Least side (px)", 0.0, 60.0, 1.0),
            )
        }
    return Thresholds.parse(values)


def _photo(how: "_How", number: int, photo: Photo, key: str) -> None:
    """Draw one photo: its map and its boxes, the text beside, and the word that was clicked as words have it."""
    name, content, dpi = photo
    try:
        found = _searched(how.locator, how.reader, *how.changed, content)
        began = time.perf_counter()
        original, words = _page(
            how.locator, how.reader, *how.changed, how.level, tuple(how.thresholds.plain().values()), content
        )
        seconds = found.seconds + time.perf_counter() - began
    except GlyphlabError as error:
        st.markdown(f"**{literal(name)}**")
        show_error(error)
        return
    original = replace(original, name=name, dpi=dpi)
    page = page_in_order(original, f"{key}-order")
    truth = PhotoBoxes(
        workspace=how.workspace,
        digest=shown(DroppedImage("", content)).digest,
        content=content,
        upright=lambda: _upright(content, page.turned),
        turned=page.turned,
        boxes=[PlacedText.of(word, how.level) for word in words],
    )
    kept = truth.kept()
    truth = truth.with_kept(kept, how.level)
    in_scene = truth.in_scene(kept)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        path = stops(page, original) if st.session_state.get(f"{key}-path") else []
        more = truth.boxes[len(words) :]
        shown_words = [*words, *(Word(plain_quad(box.quad), box.text, float(bool(box.text))) for box in more)]
        left_out = [kept is not None and region is None for region in in_scene]
        chosen = _drawn(how, found, page, truth, list(zip(shown_words, left_out, strict=True)), path, key)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            turned = f" · turned by {90 * page.turned}°" if page.turned else ""
            found_words = count(len(words), f"{how.level}s")
            unread = sum(not word.text for word in words)
            found_words += f", {count(unread)} not readable" if unread else ""
            st.caption(
                f"{literal(name)} · {found_words} · {count(page.width)} × {count(page.height)} px{turned} · "
                f"{decimal(seconds, 2, 's')}",
                width="content",
            )
            other_kind_button(truth.digest, "words", f"photo-{number}")
        kept_line(truth, kept, how.level, key)
    with right:
        page_text(page, truth.upright, key)
        if len(page.blocks) > 1 and st.toggle("Order of reading", key=f"{key}-path", persist_state="session"):
            order_field(page, f"{key}-order")
    if chosen is not None:
        box_line(truth, kept, chosen, in_scene[chosen], key)
        box = truth.boxes[chosen]
        crop = straightened(np.asarray(truth.upright()), box.quad)
        file = box.text or "nothing was read", png_bytes(Image.fromarray(crop))
        cards(how.workspace, how.readers, [file], on_kept=lambda text: truth.type(chosen, text), above=how.above)


def _drawn(
    how: "_How",
    found: SearchedPhoto,
    page: Page,
    truth: PhotoBoxes,
    words: Sequence[tuple[Word, bool]],
    path: Sequence[Stop],
    key: str,
) -> int | None:
    """Draw a photo with its map, its boxes and the order; return the number of the word that is chosen.

    Of each word it is said whether the scene that is kept is without it.
    """
    boxes = [
        ViewedBox([(x / page.width, y / page.height) for x, y in word.quad], word.text, word.confidence, left_out)
        for word, left_out in words
    ]
    picture = overlaid(found.picture, found.map_picture, how.strength, _SIDE)
    places = [word.quad for word, _ in words]  # by other thresholds a word has another number, and the same place
    wanted = st.session_state.get(f"{key}-chosen")
    chosen = places.index(wanted) if wanted in places else None
    alt, draw = f"{page.name}: {count(len(boxes), f'{how.level}s')} found", bool(st.session_state.get(f"{key}-draw"))
    done = photo_view(picture, boxes, path, chosen, f"{key}-view", alt, draw=draw)
    if done.clicked is not None and done.clicked != chosen:
        st.session_state[f"{key}-chosen"] = places[done.clicked]
        st.rerun()
    if done.drawn is not None:
        left, top, right, bottom = done.drawn
        shares = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        added = truth.add(shares * np.array([page.width, page.height], np.float32), how.level)
        st.session_state[f"{key}-chosen"] = plain_quad(added)
        st.rerun()
    if done.moved is not None:
        move_block(path, done.moved, f"{key}-order")
        st.rerun()
    return chosen


@dataclass(frozen=True)
class _How:
    """The choices by which photos are searched and read."""

    workspace: Workspace
    locator: LocatorBundle
    readers: Readers
    level: TextLevel
    thresholds: Thresholds
    strength: float
    above: CardNames

    @property
    def reader(self) -> Bundle:
        """The first reader chosen: its text stands beside the photo."""
        return self.readers[0][1]

    @property
    def changed(self) -> tuple[str, int, str, int]:
        """Folders and times of both bundles, which tell that one is another now."""
        folders = self.locator.folder, self.reader.folder
        times = [modified(folder / paths.MANIFEST) for folder in folders]
        return str(folders[0]), times[0], str(folders[1]), times[1]


@st.cache_resource(max_entries=_KEPT, show_spinner="Searching the photo …")
def _searched(
    _locator: LocatorBundle, _reader: Bundle, folder: str, changed: int, other: str, its: int, content: bytes
) -> SearchedPhoto:
    image = open_sandboxed(content)
    began = time.perf_counter()
    found = PageReader(locator(_locator), reader(_reader)).search(image)
    seconds = time.perf_counter() - began
    names = found.text_map.names
    values = (found.text_map.channel("region" if "region" in names else names[0]).astype(np.float32) * 255).round()
    picture = image.transpose(TURNS[found.turned]) if found.turned else image.copy()
    picture.thumbnail((_SIDE, _SIDE))
    return SearchedPhoto(picture, found, Image.fromarray(values.astype(np.uint8)), seconds)


@st.cache_resource(max_entries=8 * _KEPT, show_spinner="Reading its words …")
def _page(
    _locator: LocatorBundle,
    _reader: Bundle,
    folder: str,
    changed: int,
    other: str,
    its: int,
    level: TextLevel,
    thresholds: tuple[float, ...],
    content: bytes,
) -> tuple[Page, list[Word]]:
    """Return what was read, and its boxes."""
    found = _searched(_locator, _reader, folder, changed, other, its, content).found
    chosen = Thresholds.parse(dict(zip(Thresholds.model_fields, thresholds, strict=True)))
    page_reader, image = PageReader(locator(_locator), reader(_reader), level, chosen), _upright(content, found.turned)
    boxes = page_reader.read_boxes(image, found.text_map.boxes(level, chosen))
    return Page(image.width, image.height, blocks_of(boxes), turned=found.turned), words_on(boxes, level)


def words_on(boxes: Sequence[ReadBox], level: TextLevel) -> list[Word]:
    """Return what is drawn on a photo, and kept of it: words apart, where a box holds several; or lines, each whole.

    A box in which nothing was read stays, without a text.
    """
    whole = [Word(plain_quad(box.quad), box.reading.text.strip(), box.reading.confidence) for box in boxes]
    if level == "line":
        return whole
    return [word for box, one in zip(boxes, whole, strict=True) for word in (words_in(box) or [one])]


def _upright(content: bytes, turned: int) -> Image.Image:
    image = open_sandboxed(content)
    return image.transpose(TURNS[turned]) if turned else image
