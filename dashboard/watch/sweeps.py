"""A sweep on Watch: its state, the best so far and what to do with it, what matters, its runs, and what it cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.common import address, state
from dashboard.common.deleting import deleted_jobs, undo_line
from dashboard.common.job_pages import compare
from dashboard.common.jobs import actions, job_card, trash_popover, try_button
from dashboard.common.launch import launch_button, watch
from dashboard.common.markdown import literal
from dashboard.common.notes import name_and_note, tags_field
from dashboard.common.page import live_fragment
from dashboard.common.tables import draw_table
from dashboard.runs.parallel import parallel_words
from dashboard.watch.run_picker import PARAMETER, runs_asked
from dashboard.watch.sweep_charts import (
    best_so_far,
    importance_bars,
    metric_title,
    metric_value,
    parallel_axes,
    parallel_runs,
    setting_titles,
    slices,
)
from engine.commands import install_command
from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import Combination, run_name, setting_names
from engine.errors import ConfigError, JobError
from engine.formatting import count, decimal, duration, percent
from engine.jobs import Job, list_jobs, load_job
from engine.jobs.summaries import SweepSummary, sweep_summary
from engine.sweeps.control import extend, sweep_config, train_longer
from engine.sweeps.runs import BEHIND, SweepRun, leading_run, ranked, read_runs
from engine.workspace import Workspace

_EVERY = 5.0  # seconds between refreshes
_SHOWN = ("Runs", "Sweeps")
_PLAIN = {"displaylogo": False, "displayModeBar": False}
_FACTORS = (2, 3, 5, 10)
_MORE = 8  # runs that an extension offers
_STATES = {"planned": "planned", "live": "at work", "waiting": "waits", "pruned": "stopped early"}


def sweeps_chosen(space: Workspace, place: DeltaGenerator) -> bool:
    """Draw the switch between runs and sweeps, where there are sweeps; say whether sweeps are to be shown.

    What the address asks for is shown, whatever was chosen before.
    """
    asked = address.asked("sweep")
    if runs_asked():
        st.session_state[state.WATCH_SHOWS] = _SHOWN[0]
    if not asked and not list_jobs(space, "sweeps") and not deleted_jobs(space, "sweeps"):
        return False
    if asked:
        st.session_state[state.WATCHED_SWEEP], st.session_state[state.WATCH_SHOWS] = asked[0], _SHOWN[1]
        address.write("sweep", asked)
    shown = place.segmented_control(
        "Runs or sweeps",
        _SHOWN,
        default=_SHOWN[0],
        required=True,
        key=state.WATCH_SHOWS,
        label_visibility="collapsed",
        persist_state="session",
    )
    address.write(PARAMETER if shown == _SHOWN[1] else "sweep", [])
    return shown == _SHOWN[1]


def sweeps_view(space: Workspace, place: DeltaGenerator) -> None:
    """Draw the choice of a sweep, and the chosen one."""
    undo_line(space, deleted_jobs(space, "sweeps"))
    there = {job.id: job for job in list_jobs(space, "sweeps")}
    if not there:
        st.caption("No sweep is left. Start one on Train, under *Several values: a sweep*.")
        return
    state.choose(state.WATCHED_SWEEP, list(there), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        id = st.selectbox(
            "Sweep",
            list(there),
            format_func=lambda id: " · ".join([there[id].name, *there[id].notes.tags]),
            key=state.WATCHED_SWEEP,
            label_visibility="collapsed",
            width=560,
        )
        trash_popover(space, "sweeps")
    address.write("sweep", [str(id)])
    with place:
        _best_button(space, there[str(id)])
    live_fragment(lambda: _sweep(space, str(id)), lambda: _status(space, str(id)), _EVERY)


def _status(space: Workspace, id: str) -> tuple[str | None, ...] | None:
    """Return the best run of a sweep at work; nothing of one that has ended, None where it was deleted elsewhere."""
    try:
        sweep = load_job(space, "sweeps", id)
    except JobError:
        return None
    best = sweep_summary(sweep).best
    return (best and best.run,) if sweep.state.live else ()


def _best_button(space: Workspace, sweep: Job) -> None:
    """Draw the page's filled button: reading, or finding text, with the best run."""
    best = sweep_summary(sweep).best
    if best is not None:
        try:
            try_button([load_job(space, "runs", best.run)])
        except JobError:  # it was deleted
            return


