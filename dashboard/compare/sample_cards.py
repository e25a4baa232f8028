"""Cards of samples with what was read: the image, a line of words, and where it opens large, the way there."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common.enlarged import enlarge_button
from dashboard.common.images import picture
from dashboard.common.markdown import literal
from engine.datasets.dataset import Dataset
from engine.errors import GlyphlabError

_COLUMN = 240  # px that a card takes at least


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


def sample_image(name: str, truth: str, data: Dataset | None, room: int = _COLUMN - 34) -> None:
    """Draw a sample's image; nothing without a dataset."""
    if data is None:
        return
    try:
        picture(data.image(int(name)), f"Sample {name}, which says {truth}", room=room, tall=40)
    except (GlyphlabError, ValueError, IndexError):
        st.caption(f"The image of sample {literal(name)} cannot be read.")
