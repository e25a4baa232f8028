"""Images on a page: text images as they are, at true pixels or a whole multiple or fraction.

Only pixels that we decoded or drew ourselves are shown: Streamlit would open a file with every decoder it has.
They travel inside the page. As files of the server they would be gone when a setting moves on before the browser has
fetched them.
"""

import base64
from typing import Literal

import streamlit as st
from PIL import Image

from engine.images.encode import jpeg_bytes, png_bytes
from engine.labels import visible


def picture(image: Image.Image, alt: str, *, room: int = 560, tall: int = 72, most: int = 1200) -> None:
    """Show an RGB image.

    Args:
        image: the pixels.
        alt: what a screen reader says.
        room: the width in px that it may take; larger ones are shown at a half, a third, …
        tall: the height in px up to which small ones are enlarged, at most threefold.
        most: the height in px that it may take; higher ones are shown at a half, a third, …
    """
    st.image(png_url(fitted(image, room, tall, most)), alt=visible(alt))


def drawing(svg: str, alt: str, width: Literal["content", "stretch"] = "content") -> None:
    """Show an SVG that we drew ourselves, as a picture: nothing in it can run or fetch."""
    st.image(_data_url(svg.encode(), "svg+xml"), alt=visible(alt), width=width)


def png_url(image: Image.Image) -> str:
    """Return an image as a `data:` URL."""
    return _data_url(png_bytes(image), "png")


def jpeg_url(image: Image.Image) -> str:
    """Return a photo as a `data:` URL; a PNG of it would take about eight times as much."""
    return _data_url(jpeg_bytes(image), "jpeg")


def _data_url(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def fitted(image: Image.Image, room: int, tall: int, most: int = 1200) -> Image.Image:
    """Return the image at the whole multiple, or the whole fraction, that fits."""
    parts = max(-(-image.width // room), -(-image.height // most))
    if parts > 1:
        return image.reduce(parts)
    times = max(1, min(3, room // image.width, tall // image.height))
    return image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST)