def _sweep(space: Workspace, id: str) -> None:
    sweep = load_job(space, "sweeps", id)
    try:
        config = sweep_config(sweep)
    except ConfigError as error:
        st.caption(f":red[:material/error:] {literal(str(error))}")
        return
    runs, told = read_runs(sweep.folder), sweep_summary(sweep)
    names = {job.id: job.name for collection in ("datasets", "runs") for job in list_jobs(space, collection)}
    with job_card(sweep, _way(config), lambda: _actions(space, sweep)):
        _best(space, sweep, config, runs, names)
        st.caption(_cost(runs, told))
    known = [run for run in runs if run.value is not None and run.state in ("finished", *BEHIND, "live")]
    if not known:
        st.caption("The first validation of a run brings the charts.")
    else:
        _charts(config, known, told, names)
    _table(config, runs, names)


def _way(config: BaseSweepConfig) -> str:
    """Return Markdown: how a sweep goes through its settings."""
    strategies = {"grid": "grid", "random": "at random", "tpe": "searched by TPE"}
    early = {"none": "", "halving": "successive halving", "wilcoxon": "Wilcoxon's test"}[config.pruning]
    seeds = count(config.seeds, "seeds") if config.seeds > 1 else ""
    return " · ".join(filter(None, [strategies[config.strategy], seeds, early and f"early stops by {early}"]))


def _actions(space: Workspace, sweep: Job) -> None:
    with st.popover("Name, tags, note", icon=":material/edit:", type="tertiary"):
        tags_field(space, list_jobs(space, "sweeps"), [sweep], "Tags", f"sweep-tags-{sweep.id}")
        name_and_note(space, sweep, f"sweep-{sweep.id}", lambda *_: None)
    actions(space, sweep, f"sweep-{sweep.id}")


