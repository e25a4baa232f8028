"""Changes of a fitted recipe in words, such as "blur from 0–1.8 to 0.6–2.4 px"."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.config.diff import differences
from engine.config.distributions import Within, is_weight, setting_at, value_at
from engine.config.fitting import FEWEST_JUDGES, GOOD_NUMBER, MOST_CROPS
from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.formatting import count, sentence
from engine.jobs.summaries import FitSummary
from engine.synth.photo_fit.parameters import active, parameters, start

_LEAST = 0.02  # of a parameter's way from end to end: less is not told
_MEASURED = 1.0  # as if it had been moved from end to end: what is not searched was measured
_SHARE = "share"
_PAIRS = "colour_pairs"


def changes(before: Recipe, after: Recipe) -> list[str]:
    """Return the differences of a fitted recipe, each a sentence, what was measured first, then the farthest moved.

    Both have the same looks. A setting that shows nothing, for its step is given to no image, is not told.
    """
    searched = parameters(before)
    known = {one.path: one for one in searched}
    far: dict[str, float] = {}
    for one, here, there in zip(searched, start(before, searched), start(after, searched), strict=True):
        far[one.path] = max(far.get(one.path, 0.0), abs(there - here))
    told: dict[str, tuple[float, str]] = {}
    for path, (old, new) in differences(before.plain(), after.plain()).items():
        part, _, inside = path.partition(".")
        place, _, setting = inside.partition(".")
        if setting.partition(".")[0] == _PAIRS:
            pairs = count(len(after.looks[int(place)].colour_pairs), "pairs")
            told[_PAIRS] = (_MEASURED, f"Colours: {pairs} measured in the photos")
            continue
        group = _group(setting)
        distance = far.get(group, _MEASURED)
        if part != "looks" or setting == "weight" or group in told or distance < _LEAST:
            continue
        if group in known and not active(after, known[group]):
            continue
        if group != setting:
            old, new = (value_at(recipe.looks[int(place)].plain(), group) for recipe in (before, after))
        told[group] = (distance, _sentence(group, old, new))
    return [text for _, text in sorted(told.values(), key=lambda one: -one[0])]


def verdict(fit: FitSummary) -> str:
    """Return what the crops that were held out say of a fit, in sentences; empty before they were asked."""
    if fit.before is None or fit.after is None or fit.gain is None or fit.held_out is None:
        return ""
    told = f"{count(fit.held_out, 'crops')} that the search did not see: distance {fit.before:.3f} before, "
    told += f"{fit.after:.3f} after, gain {fit.gain:.3f}"
    if fit.interval is None:
        more = "set held_out higher" if _crops(fit) >= GOOD_NUMBER else f"give {GOOD_NUMBER} crops or more"
        needs = f"That takes {FEWEST_JUDGES}: {more}."
        return f"Too few crops are held out to tell a gain from chance{_saved(fit)}. {told}. {needs}"
    low, high = fit.interval
    told = f"{told} (95 % interval {low:.3f} to {high:.3f})."
    if fit.gained:
        return f"The fitted recipe is nearer to your photos. {told}"
    if high < 0:
        return f"The fitted recipe is farther from your photos: leave it. {told}"
    return f"No gain can be told from chance{_saved(fit)}. {told}{_with_more(fit, (high - low) / 2)}"


def _saved(fit: FitSummary) -> str:
    return "; the fitted recipe was saved all the same, as asked" if fit.recipe else ", so no recipe was changed"


def _with_more(fit: FitSummary, half: float) -> str:
    """Return what more photos would tell: the interval narrows with the root of their number."""
    gain, crops = fit.gain or 0.0, _crops(fit)
    if gain <= 0 or not crops:
        return ""
    needed = math.ceil(crops * (half / gain) ** 2 / 10) * 10
    if needed > MOST_CROPS:
        return f" A gain of this size is too small to show in {MOST_CROPS} crops, the most that a fit takes."
    return f" A gain of this size would show with about {needed} crops."


def _crops(fit: FitSummary) -> int:
    return (fit.learned or 0) + (fit.held_out or 0)


def _sentence(path: str, old: Any, new: Any) -> str:
    info = setting_at(Style, path)
    if isinstance(old, dict):
        shares = ((name, old[name] / sum(old.values()), new[name] / sum(new.values())) for name in old)
        parts = [
            f"{_spaced(name)} from {was:.0%} to {now:.0%}" for name, was, now in shares if f"{was:.0%}" != f"{now:.0%}"
        ]
        return f"{_name(path)}: {', '.join(parts)}".replace("%", " %")
    extra: Mapping[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    share = bool(extra.get("share"))
    alone = next((rule.alone for rule in info.metadata if isinstance(rule, Within)), "as it is")
    unit = "%" if share else str(extra.get("unit", ""))
    if path.endswith(f".{_SHARE}"):
        unit = "% of the images"
    was, now = (_value(value, share, alone) for value in (old, new))
    way = " either way" if alone == "either way" else ""
    return f"{_name(path)} from {was} to {now} {unit}".rstrip() + way


def _value(value: Any, share: bool, alone: str) -> str:
    ends = value if isinstance(value, list | tuple) else (0.0, value) if alone == "up to" and value else (value,)
    shown = [f"{100 * end:.3g}" if share else f"{end:.3g}" for end in ends]
    between = "…" if any(end < 0 for end in ends) else "–"  # −30–−15 is hard to read
    return between.join(dict.fromkeys(end.replace("-", "−") for end in shown))


def _name(path: str) -> str:
    names: Sequence[str] = [part for part in path.split(".") if part not in ("after", _SHARE)]
    return ": ".join(sentence(name) if number == 0 else _spaced(name) for number, name in enumerate(names))


def _group(setting: str) -> str:
    """Return a setting, or the choices that it is the weight of one of."""
    return setting.rpartition(".")[0] if is_weight(Style, setting) else setting


def _spaced(name: str) -> str:
    return name.replace("_", " ")
