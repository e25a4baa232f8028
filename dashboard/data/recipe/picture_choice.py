"""The choice of pictures, for backgrounds and for scenes, with what is known of text in them."""

import functools
from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.caches.files import locator, locator_bundles
from dashboard.caches.samples import thumbnail
from dashboard.common.page import show_errors
from dashboard.data.recipe.chooser import AssetChoice, added_here, choose, chosen_assets, names
from dashboard.data.recipe.draft import DraftPart
from engine.config.text_sources import UPLOADS
from engine.formatting import count
from engine.synth import pictures
from engine.synth.asset_resolver import Picture
from engine.synth.scenes.picture_check import look_for_text
from engine.synth.scenes.pictures import scene_pictures, text_boxes
from engine.workspace import Workspace

_ICON = ":material/wallpaper:"


def background_pictures(space: Workspace, part: DraftPart) -> None:
    """Draw which pictures stand behind texts or inside letters, and the button to choose others."""
    chosen_assets(part, "pictures", _used(part, pictures(space)), _ICON)


def pictures_of_scenes(space: Workspace, part: DraftPart) -> None:
    """Draw which pictures scenes are made of, and the button to choose others."""
    chosen_assets(part, "pictures", _used_in_scenes(space, part), _ICON)


def choose_pictures(space: Workspace, part: DraftPart) -> None:
    """Draw every picture for backgrounds, and note which are ticked."""
    added_here(space, part, "pictures")
    found = pictures(space)
    items = [AssetChoice(each.id, each.label, functools.partial(thumbnail, each.path)) for each in found]
    choose(space, part, "pictures", sorted(items, key=lambda item: not item.uploaded), _used(part, found))


def choose_scene_pictures(space: Workspace, part: DraftPart) -> None:
    """Draw every picture for scenes with what is known of text in it, and note which are ticked."""
    added_here(space, part, "pictures", lambda id: not _searched(space).get(id))
    found = _searched(space)
    items = [
        AssetChoice(
            each.id, each.label, functools.partial(thumbnail, each.path), functools.partial(_text_note, found, each.id)
        )
        for each in scene_pictures(space)
    ]
    items.sort(key=lambda item: not item.uploaded)
    choose(space, part, "pictures", items, _used_in_scenes(space, part))


def _used(part: DraftPart, found: Iterable[Picture]) -> str:
    """Return Markdown of the pictures in use: their count and the first names."""
    labels = {each.id: each.label for each in found}
    chosen = [labels.get(id, "one no longer here") for id in part.values["pictures"]]
    if chosen:
        return f"**{count(len(chosen), 'pictures')}** :small[{names(chosen)}]"
    bundled = [label for id, label in labels.items() if not id.startswith(UPLOADS)]
    return f"**All {count(len(bundled), 'bundled pictures')}** :small[{names(bundled)}]"


def _used_in_scenes(space: Workspace, part: DraftPart) -> str:
    """Return Markdown of the pictures in use, and of how many are left out because of text in them."""
    found = scene_pictures(space)
    if part.values["pictures"]:
        return _used(part, found)
    boxes = text_boxes(space)
    kept = [each.label for each in found if not boxes.get(each.id)]
    left = len(found) - len(kept)
    why = (
        f" :small[:orange[{count(left, 'pictures')} left out: text in {'it' if left == 1 else 'them'}]]" if left else ""
    )
    return f"**All {count(len(kept), 'pictures')}** :small[{names(kept)}]{why}"


def _searched(space: Workspace) -> dict[str, int | None]:
    """Return how many boxes of text each upload has, those included that nobody searched before."""
    _look_for_text(space, [id for id, boxes in text_boxes(space).items() if boxes is None])
    return text_boxes(space)


def _look_for_text(space: Workspace, ids: Sequence[str]) -> None:
    """Search uploads for text with the newest locator, and say so where there is none."""
    if not ids:
        return
    bundles = locator_bundles(space)
    if not bundles:
        st.caption(
            f":orange[:material/warning:] Nobody has searched {count(len(ids), 'uploads')} for text, as no locator is "
            "here yet. Text behind a scene teaches a locator to overlook it: look yourself, or train a locator and "
            "open this again."
        )
        return
    bar = st.progress(0.0)
    for number, id in enumerate(ids):
        bar.progress(number / len(ids), f"Looking for text in {count(len(ids), 'pictures')} …")
        with show_errors():
            look_for_text(space, id, locator(bundles[0]))
    bar.empty()


def _text_note(found: dict[str, int | None], id: str) -> str:
    if id not in found:
        return ""
    boxes = found[id]
    if boxes is None:
        return ":orange[not searched for text]"
    return f":orange[text in {count(boxes, 'places')}; used only if ticked]" if boxes else "no text found"
