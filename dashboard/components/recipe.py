"""The recipe editor: the settings of each text source and look, drawn from their own declarations.

It changes what is there; sources and looks are added in YAML. Values that the config refuses are said under the form.
"""

from typing import Any

import streamlit as st

from dashboard.components.fields import fields, group, share
from dashboard.words import count, sentence
from engine.config.base import Config
from engine.config.looks import Colours, Look
from engine.config.recipe import Recipe
from engine.config.texts import TextSource
from engine.synth import fonts, languages

_MAIN = ("height", "margin", "skew", "blur")
_GROUND = ("background", "colours", "after")


def recipe_editor(recipe: Recipe, key: str) -> dict[str, Any]:
    """Draw the settings of a recipe, starting at its values; return the texts and looks as plain values.

    Use a key that holds the preset's name, so that another preset starts from its own values.
    """
    text_tab, look_tab, ground_tab = st.tabs(["Text", "Look", "Ground and ink"])
    with text_tab:
        texts = [
            _source(source, f"{key}.text{index}", alone=len(recipe.texts) == 1, first=index == 0)
            for index, source in enumerate(recipe.texts)
        ]
    looks = []
    for index, look in enumerate(recipe.looks):
        with look_tab:
            values = _look(look, recipe, f"{key}.look{index}")
        with ground_tab:
            looks.append(values | _ground(look, f"{key}.look{index}"))
    return {"texts": texts, "looks": looks}


def _source(source: TextSource, key: str, *, alone: bool, first: bool) -> dict[str, Any]:
    title = f"{sentence(source.kind)}, up to {count(source.max_length, 'characters')}"
    with st.expander(title, expanded=first):
        values: dict[str, Any] = {} if alone else {"weight": share(source, "weight", key)}
        if "language" in type(source).model_fields:
            values["language"] = _language(source, key)
        return group(source, key, leave_out=("kind", "weight", "language", "asset")) | values


def _language(source: Any, key: str) -> str:
    names = {language.id: language.label for language in languages()}
    info = type(source).model_fields["language"]
    return st.selectbox(
        "Language", list(names), index=list(names).index(source.language), format_func=names.__getitem__,
        key=f"{key}.language", help=info.description, persist_state="session",
    )  # fmt: skip


def _look(look: Look, recipe: Recipe, key: str) -> dict[str, Any]:
    values = fields(look, _MAIN, key) | {"fonts": _fonts(look, recipe, key)}
    st.markdown("**Bent**", help=type(look).model_fields["distortion"].description)
    values["distortion"] = group(look.distortion, f"{key}.distortion")
    with st.expander("More about the look"):
        return group(look, key, leave_out=("weight", *values, *_GROUND)) | values


def _fonts(look: Look, recipe: Recipe, key: str) -> list[str]:
    language = next((source.language for source in recipe.texts if source.kind == "words"), "en")
    known = {font.id: font.label for font in fonts(language)}
    return st.multiselect(
        f"Fonts (none chosen: all {count(len(known))})", sorted({*known, *look.fonts}), default=list(look.fonts),
        format_func=lambda id: known.get(str(id), str(id)), key=f"{key}.fonts",
        help=type(look).model_fields["fonts"].description, placeholder="all fonts", persist_state="session",
    )  # fmt: skip


def _ground(look: Look, key: str) -> dict[str, Any]:
    st.markdown("**Behind the text**", help=type(look).model_fields["background"].description)
    values: dict[str, Any] = {"background": group(look.background, f"{key}.background")}
    st.markdown("**Ink**", help="Red, green and blue are each drawn between the two ends.")
    inks = enumerate(look.colours)
    values["colours"] = [_ink(ink, f"{key}.ink{index}", len(look.colours) == 1) for index, ink in inks]
    if isinstance(after := getattr(look, "after", None), Config):
        with st.expander("Done to the image afterwards"):
            values["after"] = group(after, f"{key}.after")
    return values


def _ink(ink: Colours, key: str, alone: bool) -> dict[str, Any]:
    low, high = st.columns(2)
    values = {
        "low": low.color_picker("From", ink.low, key=f"{key}.low", persist_state="session"),
        "high": high.color_picker("To", ink.high, key=f"{key}.high", persist_state="session"),
    }
    return values | {"weight": ink.weight if alone else share(ink, "weight", key)}
