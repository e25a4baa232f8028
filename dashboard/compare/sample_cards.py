"""Cards of samples with what was read: the image, a line of words, the way to where it opens large, and that."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.common.enlarged import enlarge_button, large_picture, large_title, sample_facts, step_buttons
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from engine.datasets.dataset import Dataset
from engine.errors import GlyphlabError

_COLUMN = 240  # px that a card takes at least

Steps = tuple[str, int, int]


def sample_cards(
    cards: Sequence[tuple[str, str, str]], data: Dataset | None, key: str, opens: tuple[str, int] | None = None
) -> None:
    """Draw cards.

    Args:
        cards: of each sample its name, what it says, and a line of Markdown.
        data: the dataset of the images; None: only the lines are shown.
        key: begins the keys of the cards.
        opens: the dialog that a click opens and the number of the first card there; None: none.
    """
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for place, (name, truth, words) in enumerate(cards):
        with grid.cell(), st.container(border=True, key=f"card-{key}-{name}", gap="xsmall", height="stretch"):
            with st.container(key=f"zoom-{key}-{name}"):
                sample_image(name, truth, data)
                if opens:
                    enlarge_button(f"{key}-{name}", truth, opens[0], opens[1] + place)
            st.markdown(words)


def large_card(
    name: str, truth: str, about: str, words: str, data: Dataset | None, act: Callable[[Dataset], None], steps: Steps
) -> None:
    """Draw a sample large: what it says, what was read, its factors, and what can be done about it.

    Args:
        name: of the sample.
        truth: what it says.
        about: is said beside its name.
        words: Markdown of what was read.
        data: the dataset of the images; None: there is no image, and nothing to be done.
        act: draws what can be done.
        steps: the dialog, and the number of the sample there among how many.
    """
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        large_title(truth, f"image {name} · {about}")
        st.markdown(words)
        image = None
        with show_errors():
            if data is not None:
                image = data.image(int(name))
                large_picture(image)
        if data is not None:
            act(data)
        step_buttons(*steps)
    with right:
        if data is not None and image is not None:
            sample_facts({str(key): value for key, value in data.frame().iloc[int(name)].items()}, image)


def sample_image(name: str, truth: str, data: Dataset | None, room: int = _COLUMN - 34) -> None:
    """Draw a sample's image; nothing without a dataset."""
    if data is None:
        return
    try:
        picture(data.image(int(name)), f"Sample {name}, which says {truth}", room=room, tall=40)
    except (GlyphlabError, ValueError, IndexError):
        st.caption(f"The image of sample {literal(name)} cannot be read.")
