"""Drawn pages whose text is known, which the starters read without fault in small letters."""

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from engine.synth.fonts import fonts_by_id

COLUMNS = (
    ("Winter comes again", "over hills and", "frozen rivers now"),
    ("Summer storms will", "follow every long", "evening once more"),
)
WORDS = [word.lower() for column in COLUMNS for row in column for word in row.split()]
PAPER = (250, 248, 240)


def sheet(columns: Sequence[Sequence[str]] = COLUMNS, size: tuple[int, int] = (1000, 400)) -> Image.Image:
    """Return a page of columns of lines, the first word of each at 60 px and 470 more, and 90 px and 70 more."""
    image = Image.new("RGB", size, PAPER)
    font = ImageFont.truetype(fonts_by_id(["latin/Lato-Regular"])[0].path, 44)
    draw = ImageDraw.Draw(image)
    for column, rows in enumerate(columns):
        for number, row in enumerate(rows):
            draw.text((60 + 470 * column, 90 + 70 * number), row, font=font, fill=(20, 20, 30))
    return image
