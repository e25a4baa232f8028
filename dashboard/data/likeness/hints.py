"""Hints beside a difference of synthetic and real images: the slider that closes it, *Set it* and *Show me*.

The value is found by drawing (`engine.synth.levers`), when it is asked for. Sliders are named as the form names them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic.fields import FieldInfo

from dashboard.caches.files import once
from dashboard.common import state
from dashboard.common.fields import is_share, label
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.setting_words import value_words
from dashboard.data.likeness.sides import LikenessKind, Side, gallery
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import Digits, Words
from engine.datasets.advice import advise
from engine.datasets.comparison import Gap
from engine.formatting import sentence
from engine.synth.levers import Lever, Move, levers_of, nearest_move, setting_of
from engine.workspace import Workspace

_GROUND = ("background", "colours", "stroke_colour", "stroke_colours", "stroke_width", "least_contrast", "mode")
_NO_LEVER = "No slider of this recipe moves it: its texts are patterns or lists. Change them under **Text**."
_TICKED = re.compile(r"`([a-z_.]+)`")


@dataclass(frozen=True)
class Tuning:
    """A recipe that is tuned towards real images.

    Attributes:
        space: the workspace.
        kind: of both.
        recipe: as it is now.
        real: the real images.
        take: puts another recipe in its place, as if its sliders had been moved.
    """

    space: Workspace
    kind: LikenessKind
    recipe: Any
    real: Side
    take: Callable[[Any], None]


def hint(tuning: Tuning, gap: Gap) -> None:
    """Draw which slider would close a gap, and the buttons that set it and show samples at that value.

    A value that closes the gap and raises the whole distance is shown before it is set.
    """
    levers = levers_of(tuning.recipe, gap.measure, tuning.kind.levers)
    without = not levers and gap.measure in tuning.kind.levers
    st.markdown(f":material/tune: {_NO_LEVER if without else hint_words(tuning.kind, gap)}")
    if not levers:
        return
    with st.container(horizontal=True, gap="xsmall"):
        shown = st.session_state.get(state.SHOWN_MOVE) == gap.measure
        pressed = st.button("Set it", key=f"hint-set-{gap.measure}", icon=":material/tune:")
        st.button(
            "Hide" if shown else "Show me",
            key=f"hint-show-{gap.measure}",
            icon=":material/visibility_off:" if shown else ":material/visibility:",
            on_click=st.session_state.__setitem__,
            args=(state.SHOWN_MOVE, None if shown else gap.measure),
        )
    if not (pressed or shown):
        return
    with show_errors():
        move = _move(tuning, gap.measure, levers)
        if move is None:
            names = " or ".join(setting_title(lever) for lever in levers)
            st.caption(f"No value of {literal(names)} brings them nearer: change the texts, fonts or pictures.")
        elif pressed and (shown or not move.is_doubtful):
            st.session_state[state.SHOWN_MOVE] = None
            tuning.take(move.recipe)
            st.rerun()
        elif pressed:  # told first: who presses once more has seen it
            st.session_state[state.SHOWN_MOVE] = gap.measure
            st.rerun()
        else:
            _show(tuning, move)


def hint_words(kind: LikenessKind, gap: Gap) -> str:
    """Return Markdown for what would close a gap, with settings named as the form names them."""
    if kind.name == "words":
        advice = advise(gap)
        part = advice.setting.partition(".")[0] if advice else "looks"
        return _TICKED.sub(lambda found: f"**{literal(_title(part, found[1]))}**", advice.text if advice else "")
    levers = kind.levers.get(gap.measure, ())
    more = gap.second.median > gap.first.median
    verbs = {True: "Raise", False: "Lower"}
    named = [f"{verbs[more == lever.raises].lower()} **{literal(setting_title(lever))}**" for lever in levers]
    told = " or ".join(named)
    return f"{told[:1].upper()}{told[1:]}." if named else "No single setting moves it: choose other pictures or words."


def setting_title(lever: Lever) -> str:
    """Return the place and the name of a setting as the form has them: `Look › Blur (px)`."""
    return _title(lever.part, lever.path)


def _label(name: str, info: FieldInfo) -> str:
    """Return a setting's label as its slider has it, with the per cent of a share."""
    return f"{label(name, info)}{' (%)' if is_share(info) else ''}"


def _title(part: str, path: str) -> str:
    first, *rest = path.split(".")
    if part == "scene":
        return f"Scene › {_label(path, SceneRecipe.model_fields[path])}"
    if part == "texts" or first in ("max_length", "max_words", "min_length"):
        source = Words if first in Words.model_fields else Digits  # of both ends of a length, words have one
        return f"Text › {label(first, source.model_fields[first])}"
    if first == "after":
        step, *setting = rest
        if not setting or setting == ["share"]:
            return f"After › {sentence(step)} (%)"
        inside: Any = Style.model_fields["after"].annotation
        own = _label(setting[0], inside.model_fields[step].annotation.model_fields[setting[0]])
        return f"After › {sentence(step)} › {own}"
    tab = "Ground and ink" if first in _GROUND else "Look"
    names = {"background": "Behind the text", "colours": "Ink", "mode": "Pixels"}
    own = names.get(first) or _label(first, Style.model_fields[first])
    return " › ".join([tab, own, *map(sentence, rest)])


def _move(tuning: Tuning, measure: str, levers: Sequence[Lever]) -> Move | None:
    """Return the best move of the levers, worked out once for the same recipe and the same real images."""
    kind, space = tuning.kind, tuning.space

    def draw(recipe: Any) -> Any:
        return kind.draw(recipe, kind.tried, space)[1]

    def work() -> Move | None:
        return nearest_move(tuning.recipe, measure, tuning.real.measures, draw, levers, few=kind.name == "photos")

    with st.spinner("Trying values …", show_time=True):
        key = f"move {space.root} {measure} {tuning.real.key} {tuning.recipe.model_dump_json()}"
        return once(key, work)


def _show(tuning: Tuning, move: Move) -> None:
    """Draw samples at a value beside real images."""
    kind = tuning.kind
    was, now = (value_words(value, setting_of(move.lever)) for value in (move.before, move.after))
    st.markdown(
        f"**{literal(setting_title(move.lever))}** {literal(was)} → **{literal(now)}**: "
        f"distance {move.former:.2f} → {move.distance:.2f}"
    )
    whole = f"the whole distance {move.former_whole:.2f} → {move.whole:.2f}"
    if move.is_doubtful:
        st.markdown(f":orange[:material/warning:] Other measures move away: {whole}. *Set it* sets it all the same.")
    else:
        st.caption(f"With it {whole}.")
    images, frame = kind.draw(move.recipe, kind.shown, tuning.space)
    gallery(kind, Side("at that value", "", images, frame, "At that value"))
    gallery(kind, Side(tuning.real.name, "", tuning.real.shown, tuning.real.measures, "Real ones"))
