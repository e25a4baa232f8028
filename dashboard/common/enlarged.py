"""One image, large, in a dialog: the button over a small one that opens it, its facts, and the way to the next."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import open_dialog
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Style
from engine.formatting import count, decimal, sentence

ROOM = 620  # px that an enlarged image may take
_TALLEST = 200  # px
_PLACES = ("index", "split", "shard", "offset", "bytes", "label", "length", "width", "height")  # no factors


def enlarge_button(key: str, label: str, *about: Any) -> None:
    """Lay a button that opens a dialog over its container, whose key must begin with `zoom`; see style.css."""
    st.button(f"Enlarge {literal(label)}", key=f"enlarge-{key}", on_click=open_dialog, args=about)


def zoom_factor(image: Image.Image) -> int:
    """Return how many times as large an image may be shown."""
    return max(1, min(6, ROOM // image.width, _TALLEST // image.height))


def large_picture(image: Image.Image) -> None:
    """Draw an image as large as it may be."""
    times = zoom_factor(image)
    large = image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
    picture(large, f"The sample, {times} times as large", room=ROOM, tall=1)


def large_title(label: str, place: str) -> None:
    """Draw what an image says, and which one it is."""
    st.markdown(f"### {literal(label)}", anchors=False)
    st.caption(f"{place} · {count(len(label), 'characters')}")


def sample_facts(row: Mapping[str, Any], image: Image.Image) -> None:
    """Draw what is known of a sample of a dataset, by its row in the table of samples: size and factors."""
    factors = {name: value for name, value in row.items() if name not in _PLACES}
    facts = {"split": row["split"], "length": count(row["length"], "characters")}
    size = {"width": f"{image.width} px", "height": f"{image.height} px"}
    fact_table({**facts, **size, "stored": count(row["bytes"], "bytes"), **factors})


def step_buttons(name: str, index: int, total: int) -> None:
    """Draw the ways from one thing in an open dialog to those before and after it."""
    with st.container(horizontal=True):
        _step("Previous", ":material/arrow_back:", name, index - 1, disabled=index == 0)
        _step("Next", ":material/arrow_forward:", name, index + 1, disabled=index + 1 >= total)


def _step(label: str, icon: str, name: str, index: int, *, disabled: bool) -> None:
    st.button(label, icon=icon, key=f"enlarged-{label}", disabled=disabled, on_click=open_dialog, args=(name, index))


def fact_table(values: Mapping[str, Any]) -> None:
    """Draw facts that say something, a row each; numbers of a style or a scene with the unit of their setting."""
    rows = {sentence(str(name)): _words(value, _unit(str(name))) for name, value in values.items() if not _empty(value)}
    frame = pd.DataFrame({"Factor": list(rows), "Value": [literal(words) for words in rows.values()]})
    st.table(frame, hide_index=True, border="horizontal", alt="What decided the look of this sample")


def _empty(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and value != value)


def _words(value: Any, unit: str) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    number = decimal(value) if isinstance(value, float) else str(value)
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}".strip()


def _unit(factor: str) -> str:
    """Return the unit of a factor: that of the setting which decides it; empty for what has none."""
    if factor.startswith("margin_"):
        return "px"
    info = Style.model_fields.get(factor) or SceneRecipe.model_fields.get(factor)
    extra = info.json_schema_extra if info else None
    return str(extra.get("unit") or "") if isinstance(extra, dict) else ""
