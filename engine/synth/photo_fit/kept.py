"""The files of a fit in its job's folder, as pages see them while it works and after.

photos.json  crops/<number>.png   the real words: their texts, which were held out, and with which others
strips/<trial>-<number>.png       samples of the nearest recipe so far
recipe.yaml                       the fitted recipe
measures.parquet                  measures of the photos that were held out, and of samples before and after
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from engine.config.recipe import Recipe
from engine.files import read_json, write_bytes
from engine.images.encode import png_bytes
from engine.jobs import paths, read_events
from engine.synth.photo_fit.measured import MEASURED
from glyphlab_read.images.open import open_image

TRIAL = "trial"
"""The kind of the event of a trial."""

SETS: tuple[Literal["real", "before", "after"], ...] = ("real", "before", "after")
"""The sets whose measures are kept."""

_GAP = 8  # px between the samples of a strip
_MOST_WIDTH, _MOST_HEIGHT = 560, 64  # px


class RealCrop(NamedTuple):
    """A real word.

    Attributes:
        image: of it.
        text: empty where nobody knows it.
        held_out: whether the search does not see it.
        photo: number of the photo that was held out, or not, as a whole; of the word where words were.
    """

    image: Image.Image
    text: str
    held_out: bool
    photo: int


class FitTrial(NamedTuple):
    """A trial: its distance, None where nothing could be drawn, and the SHA-256 of its recipe; empty for none."""

    distance: float | None
    recipe: str


class Strip(NamedTuple):
    """Samples drawn by the nearest recipe so far: the trial that found it, and their files."""

    trial: int
    samples: tuple[Path, ...]


def crop_path(folder: Path, number: int) -> Path:
    """Return the file of a real word."""
    return folder / paths.CROPS / f"{number}.png"


def kept_crops(folder: Path, most: int | None = None) -> list[RealCrop]:
    """Return the real words of a fit, or so many of them; none before they were opened."""
    try:
        rows: list[dict[str, Any]] = read_json(folder / paths.FIT_PHOTOS)["crops"][:most]
    except FileNotFoundError:
        return []
    images = (open_image(crop_path(folder, number)) for number in range(len(rows)))
    return [
        RealCrop(image, row["text"], row["held_out"], row.get("photo", number))  # fits of old versions have no numbers
        for number, (image, row) in enumerate(zip(images, rows, strict=True))
    ]


def trials(folder: Path) -> list[FitTrial]:
    """Return the trials so far, that of the unfitted recipe first."""
    events, _ = read_events(folder / paths.EVENTS)
    return [
        FitTrial(event.get("distance"), str(event.get("recipe", ""))) for event in events if event.get("kind") == TRIAL
    ]


def distances(folder: Path) -> list[float | None]:
    """Return the distance of each trial so far; None where nothing could be drawn."""
    return [one.distance for one in trials(folder)]


def strips(folder: Path) -> list[Strip]:
    """Return the samples that were kept so far, the unfitted recipe's first."""
    found: dict[int, dict[int, Path]] = {}
    for path in (folder / paths.STRIPS).glob("*-*.png"):
        trial, _, number = path.stem.partition("-")
        if trial.isdecimal() and number.isdecimal():
            found.setdefault(int(trial), {})[int(number)] = path
    return [Strip(trial, tuple(path for _, path in sorted(own.items()))) for trial, own in sorted(found.items())]


def save_strip(folder: Path, trial: int, images: Sequence[Image.Image]) -> None:
    """Keep samples. Raises SpaceError."""
    (folder / paths.STRIPS).mkdir(exist_ok=True)
    for number, image in enumerate(images):
        write_bytes(folder / paths.STRIPS / f"{trial}-{number}.png", png_bytes(image), durable=False)


def strip(images: Sequence[Image.Image]) -> Image.Image:
    """Return images side by side at their true pixels, as many as fit, on a transparent ground; high ones reduced."""
    images = [image.reduce(-(-image.height // _MOST_HEIGHT)) for image in images]
    widths = np.cumsum([image.width + _GAP for image in images])
    shown = images[: max(1, int(np.count_nonzero(widths <= _MOST_WIDTH)))]
    height = max(image.height for image in shown)
    picture = Image.new("RGBA", (sum(image.width + _GAP for image in shown) - _GAP, height), (0, 0, 0, 0))
    left = 0
    for image in shown:
        picture.paste(image.convert("RGB"), (left, (height - image.height) // 2))
        left += image.width + _GAP
    return picture


def save_measures(folder: Path, sets: Sequence[np.ndarray]) -> None:
    """Keep the measures of SETS, each float32 (N, 13). Raises SpaceError."""
    frames = [
        pd.DataFrame(values, columns=list(MEASURED)).assign(set=name) for name, values in zip(SETS, sets, strict=True)
    ]
    write_bytes(folder / paths.FIT_MEASURES, pd.concat(frames).to_parquet(index=False))


def measures_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Return the measures of each of SETS; nothing before the fit has ended."""
    path = folder / paths.FIT_MEASURES
    if not path.is_file():
        return {}
    table = pd.read_parquet(path)
    return {name: table[table["set"] == name].drop(columns="set") for name in SETS}


def fitted_recipe(folder: Path) -> Recipe | None:
    """Return the recipe that a fit found; None before it has. Raises ConfigError where it is damaged."""
    path = folder / paths.RECIPE
    return Recipe.load(path) if path.is_file() else None