def _best(
    space: Workspace, sweep: Job, config: BaseSweepConfig, runs: Sequence[SweepRun], names: Mapping[str, str]
) -> None:
    """Draw the best combination with its value over seeds, and what may be done with it."""
    best = next(iter(ranked(runs, greater_is_better=config.greater_is_better)), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if best is not None:
            over = f" :gray[mean of {count(len(best.runs), 'seeds')}]" if len(best.runs) > 1 else ""
            told = _with(config, best.value, best.combination, names, over)
            st.markdown(f"Best so far: {told}", width="stretch")
            _longer(space, sweep)
        elif leader := leading_run(runs, greater_is_better=config.greater_is_better):
            told = _with(config, leader.value or 0.0, leader.combination, names)
            st.markdown(f"Leads so far, and none has finished: {told}", width="stretch")
        else:
            st.markdown("The first finished run will be the best so far.", width="stretch")
        _extend(space, sweep)
        launched = [run.run for run in runs if run.run]
        if len(launched) > 1 and st.button("Compare its runs", key="sweep-compare", icon=":material/compare_arrows:"):
            compare(*launched)


def _with(
    config: BaseSweepConfig, value: float, combination: Combination, names: Mapping[str, str], over: str = ""
) -> str:
    """Return Markdown: a value of the metric, and the settings that came to it."""
    title = literal(metric_title(config).removesuffix(" (%)"))
    titles = setting_names(path for path, _ in combination)
    pairs = (f"{literal(titles[path])} **{literal(names.get(text, text))}**" for path, text in combination)
    return f"{title} **{_value(config, value)}**{over} with {', '.join(pairs)}"


def _value(config: BaseSweepConfig, value: float) -> str:
    return decimal(value) if config.metric == "loss" else percent(value)


def _longer(space: Workspace, sweep: Job) -> None:
    box = st.popover("Train the best for longer", icon=":material/timer:", key=f"longer-{sweep.id}", on_change="rerun")
    if not box.open:
        return
    with box:
        factor = st.segmented_control(
            "Times as long", _FACTORS, default=_FACTORS[1], required=True, format_func=lambda factor: f"{factor} ×"
        )
        st.caption("A new run with its settings, from the beginning.")
        launch_button(
            "Start",
            f"longer-{sweep.id}",
            lambda nonce: train_longer(space, sweep, float(factor or 1), nonce=nonce),
            watch,
            filled=False,
        )


def _extend(space: Workspace, sweep: Job) -> None:
    box = st.popover("Extend", icon=":material/add:", key=f"extend-{sweep.id}", on_change="rerun")
    if not box.open:
        return
    with box:
        more = st.number_input("More runs", 1, 1000, _MORE, key=f"extend-runs-{sweep.id}")
        st.caption("A grid that is through gets further seeds.")

        def start(_: str) -> str:
            extend(space, sweep, int(more))
            return sweep.id

        launch_button("Start them", f"extend-{sweep.id}", start, lambda _: st.rerun(), filled=False)


def _cost(runs: Sequence[SweepRun], told: SweepSummary) -> str:
    """Return Markdown: what a sweep took, and what early stops saved."""
    parts = [count(len(runs), "runs")]
    behind = Counter(run.state for run in runs)
    parts += [f"{count(behind['pruned'])} stopped early"] if behind["pruned"] else []
    parts += [f"{count(behind['waiting'])} waiting"] if behind["waiting"] else []
    parts += [f"{count(told.failed)} failed"] if told.failed else []
    parts += [f"{duration(sum(run.seconds for run in runs))} of work", f"{count(sum(run.step for run in runs))} steps"]
    whole = told.steps + told.steps_saved
    if told.steps_saved and whole:
        parts.append(f"{count(told.steps_saved)} saved ({percent(told.steps_saved / whole)})")
    return " · ".join(parts)


def _charts(config: BaseSweepConfig, known: Sequence[SweepRun], told: SweepSummary, names: Mapping[str, str]) -> None:
    left, right = st.columns([3, 2], gap="medium")
    title = metric_title(config)
    with left, st.container(border=True, key="card-sweep-best", gap="xsmall"):
        st.markdown("**Best so far**")
        st.plotly_chart(best_so_far(config, known), key="sweep-best", config=_PLAIN, alt=f"{title} by run")
    with right, st.container(border=True, key="card-sweep-importance", gap="xsmall"):
        st.markdown("**What matters**", help="How much of the score each setting explains over the range tried.")
        if len(config.space) == 1:
            st.caption("One setting varies: it explains what chance does not.")
        elif told.importance:
            titles = setting_names(told.importance)
            words = ", ".join(f"{titles[path]} {percent(share)}" for path, share in told.importance.items())
            st.plotly_chart(importance_bars(told.importance), key="sweep-importance", config=_PLAIN, alt=words)
        elif told.importance is None and told.runs:
            st.caption(f"Optuna tells it. Install it by `{install_command('sweeps')}`: docs/sweeps.md.")
        else:
            judged = "judged" if config.pruning == "halving" else "finished"
            st.caption(f"Six {judged} runs with different scores tell it.")
    with st.container(border=True, key="card-sweep-slices", gap="xsmall"):
        st.markdown("**Each setting by itself**")
        st.plotly_chart(slices(config, known, names), key="sweep-slices", config=_PLAIN, alt=f"{title} by setting")
    with st.container(border=True, key="card-sweep-parallel", gap="xsmall"):
        st.markdown("**All runs**, greener the better; drag along an axis to pick some")
        axes = parallel_axes(config, known, names)
        alt = parallel_words(axes, [f"Run {run.number + 1}" for run in known])
        st.plotly_chart(parallel_runs(config, known, names), key="sweep-parallel", config=_PLAIN, alt=alt)


def _table(config: BaseSweepConfig, runs: Sequence[SweepRun], names: Mapping[str, str]) -> None:
    """Draw the runs, the best first; one that is chosen can be watched."""
    if not runs:
        return
    title, titles = metric_title(config), setting_titles(one.path for one in config.space)
    rows = [
        {
            "Run": run.number + 1,
            title: None if run.value is None else metric_value(config, run.value),
            **{titles[path]: names.get(text, text) for path, text in run.combination},
            "State": _STATES.get(run.state, run.state),
            **({} if run.seed is None else {"Seed": run.seed}),  # else it is among the settings
            "Steps": run.step,
            "Time": duration(run.seconds),
            "Last words": "" if run.open else run.message,  # one that went on still has those of its stop
        }
        for run in runs
    ]
    frame = pd.DataFrame(rows)
    frame = frame.sort_values(title, ascending=not config.greater_is_better, na_position="last", kind="stable")
    columns: dict[str, Any] = {"Steps": st.column_config.NumberColumn(format="localized")}
    if config.metric != "loss":
        columns[title] = st.column_config.NumberColumn(format="%.1f")
    chosen = draw_table(
        frame,
        column_config=columns,
        hide_index=True,
        key="sweep-runs",
        on_select="rerun",
        selection_mode="single-row",
        alt="Runs of the sweep",
    )
    picked = chosen["selection"]["rows"]
    run = runs[int(frame["Run"].iloc[picked[0]]) - 1] if picked and picked[0] < len(frame) else None
    if (
        run is not None
        and run.run
        and st.button(
            f"Watch {literal(run_name('', run.combination))}", key="sweep-watch", icon=":material/show_chart:"
        )
    ):
        watch(run.run)
