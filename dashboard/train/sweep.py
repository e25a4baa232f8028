"""Several values for settings of a new run, or ranges: where they are typed, the way through them, and their start."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from dashboard.common.fields import fields, label
from dashboard.common.setting_words import path_title
from dashboard.train.run_kinds import RunKind
from engine.config import flags
from engine.config.run import RunConfig
from engine.config.sweeping import BaseSweepConfig, Strategy
from engine.config.variations import parse_values, total_words
from engine.formatting import count, duration
from engine.jobs import Job
from engine.sweeps.control import check_sweep

_FIRST = ("learning_rate", "seed")
_NAMED = {"dataset", "validate_on", "start_from", "device"}  # chosen from lists, elsewhere on the page
_EXAMPLES = {"learning_rate": "such as 0.003 and 0.0005, or 0.0003 to 0.01 log", "seed": "such as 0 to 2"}
_STRATEGIES: Mapping[str, str] = {"grid": "Every one", "random": "Random", "tpe": "Search"}
_RUNS = 16  # of a search, unless somebody says otherwise
_OPEN = ("runs", "seeds", "pruning")
_FOLDED = ("spared", "metric", "most_minutes", "at_once")


def type_sweep(kind: RunKind, dataset: Job, key: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Draw where several values are typed, and how a sweep goes through them.

    Args:
        kind: of the run.
        dataset: that it learns from, whose recipe may vary, too.
        key: begins the keys of the inputs.

    Returns:
        the texts by the paths of their settings, without empty ones; and the settings of the sweep.
    """
    labels = {
        flag.path: label(flag.path.replace(".", " "), flag.field)
        for flag in flags.flags(kind.config)
        if flag.path not in _NAMED and ".N" not in flag.path and not flags.is_list(kind.config, flag.path)
    } | {path: path_title(path.split(".")) for path in recipe_paths({"recipe": dataset.config.get("recipe")})}
    with st.expander("Several values: a sweep", icon=":material/stacks:"):
        st.caption(
            "Values with commas, or a range. Runs that differ in their seed alone are one group on Compare: three "
            "seeds tell chance from effect."
        )
        first = [_values(path, labels[path], key) for path in _FIRST]
        others = st.multiselect(
            "More settings, of the recipe too",
            [path for path in labels if path not in _FIRST],
            format_func=labels.__getitem__,
            key=f"{key}.vary-others",
            placeholder="any",
            persist_state="session",
        )
        more = [_values(str(path), labels[str(path)], key) for path in others]
        texts = {path: text for path, text in [*first, *more] if text}
        return texts, _way_through(kind, key) if texts else {}


def _way_through(kind: RunKind, key: str) -> dict[str, Any]:
    """Draw the settings of a sweep; return them."""
    strategy = st.segmented_control(
        "Combinations",
        get_args(Strategy),
        default="grid",
        required=True,
        format_func=_STRATEGIES.__getitem__,
        key=f"{key}.sweep.strategy",
        help=kind.sweep.model_fields["strategy"].description,
        persist_state="session",
    )
    blank = kind.sweep.model_construct(runs=None if strategy == "grid" else _RUNS)
    begin = f"{key}.sweep.{'grid' if strategy == 'grid' else 'search'}"
    values = fields(blank, _OPEN, begin)
    with st.expander("More about the sweep"):
        values |= fields(blank, [*_FOLDED, "points" if strategy == "grid" else "seed"], begin)
    return {"strategy": strategy, **values}


def sweep_of(
    kind: RunKind, config: RunConfig, texts: Mapping[str, str], settings: Mapping[str, Any]
) -> BaseSweepConfig:
    """Return the sweep that a form's run and the typed values make.

    Raises:
        ConfigError: values that cannot be read, that the config refuses, or that make too many runs or one alone; or a
            library that is not installed.
    """
    space = [parse_values(kind.config, path, text).plain() for path, text in texts.items()]
    sweep = kind.sweep.parse({"run": config.plain(), "space": space, **settings})
    check_sweep(sweep)
    return sweep


def sweep_words(sweep: BaseSweepConfig, epoch: float | None) -> str:
    """Say how many runs a sweep has and how long they take.

    Args:
        sweep: its config.
        epoch: seconds of an epoch, as far as a trial of the first run tells.
    """
    runs = configs_of(sweep)
    if sweep.most_minutes is None or not runs:
        words = total_words(runs, epoch) if runs else "runs until the time is over"
    else:
        words = f"{count(len(runs), 'runs')} at most"
    limit = f", none started after {duration(60 * sweep.most_minutes)}" if sweep.most_minutes else ""
    early = "; early stops make it less" if sweep.pruning != "none" else ""
    at_once = "one after another" if sweep.at_once == 1 else f"{sweep.at_once} at once"
    return f"**{words}**{limit}, {at_once}{early}"


def configs_of(sweep: BaseSweepConfig) -> Sequence[RunConfig]:
    """Return the configs of a sweep's runs, as far as they are known beforehand: those of a search as the run is."""
    if sweep.strategy == "grid":
        return [sweep.run_with(one) for _ in range(sweep.seeds) for one in sweep.grid][: sweep.most_runs]
    return [sweep.run] * (sweep.most_runs or 0)


def recipe_paths(values: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all numbers and pairs of ends among plain values, places in lists counted from 0."""
    if isinstance(values, dict):
        for name, inner in values.items():
            yield from recipe_paths(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(values, list) and any(isinstance(inner, dict) for inner in values):
        for place, inner in enumerate(values):
            yield from recipe_paths(inner, f"{path}.{place}")
    elif (not isinstance(values, bool) and isinstance(values, int | float)) or _is_span(values):
        yield path


def _is_span(values: Any) -> bool:
    return isinstance(values, list) and len(values) == 2 and all(isinstance(end, int | float) for end in values)


def _values(path: str, title: str, key: str) -> tuple[str, str]:
    text = st.text_input(
        f"{title}: values",
        key=f"{key}.vary.{path}",
        placeholder=_EXAMPLES.get(path, "several, with commas, or a range"),
        max_chars=400,
        persist_state="session",
    )
    return path, str(text or "").strip()
