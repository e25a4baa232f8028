"""Groups of the chosen runs over seeds, as Compare and its reports show them: titles, scores, one sentence.

`engine.evaluation.groups` makes the groups and judges their differences. Nothing here draws.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.common.runs import GroupView, RunView
from dashboard.common.setting_words import value_words
from dashboard.compare.comparison import MARKDOWN, Comparison, Names, alone_words, sentence_on_top
from dashboard.compare.pairing import readings_of
from dashboard.compare.score_kinds import LOCATION, ScoreFigure
from engine.config.variations import setting_names
from engine.errors import GlyphlabError
from engine.evaluation.groups import Effect, RunGroup, SeedScores, effect, group_runs, seed_scores
from engine.formatting import DASH, count, decimal, percents, points
from engine.jobs import list_jobs
from engine.workspace import Workspace, is_starter
from glyphlab_read.formatting import cut

_SETTINGS = 3  # that a title names
_LONGEST = 24  # characters of a value
_TOLD = 3  # groups that the sentence sets against the best


def group_views(workspace: Workspace, runs: Sequence[RunView]) -> list[GroupView]:
    """Return the groups of some runs, each with a title of its own."""
    by_id = {run.id: run for run in runs}
    groups = group_runs([run.job for run in runs])
    jobs = [*list_jobs(workspace, "datasets"), *list_jobs(workspace, "runs")] if len(groups) > 1 else []
    names = {job.id: job.name for job in jobs}
    given = {run.id: run.title for run in runs if is_starter(run.id)}  # their settings are not all known
    titles = _apart([given.get(group.runs[0]) or _title(group, names, named=True) for group in groups])
    short = _apart([given.get(group.runs[0]) or _title(group, names, named=False) for group in groups])
    return [
        GroupView(title, values, by_id[group.runs[0]].colour, [by_id[id] for id in group.runs], group.repeated)
        for title, values, group in zip(titles, short, groups, strict=True)
    ]


def over_seeds(groups: Sequence[GroupView]) -> bool:
    """Say whether a group has several runs, so that groups can be compared."""
    return any(len(group.runs) > 1 for group in groups)


def _title(group: RunGroup, names: Mapping[str, str], named: bool) -> str:
    """Return the settings by which a group differs, with or without their names; of the only group its number."""
    titles = setting_names(group.settings)
    told = [
        f"{titles[path]} {value}" if named else value
        for path, value in (
            (path, cut(value_words(value, names=names), _LONGEST))
            for path, value in list(group.settings.items())[:_SETTINGS]
        )
    ]
    return ", ".join(told) or count(len(group.runs), "seeds")


def _apart(titles: Sequence[str]) -> list[str]:
    """Return titles of which none is another's: those that are alike are numbered."""
    alike, seen, apart = Counter(titles), Counter[str](), []
    for title in titles:
        seen[title] += 1
        apart.append(f"{title} ({seen[title]})" if alike[title] > 1 else title)
    return apart


def scores_of(chosen: Comparison, group: GroupView, test: Any, measure: ScoreFigure) -> SeedScores | None:
    """Return what the runs of a group that have taken a test set score; None where none has."""
    results = (chosen.results[run.id].get(test) for run in group.runs)
    values = [value for result in results if result and (value := measure.of(result.score)) is not None]
    return seed_scores(values) if values else None


def group_figures(chosen: Comparison, group: GroupView, test: Any, measure: ScoreFigure) -> list[str]:
    """Return mean, in brackets that by the image alone, standard deviation (of a share in points) and number of seeds.

    They are text.
    """
    scores = scores_of(chosen, group, test, measure)
    if scores is None:
        return [DASH, DASH, "0"]
    alone = scores_of(chosen, group, test, measure.alone) if measure.alone else None
    mean = measure.text(scores.mean) + (f" ({measure.text(alone.mean)})" if alone else "")
    if scores.sd is None:
        return [mean, DASH, str(scores.n)]
    return [mean, points(scores.sd) if measure.share else decimal(scores.sd, 2), str(scores.n)]


