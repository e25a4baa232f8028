"""The choice of fonts: each writes the recipe's own texts, or a text of the user's, and what is left out is said."""

import functools
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from dashboard.caches.samples import FontPreview, font_previews, font_previews_of, fonts_in_use
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import show_error, show_errors
from dashboard.data.recipe.chooser import AssetChoice, added_here, choose, chosen_assets, names
from dashboard.data.recipe.draft import DraftPart
from dashboard.data.recipe.font_packs import checked_packs, choose_packs, pack_verdicts
from engine.errors import ConfigError
from engine.formatting import count
from engine.synth.face_verdicts import FaceVerdict
from engine.synth.font_packs import FontPack, installed_packs
from engine.synth.fonts import Font, why_left_out
from engine.workspace import Workspace

_SHOWN = 3  # fonts of a look
_LACKING = 12  # characters that are named
_LONGEST = 40  # characters of a text that is typed


def chosen_fonts(space: Workspace, part: DraftPart, languages: Sequence[str], labels: Sequence[str]) -> None:
    """Draw the fonts of a look as they write some texts, those that are left out, and the button to choose others.

    Args:
        space: where uploads are.
        part: the look.
        languages: of the texts that are words; they decide which fonts are used where none is chosen.
        labels: texts of the recipe.
    """
    with st.container(border=True, key=f"card-fonts-{part.mark}", gap="xsmall"):
        chosen_assets(part, "fonts", _used(space, part, languages), ":material/font_download:")
        try:
            fonts = fonts_in_use(space, part.values["fonts"], languages)
        except ConfigError as error:
            show_error(error)
            return
        if told := _left_out(fonts, labels):
            st.markdown(f":small[{told}]")
        with show_errors():
            for face in font_previews_of(fonts[:_SHOWN] if part.values["fonts"] else (), tuple(labels)):
                picture(face.image(), f"{face.font.label}, as it looks", room=280, tall=1)


def choose_fonts(space: Workspace, part: DraftPart, languages: Sequence[str], labels: Sequence[str]) -> None:
    """Draw every font as it writes a text, which the user may type, and note which are ticked."""
    added_here(space, part, "fonts")
    typed = st.text_input(
        "Text to write",
        key="choose-fonts-text",
        placeholder="texts of the recipe",
        max_chars=_LONGEST,
        live=True,
        help="What each font below writes. It changes nothing in the recipe.",
    ).strip()
    texts = (typed,) if typed else tuple(labels)
    packs = list(installed_packs().values())
    with show_errors():
        checked_packs(space, packs)
    verdicts = pack_verdicts(space, packs)
    with st.spinner("Looking at the fonts …"):
        items = [_font(face) for face in font_previews(space, texts)]
    items += [
        _pack_face(pack, face, verdicts.get(face, FaceVerdict("not checked yet")), texts)
        for pack in packs
        for face in pack.faces
    ]
    choose_packs(part, packs, verdicts)
    choose(space, part, "fonts", items, _used(space, part, languages))


def _used(space: Workspace, part: DraftPart, languages: Sequence[str]) -> str:
    """Return Markdown of the fonts in use: their count and the first names."""
    try:
        labels = [font.label for font in fonts_in_use(space, part.values["fonts"], languages)]
    except ConfigError:  # told below the button
        return f"**{count(len(part.values['fonts']), 'fonts')}**"
    all_of = "" if part.values["fonts"] else "All "
    return f"**{all_of}{count(len(labels), 'fonts')}** :small[{names(labels)}]"


def _left_out(fonts: Sequence[Font], labels: Sequence[str]) -> str:
    """Return Markdown of the fonts that are not used for some of the texts, and why; empty where all are."""
    reasons = {font.label: why for font in fonts if (why := why_left_out(font, labels))}
    if not reasons:
        return ""
    told = [f"{literal(label)} ({literal(why)})" for label, why in list(reasons.items())[:_SHOWN]]
    more = f" and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
    return f":orange[{count(len(reasons), 'fonts')} left out of some texts: {', '.join(told)}{more}]"


def _font(face: FontPreview) -> AssetChoice:
    return AssetChoice(face.font.id, face.font.label, face.image, functools.partial(_note, face))


def _note(face: FontPreview, *others: str) -> str:
    """Return Markdown of what is to be known of a font."""
    lacks = " ".join(face.missing[:_LACKING]) + (" …" if len(face.missing) > _LACKING else "")
    notes = [f"lacks {literal(lacks)}"] if face.missing else []
    notes += map(literal, (*others, *face.remarks))
    return f":orange[{' · '.join(notes)}]" if notes else ""


def _pack_face(pack: FontPack, face: Font, verdict: FaceVerdict, texts: tuple[str, ...]) -> AssetChoice:
    """Return the choice of a face of a pack, which is looked at when it is shown: there are a thousand of them."""

    def note() -> str:
        (shown,) = font_previews_of((face,), texts)
        fault = f"not in {pack.id}: {verdict.fault}" if verdict.fault and verdict.fault not in shown.remarks else ""
        said = _note(shown, *filter(None, (fault,)))
        return " · ".join(filter(None, (f":gray[{literal(face.family)}, {literal(pack.licence)}]", said)))

    def image() -> Image.Image:
        (shown,) = font_previews_of((face,), texts)
        return shown.image()

    return AssetChoice(face.id, face.label, image, note, pack.id, not verdict.fault)
