"""Settings that photos tell by themselves: heights of the images, how many are grey, colours, what to move first."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.config.distributions import as_pair, bounds_of
from engine.config.recipe import Recipe
from engine.config.style import MIN_TEXT_HEIGHT, Style
from engine.datasets.comparison import FEWEST, distance
from engine.measures.colour_pairs import common_pairs, pure_colours
from engine.synth.levers import LEVERS, bounds_of_lever
from engine.synth.photo_fit.measured import MEASURED
from engine.synth.photo_fit.parameters import Parameter
from engine.synth.photo_fit.search import Hint

_MIDST = (0.1, 0.9)  # quantiles: four of five photos lie between
_GREY = 1.0  # levels between the channels, under which an image counts as grey
_SIZES = ("height", "width")
_REDUCED = (300, 64)  # px, within which a crop's colours are looked at
_LEAST_CONTRAST = 20.0  # levels: of crops with less, the two colours are hardly those of a text and its ground
_FEWEST_PAIRS = 5
_MOST_PAIRS = 1000  # of all looks together: a recipe stays a file that is read at once
_MOST_OF_LOOK = 100
_PAIRED = 0.5  # share of the texts at least; the search moves it


def with_measured_settings(recipe: Recipe, real: npt.NDArray[np.float32]) -> Recipe:
    """Return a recipe whose looks have what was measured of real images, float32 (N, 13).

    Other settings in px go along with the height, as they do where a picture is made smaller.

    Raises:
        ConfigError: that does not go with its other settings.
    """
    columns = dict(zip(MEASURED, real.T, strict=True))
    spans: dict[str, Any] = {}
    for measure, lever in ((name, lever) for name, levers in LEVERS.items() for lever in levers if lever.direct):
        bounds = bounds_of_lever(lever)
        low, high = (round(bounds.clip(end)) for end in np.nanquantile(columns[measure], _MIDST).tolist())
        spans[lever.path] = low if low == high else [low, high]
    grey = float(np.mean(columns["colour"] < _GREY))
    mode = {"colour": round(1 - grey, 3), "grey": round(grey, 3)}
    looks = [_resized(look, spans) | {"mode": mode} for look in recipe.looks]
    return Recipe.parse({**recipe.plain(), "looks": looks})


def with_colour_pairs(recipe: Recipe, crops: Sequence[Image.Image]) -> Recipe | None:
    """Return a recipe that draws half of its texts or more in the two colours of real crops; None where few have two.

    None is recoloured after that.
    """
    found = []
    for crop in crops:
        small = crop.convert("RGB")
        small.thumbnail(_REDUCED, Image.Resampling.BOX)
        colours = pure_colours(np.asarray(small))
        if colours.contrast >= _LEAST_CONTRAST:
            found.append(colours)
    if len(found) < _FEWEST_PAIRS:
        return None
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    for text, ground, share in common_pairs(found, min(_MOST_OF_LOOK, _MOST_PAIRS // len(recipe.looks))):
        weights[text, ground] += share * len(found)
    pairs = [
        {"weight": round(weight, 3), "text": text, "ground": ground}
        for (text, ground), weight in weights.items()
        if weight
    ]
    looks: list[dict[str, Any]] = [look.plain() | {"colour_pairs": pairs} for look in recipe.looks]
    for look in looks:
        look["paired_colours"] = max(look["paired_colours"], _PAIRED)
        look["after"]["recolour"]["share"] = 0.0
    return Recipe.parse({**recipe.plain(), "looks": looks})


def likeliest(
    searched: Sequence[Parameter], real: npt.NDArray[np.float32], drawn: npt.NDArray[np.float32]
) -> list[Hint]:
    """Return the parameters that move the measures which tell real and drawn images apart, and the way to move them.

    They are the levers of `engine.synth.levers`, those of the farthest measure first.

    Args:
        searched: all parameters.
        real: measures, float32 (N, 13).
        drawn: likewise.
    """
    gaps = []
    for name, first, second in zip(MEASURED, real.T, drawn.T, strict=True):
        own, other = first[np.isfinite(first)], second[np.isfinite(second)]
        if name in LEVERS and min(len(own), len(other)) >= FEWEST:
            gaps.append((distance(own, other), name, bool(np.median(own) > np.median(other))))
    hints: list[Hint] = []
    for _, name, more in sorted(gaps, reverse=True):
        for lever in LEVERS[name]:
            way = 1 if more == lever.raises else -1
            hints += [(number, 1) for path in lever.also for number in _numbers(searched, path)]
            hints += [(number, way) for number in _numbers(searched, lever.path)]
    return hints


def _numbers(searched: Sequence[Parameter], path: str) -> list[int]:
    """Return the places of a setting's parameters, without the widths of ranges."""
    group, _, choice = path.rpartition(".")
    return [
        number
        for number, one in enumerate(searched)
        if (one.path == path and one.part != "width")
        or (one.part == "weight" and (one.path, one.choice) == (group, choice))
    ]


def _resized(look: Style, spans: dict[str, Any]) -> dict[str, Any]:
    """Return a look's plain values with new spans of the height, and with other sizes in px in proportion."""
    plain = look.plain() | spans
    low, high = as_pair(plain["height"])
    times = (low + high) / sum(as_pair(look.height))
    for name, info in Style.model_fields.items():
        extra, bounds = info.json_schema_extra, bounds_of(info)
        in_px = isinstance(extra, dict) and extra.get("unit") == "px"
        if not in_px or name in _SIZES or bounds is None or bounds.alone is None or bounds.optional:
            continue
        most = min(bounds.high, (low - MIN_TEXT_HEIGHT) // 2) if name == "margin" else bounds.high
        scaled = [min(times * end, most) for end in as_pair(plain[name])]
        digits = [round(end) if bounds.whole else float(f"{end:.3g}") for end in scaled]
        plain[name] = digits if isinstance(plain[name], list | tuple) else digits[0]
    return plain