def top_sentence(chosen: Comparison, names: Names = MARKDOWN) -> str:
    """Return the sentence that sums up the chosen runs, over groups where seeds are taken together."""
    main = chosen.kind.main
    scored = [(group, scores) for group in chosen.groups if (scores := scores_of(chosen, group, chosen.test, main))]
    if not scored:
        return sentence_on_top(chosen, names)
    scored.sort(key=lambda pair: -pair[1].mean)
    test = names.test(chosen.tests[chosen.test])
    waiting = sum(len(group.runs) - scores.n for group, scores in scored)
    waiting += sum(len(group.runs) for group in chosen.groups if all(group is not known for known, _ in scored))
    rest = f" Not tested on it yet: {count(waiting, 'runs')}." if waiting else ""
    if len(scored) == 1:
        return f"{_alone(chosen, scored[0], names, test)}{rest}"
    (best, scores), *others = scored
    first = names.run(best.title)
    parts = [
        _against(chosen, (best, scores), other, names, test, min(len(others), _TOLD))
        + alone_words((scores.mean, _mean_alone(chosen, best)), (other[1].mean, _mean_alone(chosen, other[0])))
        for other in others[:_TOLD]
    ]
    head = f"Best of {len(scored)} groups: " if len(others) > 1 else ""
    more = f" {count(len(others) - _TOLD, 'further groups')}: see Scores." if len(others) > _TOLD else ""
    return f"{head if parts[0].startswith(first) else ''}{' '.join(parts)}{more}{rest}"


def _mean_alone(chosen: Comparison, group: GroupView) -> float | None:
    """Return what a group reads on the test set by the image alone, on average."""
    alone = chosen.kind.main.alone
    scores = scores_of(chosen, group, chosen.test, alone) if alone else None
    return scores and scores.mean


def _alone(chosen: Comparison, one: tuple[GroupView, SeedScores], names: Names, test: str) -> str:
    group, scores = one
    verb = "find the text of" if chosen.kind is LOCATION else "read"
    figure = f"with a mean H-mean of {points(scores.mean)} %" if chosen.kind is LOCATION else ""
    reads = percents(scores.mean, _mean_alone(chosen, group))
    said = f"{test} {figure}" if figure else f"{reads} of {test} on average"
    if scores.sd is None or scores.interval is None:
        return f"One seed of {names.run(group.title)} is tested: it tells nothing of another."
    low, high = (points(end) for end in scores.interval)
    return (
        f"{count(scores.n, 'seeds')} {verb} {said} (standard deviation {points(scores.sd)} points, 95 % interval {low} "
        f"to {high} over further seeds). Tick runs with another setting to compare."
    )


def _against(
    chosen: Comparison,
    best: tuple[GroupView, SeedScores],
    other: tuple[GroupView, SeedScores],
    names: Names,
    test: str,
    told: int,
) -> str:
    """Return how far the best group is from another one."""
    one_setting = best[0].title.endswith(f" {best[0].short}") and ", " not in best[0].title
    first, second = names.run(best[0].title), names.run(other[0].short if one_setting else other[0].title)
    found = effect_between(chosen, best[0], other[0], told)
    if found is None:
        few = first if best[1].n < 2 else second
        apart = points(best[1].mean - other[1].mean)
        return (
            f"{first} and {second} are {apart} points apart on {test}, but {few} has one tested seed only, which tells "
            f"nothing of the setting: start it with further seeds."
        )
    bounds = _bounds(found)
    n = [best[1].n, other[1].n]
    seeds = f"{n[0]} seeds each" if n[0] == n[1] else f"{n[0]} and {n[1]} seeds"
    apart = points(found.difference)
    if not found.significant:
        none = f"No difference between {first} and {second} can be told from {seeds} on {test}"
        return f"{none}: {apart} points, {bounds}."
    if chosen.kind is LOCATION:
        return f"{first} has an H-mean {apart} points above {second} on {test} ({bounds}; {seeds})."
    return f"{first} reads {apart} points more of {test} than {second} ({bounds}; {seeds})."


def _bounds(found: Effect) -> str:
    low, high = (points(end) for end in found.interval)
    together = ", all told here at once" if found.level > 0.951 else ""
    return f"95 % interval {low} to {high} over {'seeds and images' if found.images else 'seeds'}{together}"


def effect_between(chosen: Comparison, first: GroupView, second: GroupView, told: int = 1) -> Effect | None:
    """Return the difference of two groups on the test set; None where a single run of one is tested."""
    scored, main = chosen.scored, chosen.kind.main
    runs = [[run.id for run in group.runs if run.id in scored] for group in (first, second)]
    values = [[main.of(scored[id].score) or 0.0 for id in ids] for ids in runs]
    return effect(values[0], values[1], _rights(chosen, runs), told)


def _rights(chosen: Comparison, runs: Sequence[Sequence[str]]) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Return which images each run of two groups read, over those that all were given; None where that is not known."""
    if chosen.kind is LOCATION:
        return None
    ids = [id for group in runs for id in group]
    try:
        tables = [readings_of(chosen.scored[id]).drop_duplicates("name") for id in ids]
    except GlyphlabError:
        return None
    columns = [table.set_index(["name", "truth"])["right"].rename(id) for id, table in zip(ids, tables, strict=True)]
    joined = pd.concat(columns, axis=1, join="inner")
    return joined[list(runs[0])], joined[list(runs[1])]
