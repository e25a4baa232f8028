"""A recipe that draws more of what a reader gets wrong: text sources, looks and fonts are weighed by errors."""

import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from engine.config.recipe import Recipe
from engine.config.text_sources import Characters
from engine.errors import ConfigError
from glyphlab_read.charset import normalise

_PRIOR = 10.0  # images that are thought to be as the rest: a part with few images is not judged by them alone
_LEAST, _MOST = 0.25, 4.0  # times its weight
_HARD = 1.5  # times as many errors as elsewhere make a font a hard one
_HIGHEST = 1000.0  # that a recipe allows
_PARTS = 50  # texts, and looks, that a recipe may have
_NEW_SHARE = 0.5  # of a look's weight, for its copy with the hard fonts; of all texts', for hard characters
_LONGEST = 15  # characters of a new text


def emphasise(recipe: Recipe, samples: pd.DataFrame, wrong: pd.Index, characters: str = "") -> Recipe:
    """Return a recipe that draws more images like those that were read wrong.

    Each text source and each look is weighed by how often its images are among the wrong ones, against the mean of all;
    of a look with several fonts, those that stand out get a look of their own beside it, and characters that stand out
    get a text source.

    Args:
        recipe: the one that drew the images.
        samples: the images that were read, with the columns source, look, font and label.
        wrong: the rows of them to draw more of.
        characters: those that are often read wrong.

    Raises:
        ConfigError: the images do not say what drew them, or no part of the recipe tells the wrong ones from the rest.
    """
    if not {"source", "look", "font"} <= set(samples.columns) or not len(wrong):
        raise ConfigError("These images do not tell by which parts of a recipe they were drawn. Choose drawn ones.")
    rows = samples.loc[wrong]
    texts = _ratios(rows["source"], samples["source"])
    looks = _ratios(rows["look"], samples["look"])
    changed = {
        "texts": [_weighed(part.plain(), texts.get(place, 1.0)) for place, part in enumerate(recipe.texts)],
        "looks": [_weighed(part.plain(), looks.get(place, 1.0)) for place, part in enumerate(recipe.looks)],
    }
    for place in range(len(recipe.looks)):
        own = samples["look"] == place
        fonts = _ratios(rows[rows["look"] == place]["font"], samples[own]["font"])
        hard = sorted(str(font) for font, ratio in fonts.items() if ratio >= _HARD)
        if hard and len(hard) < len(fonts) and len(changed["looks"]) < _PARTS:
            look = changed["looks"][place]
            weight = _rounded(_NEW_SHARE * look["weight"])
            changed["looks"].append(look | {"fonts": hard, "weight": weight})
    shown = "".join(one for one in dict.fromkeys(normalise(characters)) if unicodedata.category(one)[0] not in "CMZ")
    if shown and len(changed["texts"]) < _PARTS:
        lengths = [len(str(text)) for text in rows["label"]]
        weight = _rounded(_NEW_SHARE * sum(part["weight"] for part in changed["texts"]))
        changed["texts"].append(_drawing(shown, weight, lengths).plain())
    if changed == {"texts": recipe.plain()["texts"], "looks": recipe.plain()["looks"]}:
        raise ConfigError(
            "No text source, look, font or character of this recipe is read worse than the rest, so no weight draws "
            "more of these. Choose other errors, or change the recipe by hand."
        )
    return recipe.changed(**changed)


def _drawing(characters: str, weight: float, lengths: Sequence[int]) -> Characters:
    """Return a text source of these characters alone, about as long as the texts were."""
    least, most = (min(_LONGEST, max(1, length)) for length in (min(lengths), max(lengths)))
    alone = {"lower": False, "upper": False, "digits": False, "symbols": characters}
    return Characters.parse({"weight": weight, **alone, "min_length": least, "max_length": most})


def _ratios(wrong: pd.Series, all_values: pd.Series) -> Mapping[Hashable, float]:
    """Return by value how much more often it is among the wrong rows than the mean says."""
    share = len(wrong) / max(len(all_values), 1)
    counts, totals = Counter(wrong.tolist()), Counter(all_values.tolist())
    if not share or len(totals) < 2:
        return dict.fromkeys(totals, 1.0)
    return {value: (counts[value] + _PRIOR * share) / (share * (total + _PRIOR)) for value, total in totals.items()}


def _weighed(part: dict, ratio: float) -> dict:
    return part | {"weight": _rounded(part["weight"] * min(_MOST, max(_LEAST, ratio)))}


def _rounded(weight: float) -> float:
    return float(f"{min(_HIGHEST, weight):.2g}")
