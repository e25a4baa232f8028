"""Example images on Home, read by one click: words cut out, and a photo. Drawn once by presets of our own recipes.

The words are of *scene text*, *receipts* and *number plates*, the photo is a scene of *street signs*; none of them is
a photograph, and nobody learned from them.
"""

import functools
from pathlib import Path

import streamlit as st

from dashboard.caches.files import image
from dashboard.common import state
from dashboard.common.dropped import File
from dashboard.common.images import picture

_FOLDER = Path(__file__).with_name("example_images")
_HEIGHT, _ROOM = 64, 240  # px of an example as it is shown


@functools.cache
def examples() -> dict[str, File]:
    """Return the examples by their names, words first, each as a file that somebody drops."""
    paths = sorted(_FOLDER.iterdir(), key=lambda path: (path.suffix != ".png", path.name))
    return {path.stem: (path.name, path.read_bytes()) for path in paths}


def chosen_example(*, words: bool, photos: bool) -> list[File]:
    """Draw the examples that can be read here, and return the one that was clicked last, if there is one."""
    shown = {name: file for name, file in examples().items() if (photos if file[0].endswith(".jpg") else words)}
    st.caption("Or click one of these:")
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="strip-examples"):
        for name, (_, content) in shown.items():
            with st.container(key=f"zoom-example-{name}", width="content"):
                picture(image(content), f"Example {name}", room=_ROOM, tall=_HEIGHT, most=_HEIGHT + 8)
                st.button(
                    f"Read the example {name}",
                    key=f"enlarge-example-{name}",
                    on_click=st.session_state.__setitem__,
                    args=(state.EXAMPLE, name),
                )
    chosen = st.session_state.get(state.EXAMPLE)
    return [shown[chosen]] if chosen in shown else []
