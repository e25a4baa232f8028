"""Settings that bring synthetic images closer to real ones in one measure, and by how much: found by drawing.

For each measure the levers are known, settings that move it and the way they do. How far to move one is tried: samples
are drawn at several values, measured, and the value is taken at which they lie nearest to the real images. Nothing is
written, and no lever is moved that makes it no better.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic.fields import FieldInfo

from engine.config.base import Config
from engine.config.distributions import SettingBounds, as_pair, bounds_of, is_weight, setting_at, value_at
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Style
from engine.config.text_sources import Words
from engine.datasets.comparison import compare, distance, whole_distance
from engine.errors import ConfigError
from engine.synth.saved_recipes import AnyRecipe

Part = Literal["texts", "looks", "scene"]
"""The part of a recipe that a setting belongs to; texts and looks have it each for themselves."""

_CONFIGS: Mapping[Part, type[Config]] = {"looks": Style, "texts": Words, "scene": SceneRecipe}

Measured = Callable[[AnyRecipe], pd.DataFrame]
"""Draws samples of a recipe and measures them: a row an image, a column a measure."""

Change = Callable[[Any], Any]
"""A setting's value, a number or a list of two ends, to another."""

_STEPS = (0.1, 0.2, 0.35, 0.55, 0.8, 1.0)  # of the way to the end of a slider
_FEW_STEPS = (0.25, 0.6)  # where samples take long to draw
_QUANTILES = np.linspace(0.01, 0.99, 50)
_BETTER = 0.97  # of the distance before: less of a gain is chance
_FEWEST = 3  # values of each side, under which nothing is compared


@dataclass(frozen=True)
class Lever:
    """A setting that moves a measure.

    Attributes:
        part: of the recipe.
        path: of the setting within the part, with dots.
        raises: True where more of the setting gives more of the measure.
        also: other settings of the part that it needs to show, with their least values.
        direct: True where the setting is the measure itself, so that the real images' own range is its value.
    """

    part: Part
    path: str
    raises: bool = True
    also: Mapping[str, float] = field(default_factory=dict)
    direct: bool = False


LEVERS: Mapping[str, tuple[Lever, ...]] = {
    "contrast": (
        Lever("looks", "least_contrast"),
        Lever("looks", "after.contrast.factor", also={"after.contrast.share": 1.0}),
    ),
    "brightness": (
        Lever("looks", "after.contrast.brightness", also={"after.contrast.share": 1.0}),
        Lever("looks", "background.white"),
    ),
    "blur": (Lever("looks", "blur"),),
    "noise": (
        Lever("looks", "after.scan_noise.grain", also={"after.scan_noise.share": 1.0}),
        Lever("looks", "after.scan_noise.share"),
        Lever("looks", "background.noise"),
    ),
    "unevenness": (Lever("looks", "after.shadow.share"), Lever("looks", "background.picture")),
    "stroke": (Lever("looks", "stroke_width"),),
    "tilt": (Lever("looks", "skew"),),
    "fill": (Lever("looks", "margin", raises=False), Lever("looks", "fit")),
    "aspect": (Lever("texts", "max_length"),),
    "length": (Lever("texts", "max_length"),),
    "height": (Lever("looks", "height", direct=True),),
}
"""The levers of each measure of words, the first to try first; slant has none but the choice of fonts."""

SCENE_LEVERS: Mapping[str, tuple[Lever, ...]] = {
    "brightness": (Lever("scene", "light", raises=False), Lever("scene", "shadow", raises=False)),
    "contrast": (Lever("scene", "picture"), Lever("scene", "planes")),
    "blur": (Lever("scene", "blur"),),
    "noise": (Lever("scene", "noise"),),
    "text height": (Lever("scene", "text_height", direct=True),),
    "regions": (Lever("scene", "groups"), Lever("scene", "empty", raises=False)),
    "angle": (Lever("scene", "tilt"), Lever("scene", "turned")),
    "width": (Lever("scene", "width", direct=True),),
    "height": (Lever("scene", "height", direct=True),),
}
"""The levers of each measure of photos."""


