"""Sentences about the difference of two readers, the same for pages and reports.

Names come in as they are to be shown (escaped by the caller). `engine.evaluation.paired` decides whether a difference
is significant.
"""

from collections.abc import Sequence

import pandas as pd

from engine.evaluation.paired import Paired
from engine.formatting import count

_MOST = 4  # groups that a sentence names


def difference_sentence(paired: Paired, first: str, second: str, test: str) -> str:
    """Return how far two readers are apart on the same images, the better one named first."""
    if paired.difference < 0:
        turned = Paired(paired.both, paired.second_only, paired.first_only, paired.neither)
        return difference_sentence(turned, second, first, test)
    points, bounds = f"{100 * paired.difference:.1f} points", _bounds(paired.interval)
    if paired.significant:
        return f"{first} reads {points} more of {test} than {second} ({bounds}; {count(paired.images, 'images')})."
    return (
        f"No difference between {first} and {second} can be told from {count(paired.images, 'images')} of {test}: "
        f"{points}, {bounds}."
    )


def discordance(paired: Paired, first: str, second: str) -> str:
    """Return how many images only one of two readers read, and how often chance alone brings as much."""
    return (
        f"{count(paired.first_only, 'images')} only {first} reads, {count(paired.second_only)} only {second}, "
        f"{count(paired.both)} both, {count(paired.neither)} neither. {chance(paired.p_value)}"
    )


def chance(p_value: float) -> str:
    """Return in words how often chance alone brings so great a difference."""
    if p_value < 0.001:
        return "Chance alone brings that less than once in a thousand times (exact McNemar test)."
    return f"Chance alone brings that in {100 * p_value:.2g} of 100 cases (exact McNemar test)."


def groups_sentence(changes: pd.DataFrame, first: str, second: str, factor: str, groups: Sequence[str]) -> str:
    """Return the groups in which two readers differ significantly.

    Args:
        changes: see `pair_by`.
        first: the one reader.
        second: the other one.
        factor: the property by which images are grouped.
        groups: the shown name of each row's group.
    """
    significant = changes.assign(name=list(groups))[changes["significant"].to_numpy(dtype=bool)]
    if significant.empty:
        return "In no group does the difference stand out from noise, with so many groups looked at (Holm)."
    parts = []
    for better, rows in (
        (first, significant[significant["difference"] > 0]),
        (second, significant[significant["difference"] < 0]),
    ):
        if len(rows):
            more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
            parts.append(f"{better} reads more at {factor} {', '.join(rows['name'][:_MOST])}{more}")
    return f"More than noise: {'; '.join(parts)}."


def character_words(character: str) -> str:
    """Return a character of a confusion as it can be seen in a table."""
    return {"": "nothing", " ": "a space"}.get(character, character)


def significance_words(significant: bool) -> str:
    """Return in words whether a difference stands out."""
    return "more than noise" if significant else "may be noise"


def _bounds(interval: tuple[float, float]) -> str:
    return f"95 % interval {100 * interval[0]:.1f} to {100 * interval[1]:.1f}"
