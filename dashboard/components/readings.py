"""A drop zone, and the card that says what an image says.

The text comes from a network and from strangers' images: it reaches the page as escaped characters only.
"""

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from dashboard.colours import tint
from dashboard.components.pictures import picture
from dashboard.words import decimal, literal, percent, visible
from engine.reading.images import EXTENSIONS, MAX_BYTES
from engine.reading.reader import Character, Reading

LEGEND = ":orange-background[ 60 to 90 % ]  :red-background[ under 60 % ]  sure of a character; the rest is surer."


def drop_zone(key: str, label: str = "Drop images of words here") -> list[tuple[str, bytes]]:
    """Draw the uploader and return (name, bytes) of each dropped file. A name is a label, never a path."""
    files = st.file_uploader(
        label, type=list(EXTENSIONS), accept_multiple_files=True, key=key, max_upload_size=MAX_BYTES // 10**6
    )
    return [(file.name, file.getvalue()) for file in files]


def reading_card(name: str, image: Image.Image, reading: Reading, key: str) -> None:
    """Draw one image, its text in large type tinted by confidence, and how sure and how fast the reading was."""
    with st.container(border=True, key=f"card-{key}", height="stretch", gap="xsmall"):
        picture(image, f"{name}, which reads {reading.text or 'nothing'}")
        st.markdown(f"# {tinted(reading.characters)}" if reading.text else "# :gray[–]", anchors=False)
        st.caption(_facts(name, reading))


def tinted(characters: Sequence[Character]) -> str:
    """Return Markdown of the characters, each on the ground that its confidence gives it."""
    return "".join(_tinted(character) for character in characters)


def _tinted(character: Character) -> str:
    text = "&nbsp;" if character.char.isspace() else literal(character.char) or f"&#{ord(character.char)};"
    ground = tint(character.confidence)
    return f":{ground}[{text}]" if ground else text


def _facts(name: str, reading: Reading) -> str:
    took = decimal(1000 * reading.seconds, 2, "ms")
    if not reading.text:
        return f"{literal(name)} · nothing was read · {took}"
    weakest = min(reading.characters, key=lambda character: character.confidence)
    parts = [literal(name), f"{percent(reading.confidence)} sure"]
    if visible(weakest.char).strip():
        parts.append(f"least of “{literal(weakest.char)}”, {percent(weakest.confidence)}")
    return " · ".join([*parts, took])