@dataclass(frozen=True)
class Move:
    """A lever moved to where it brings a measure nearest to the real images.

    Attributes:
        lever: it.
        before, after: the setting's values, of the first part that it was moved in; of a weight, its shares.
        distance: of the measure's distributions afterwards (see `comparison.distance`).
        former: the distance before, of samples drawn likewise.
        whole, former_whole: the whole distance likewise, which falls only if other measures do not rise by more.
        recipe: the recipe with the setting moved, in each look or text.
    """

    lever: Lever
    before: Any
    after: Any
    distance: float
    former: float
    whole: float
    former_whole: float
    recipe: Any

    @property
    def is_doubtful(self) -> bool:
        """True where the whole distance rises by as much as two figures behind the point show."""
        return round(self.whole, 2) > round(self.former_whole, 2)


def nearest_move(
    recipe: AnyRecipe,
    measure: str,
    real: pd.DataFrame,
    draw: Measured[AnyRecipe],
    levers: Sequence[Lever],
    few: bool = False,
) -> Move | None:
    """Return the move that brings samples nearest to real images in one measure; None where none brings them nearer.

    Args:
        recipe: of words or of scenes.
        measure: its name.
        real: measures of the real images.
        draw: draws and measures, the same samples for the same recipe.
        levers: those of the measure.
        few: try fewer values.

    Raises:
        ConfigError: the recipe itself cannot be drawn.
    """
    target = _values(real, measure)
    drawn = draw(recipe)
    here = _values(drawn, measure)
    if min(len(target), len(here)) < _FEWEST:
        return None
    former = _apart(here, target)
    more = bool(np.median(target) > np.median(here))
    best, nearest, known = None, _BETTER * former, _whole(drawn, real)
    for lever in levers:
        bounds, up = bounds_of_lever(lever), more == lever.raises
        changes = _own_range(target, bounds) if lever.direct else _changes(bounds, up, few)
        for before, after, moved in _moved(recipe, lever, changes):
            try:
                tried = draw(moved)
            except ConfigError:  # a value that the recipe's other settings do not go with
                continue
            there = _values(tried, measure)
            if len(there) < _FEWEST:
                continue
            if (far := _apart(there, target)) < nearest:
                told = distance(there, target), distance(here, target)
                best, nearest = Move(lever, before, after, *told, _whole(tried, real), known, moved), far
    return best


def _whole(drawn: pd.DataFrame, real: pd.DataFrame) -> float:
    return whole_distance(compare(drawn, real)) or 0.0


def setting_of(lever: Lever) -> FieldInfo:
    """Return the declaration of a lever's setting."""
    return setting_at(_CONFIGS[lever.part], lever.path)


def bounds_of_lever(lever: Lever) -> SettingBounds:
    """Return the bounds of a lever's setting; a weight is moved as a share of all its choices."""
    if _weighs(lever):
        return SettingBounds(0.0, 1.0, False, None)
    bounds = bounds_of(setting_of(lever))
    if bounds is None:
        raise TypeError(f"{lever.path} is no number")
    return bounds


def levers_of(recipe: AnyRecipe, measure: str, levers: Mapping[str, Sequence[Lever]]) -> list[Lever]:
    """Return the levers of a measure that a recipe has: one whose texts are all patterns has no longest word."""
    plain = recipe.plain()

    def has(lever: Lever) -> bool:
        return lever.part == "scene" or any(_has(part, lever.path) for part in plain[lever.part])

    return [lever for lever in levers.get(measure, ()) if has(lever)]


def _moved(recipe: AnyRecipe, lever: Lever, changes: Iterable[Change]) -> Iterator[tuple[Any, Any, AnyRecipe]]:
    """Yield values of a setting before and after, and the recipe with it; a value that changes nothing is left out."""
    plain = recipe.plain()
    parts = [plain] if lever.part == "scene" else [part for part in plain[lever.part] if _has(part, lever.path)]
    former = [_value(part, lever) for part in parts]
    for change in changes:
        values = list(map(change, former))
        copies = [_with(part, lever, value) for part, value in zip(parts, values, strict=True)]
        moved = (number for number in range(len(parts)) if former[number] != values[number])
        first = next((number for number in moved if copies[number] != parts[number]), None)
        if first is None:
            continue
        changed = dict(zip(map(id, parts), copies, strict=True))
        new = copies[0] if lever.part == "scene" else _replaced(plain, lever.part, changed)
        try:
            yield former[first], values[first], type(recipe).parse(new)
        except ConfigError:
            continue


