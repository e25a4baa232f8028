"""Numbers of a recipe's looks that a search may move, found in the declarations of the settings themselves.

Every share, range and weighted choice of a look is one, so a setting that is declared tomorrow is searched without a
line here. Each parameter runs from 0 to 1 whatever its unit. Where looks differ in a setting they are moved together
and go on differing. Where a search begins, photos tell in part by themselves: see `measured_settings`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.config.base import Config
from engine.config.distributions import SettingBounds, Weights, as_pair, bounds_of, value_at
from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.errors import ConfigError

Vector = npt.NDArray[np.float64]

_LEFT_ALONE = ("weight", "width", "orientation", "alignment", "direction", "margins", "least_contrast", "mode")
_OCTAVES = 8.0  # times the least: above that a range is searched by octaves
_LOOKS = "looks"


class SearchBounds(SettingBounds):
    """The bounds of a setting with the scale on which it is searched."""

    def unit(self, value: float) -> float:
        """Return a value's place between the bounds, 0 to 1."""
        share = (value - self.low) / (self.high - self.low)
        if self.alone is None or self.low < 0:
            return share
        if self.low > 0:
            octaves = self.high / self.low >= _OCTAVES
            return math.log(value / self.low) / math.log(self.high / self.low) if octaves else share
        return math.sqrt(share)  # small blurs differ more than large ones

    def value(self, unit: float) -> float:
        """Return the value at a place."""
        place = min(max(unit, 0.0), 1.0)
        if self.low > 0 and self.high / self.low >= _OCTAVES and self.alone is not None:
            found = self.low * (self.high / self.low) ** place
        else:
            plain = self.alone is None or self.low != 0
            found = self.low + (self.high - self.low) * (place if plain else place * place)
        return round(found) if self.whole else float(f"{found:.3g}")


@dataclass(frozen=True)
class Parameter:
    """One number that is searched.

    Attributes:
        path: of the setting in a look, with dots; "looks" for the weights of the looks.
        part: the value, the middle or the width of a range, or the weight of one choice.
        choice: the choice, or the place of the look.
        bounds: of the setting; None for weights.
        switch: path of the share without which the setting shows nothing; empty where there is none.
    """

    path: str
    part: Literal["value", "middle", "width", "weight"]
    choice: str = ""
    bounds: SearchBounds | None = None
    switch: str = ""


def parameters(recipe: Recipe) -> list[Parameter]:
    """Return the parameters of a recipe's looks: shares and middles first, then weights, then widths of ranges."""
    found = list(_of_config(Style, "", ""))
    if sum(look.weight > 0 for look in recipe.looks) > 1:
        weighted = (number for number, look in enumerate(recipe.looks) if look.weight > 0)
        found += [Parameter(_LOOKS, "weight", str(number)) for number in weighted]
    order = {"value": 0, "middle": 0, "weight": 1, "width": 2}
    return sorted(found, key=lambda one: order[one.part])


def start(recipe: Recipe, searched: Sequence[Parameter]) -> Vector:
    """Return the parameters' values in a recipe, float64 (P,), 0…1: the mean over its looks."""
    looks = [look.plain() for look in recipe.looks]
    weights = [look["weight"] for look in looks]
    return np.array([_mean(looks, weights, one) for one in searched])


def moved(recipe: Recipe, searched: Sequence[Parameter], before: Vector, after: Vector) -> Recipe:
    """Return a recipe with its parameters moved from one place to another, in each look.

    Raises:
        ConfigError: the settings do not go together, such as margins that leave no room for the text.
    """
    looks = [look.plain() for look in recipe.looks]
    changed = [place for place in range(len(searched)) if after[place] != before[place]]
    for path in dict.fromkeys(searched[place].path for place in changed):
        own = {
            searched[place]: (before[place], after[place])
            for place in range(len(searched))
            if searched[place].path == path
        }
        if path == _LOOKS:
            _weigh(looks, {int(one.choice): there for one, (_, there) in own.items()})
            continue
        for look in looks:
            group_path, _, name = path.rpartition(".")
            group = value_at(look, group_path) if group_path else look
            group[name] = _moved_value(group[name], own)
    return Recipe.parse({**recipe.plain(), "looks": looks})


def active(recipe: Recipe, one: Parameter) -> bool:
    """Say whether a parameter shows in the images: what a step does, only where some images get it."""
    return not one.switch or any(value_at(look.plain(), one.switch) for look in recipe.looks)


def _of_config(config: type[Config], prefix: str, switch: str) -> Iterator[Parameter]:
    for name, info in config.model_fields.items():
        path = f"{prefix}{name}"
        if path in _LEFT_ALONE:
            continue
        inner = info.annotation
        if isinstance(inner, type) and issubclass(inner, Weights):
            yield from (Parameter(path, "weight", choice, None, switch) for choice in inner.model_fields)
        elif isinstance(inner, type) and issubclass(inner, Config):
            yield from _of_config(inner, f"{path}.", f"{path}.share" if "share" in inner.model_fields else switch)
        elif (bounds := bounds_of(info)) is not None and not bounds.optional:
            bounds, own = SearchBounds(**asdict(bounds)), "" if name == "share" else switch
            if bounds.alone in (None, "either way"):
                yield Parameter(path, "value", "", bounds, own)
            else:
                yield from (Parameter(path, part, "", bounds, own) for part in ("middle", "width"))


def _mean(looks: Sequence[dict[str, Any]], weights: Sequence[float], one: Parameter) -> float:
    if one.path == _LOOKS:
        return math.sqrt(weights[int(one.choice)] / sum(weights))
    values = [_unit(value_at(look, one.path), one) for look in looks]
    return float(np.average(values, weights=weights))


def _unit(value: Any, one: Parameter) -> float:
    if one.bounds is None:
        return math.sqrt(value[one.choice] / sum(value.values()))
    if one.part == "value":
        return one.bounds.unit(max(map(abs, as_pair(value))))
    low, high = (one.bounds.unit(end) for end in _ends(value, one.bounds))
    return (low + high) / 2 if one.part == "middle" else high - low


def _moved_value(value: Any, own: Mapping[Parameter, tuple[float, float]]) -> Any:
    """Return a setting's value with its parameters moved by as much as they went from before to after."""
    at = {one: _unit(value, one) + there - here for one, (here, there) in own.items()}
    first = next(iter(own))
    if first.bounds is None:
        shares = {one.choice: max(place, 0.0) ** 2 for one, place in at.items()}
        total = sum(shares.values())
        return {name: round(share / total, 3) for name, share in shares.items()} if total > 0 else value
    if first.part == "value":
        return first.bounds.value(at[first])
    middle, width = (next(place for one, place in at.items() if one.part == part) for part in ("middle", "width"))
    half = max(width, 0.0) / 2
    low, high = first.bounds.value(middle - half), first.bounds.value(middle + half)
    return low if low == high and first.bounds.alone == "as it is" else [low, high]


def _weigh(looks: Sequence[dict[str, Any]], places: Mapping[int, float]) -> None:
    shares = {number: max(place, 0.0) ** 2 for number, place in places.items()}
    total = sum(shares.values())
    if total <= 0:
        raise ConfigError("No look has a weight left.")
    for number, share in shares.items():
        looks[number]["weight"] = round(share / total, 3)


def _ends(value: Any, bounds: SearchBounds) -> tuple[float, float]:
    if bounds.alone == "up to" and not isinstance(value, list | tuple):
        return bounds.low, value
    return as_pair(value)