def _own_range(target: Any, bounds: SettingBounds) -> Iterator[Change]:
    """Yield the change to the range in which four of five real images lie."""
    low, high = map(bounds.clip, np.quantile(target, [0.1, 0.9]))
    yield lambda value: _written((low, high), (low, high), bounds)


def _changes(bounds: SettingBounds, up: bool, few: bool) -> Iterator[Change]:
    """Yield changes: up or down, and where there are two ends or may be, to ranges of the same middle."""
    for step in _FEW_STEPS if few else _STEPS:
        yield lambda value, step=step: _shifted(value, bounds, step, up)
    if bounds.alone in ("as it is", "up to"):
        for factor in (0.5, 2.0) if few else (0.0, 0.5, 2.0, 4.0):
            yield lambda value, factor=factor: _stretched(value, bounds, factor)


def _shifted(value: Any, bounds: SettingBounds, step: float, up: bool) -> Any:
    """Return a value, or both its ends, moved by a share of the room that is left there, most of it in octaves."""
    end = bounds.high if up else bounds.low
    moved = [number + step * step * (end - number) for number in as_pair(value)]
    return _written(value, moved, bounds)


def _stretched(value: Any, bounds: SettingBounds, factor: float) -> Any:
    """Return the range of the same middle that is so many times as wide; of a number the range around it."""
    low, high = as_pair(value)
    middle, half = (low + high) / 2, factor * ((high - low) / 2 or abs(high) / 4)
    moved = [max(bounds.low, middle - half), min(bounds.high, middle + half)]
    return _written((low, high), moved, bounds)


def _written(value: Any, moved: Sequence[float], bounds: SettingBounds) -> Any:
    digits = [round(number) if bounds.whole else float(f"{number:.3g}") for number in moved]
    return digits if isinstance(value, list | tuple) and digits[0] != digits[1] else digits[1]


def _apart(some: Any, others: Any) -> float:
    """Return how far values must be moved on average to make one set of the other, in the measure's own unit.

    Unlike `comparison.distance` it still tells near from far where the two sets do not overlap.
    """
    return float(np.abs(np.quantile(some, _QUANTILES) - np.quantile(others, _QUANTILES)).mean())


def _values(frame: pd.DataFrame, measure: str) -> Any:
    if measure not in frame:
        return np.empty(0)
    values = frame[measure].to_numpy(dtype=float)
    return values[np.isfinite(values)]


def _has(part: Mapping[str, Any], path: str) -> bool:
    name, _, rest = path.partition(".")
    return name in part and (not rest or _has(part[name], rest))


def _weighs(lever: Lever) -> bool:
    return is_weight(_CONFIGS[lever.part], lever.path)


def _value(part: Mapping[str, Any], lever: Lever) -> Any:
    """Return the value that a lever moves: of a weight its share, of a pair that is meant either way the larger end."""
    value = value_at(part, lever.path)
    if _weighs(lever):
        return value / sum(value_at(part, lever.path.rpartition(".")[0]).values())
    return max(map(abs, as_pair(value))) if bounds_of_lever(lever).alone == "either way" else value


def _set(part: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    name, _, rest = path.partition(".")
    return {**part, name: _set(part[name], rest, value) if rest else value}


def _with(part: Mapping[str, Any], lever: Lever, value: Any) -> dict[str, Any]:
    """Return a part with a lever at a value; the other choices of a weight share the rest as they did."""
    group, _, name = lever.path.rpartition(".")
    if not _weighs(lever):
        changed = _set(part, lever.path, value)
    elif (others := sum(weight for choice, weight in value_at(part, group).items() if choice != name)) > 0:
        rest = (1 - value) / others
        shares = {choice: round(weight * rest, 4) for choice, weight in value_at(part, group).items()}
        changed = _set(part, group, {**shares, name: value})
    else:  # all of it is this choice already, and nothing says which other is to have a share
        changed = dict(part)
    for path, least in lever.also.items():
        changed = _set(changed, path, max(least, value_at(changed, path)))
    return changed


def _replaced(plain: Mapping[str, Any], part: Part, changed: Mapping[int, Any]) -> dict[str, Any]:
    return {**plain, part: [changed.get(id(each), each) for each in plain[part]]}
