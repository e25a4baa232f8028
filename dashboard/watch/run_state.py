"""One run on the Watch page: its state, progress, scores and findings in a few lines, its actions, and its log.

Names, messages and logs are foreign text and are shown as such. Training for longer is a new run that begins with the
best weights of this one: the length of a run is part of what makes resuming exact, and never changes.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.common.jobs import actions, facts, headline, progress
from dashboard.common.launch import launch_button, watch, watch_sweep
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.runs.domain_gap import NO_VALIDATION, DomainScore, domain_scores, gap_words
from engine.config.run import RunConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.errors import ConfigError
from engine.evaluation.diagnosis import findings
from engine.formatting import count, decimal, percent
from engine.jobs import Job, State, launch, tail_log
from engine.jobs.summaries import finds_text, run_summary
from engine.workspace import Workspace, is_id

_ICONS = {
    "wrong": ":red[:material/error:]",
    "doubtful": ":orange[:material/warning:]",
    "fine": ":green[:material/trending_up:]",
}
_MINUTES, _EPOCHS = 5.0, 5
_READ = 200_000  # bytes from the end that are searched
_SHOWN = 300  # lines


def run_state(workspace: Workspace, run: RunView, datasets: Mapping[str, Job]) -> None:
    """Draw the row of a run with its actions.

    Args:
        workspace: where it is.
        run: the run.
        datasets: all datasets by id.
    """
    job = run.job
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(headline(run), width="content")
            st.caption(facts(job), width="stretch")
            run_actions(workspace, job, f"watch-{job.id}")
        progress(job)
        log = tail_log(job.folder) if job.state is State.failed else ""
        diagnosis = findings(job, run.frames, log)
        found = [f"{_ICONS[one.level]} {literal(one.text)}" for one in diagnosis]
        scores = domain_scores(run, datasets)
        said = _location_words(job, scores) if finds_text(job) else _reading_words(job, scores)
        st.markdown("  \n".join(found if job.state is State.waiting else [*said, *found]))
        if any(one.clone for one in diagnosis):
            _clone(job, f"watch-{job.id}-remedy")


def _reading_words(run: Job, scores: list[DomainScore]) -> list[str]:
    """Return lines of Markdown: a reader's scores, and how much likely texts count."""
    best = run_summary(run).best
    said = [gap_words(scores, run.state.live)]
    if best is None or best.likely_weight is None:
        return said
    if not best.likely_weight:
        return [*said, "Likely texts do not count: more of its validation images are read by the image alone."]
    whose = "as set" if run.config.get("language") is not None else "chosen on its validation images"
    return [*said, f"Likely texts count {decimal(best.likely_weight)} beside the image, {whose}."]


def _location_words(run: Job, scores: list[DomainScore]) -> list[str]:
    """Return lines of Markdown: a locator's best validation, and its scores on other photos where it has any."""
    summary = run_summary(run)
    best = summary.located
    if best is None:
        return ["The first validation tells how well it finds text." if run.state.live else NO_VALIDATION]
    lines = [
        f"Finds **{percent(best.recall)}** of the words, and {percent(best.precision)} of its boxes are words: H-mean "
        f"**{percent(best.h_mean)}** ({count(best.images, 'validation scenes')}, step {count(best.step)})"
    ]
    others = len(scores) > 1 or bool(summary.located_tests)
    return [*lines, gap_words(scores, verb="H-mean on")] if others else lines


def run_actions(workspace: Workspace, run: Job, key: str) -> None:
    """Draw the actions of one run."""
    actions(workspace, run, key)
    more = st.popover("More", icon=":material/more_horiz:", key=f"{key}-more", on_change="rerun")
    if not more.open:
        return
    with more:
        _clone(run, f"{key}-clone")
        _its_sweep(workspace, run, f"{key}-sweep")
        if run_summary(run).bundle_step is None:
            noun = "locator" if finds_text(run) else "reader"
            st.caption(f"Once it has exported a {noun}, a longer run can begin with its weights.")
        else:
            _longer(workspace, run, key)


def _clone(run: Job, key: str) -> None:
    if st.button("Clone", icon=":material/content_copy:", key=key, help="Its settings on the Train page."):
        st.switch_page("app_pages/train.py", query_params={"like": run.id})


def _its_sweep(workspace: Workspace, run: Job, key: str) -> None:
    """Draw the way to the sweep that a run belongs to, if it is one's."""
    there = run.group and is_id(run.group) and workspace.folder("sweeps", run.group).is_dir()
    if there and st.button("Its sweep", icon=":material/stacks:", key=key):
        watch_sweep(str(run.group))


def _longer(workspace: Workspace, run: Job, key: str) -> None:
    try:
        config: RunConfig = (TrainLocatorConfig if finds_text(run) else TrainConfig).parse(run.config)
    except ConfigError:
        return
    st.markdown("**Learn for longer**")
    st.caption("A new run that begins with this one's best weights.")
    if config.minutes is None:
        epochs = st.number_input("More epochs", 1, 10_000, _EPOCHS, key=f"{key}-epochs")
        changes: dict[str, object] = {"epochs": epochs}
    else:
        minutes = st.number_input("More minutes", 0.1, 20_160.0, _MINUTES, 0.5, key=f"{key}-minutes")
        changes = {"minutes": minutes, "epochs": None}
    if isinstance(config, TrainConfig):
        changes["charset"] = "same"
    further = config.changed(**changes, start_from=run.id)
    launch_button(
        "Go on",
        f"{key}-longer",
        lambda nonce: launch(workspace, run.kind, further, name=f"{run.name}, further", nonce=nonce),
        watch,
        filled=False,
    )


def log_tail(job: Job, key: str) -> None:
    """Draw the last lines of a job's log, newest at the end, or those that match a search."""
    lines = tail_log(job.folder, _READ).splitlines()
    if not lines:
        st.caption("Nothing was written yet.")
        return
    wanted = st.text_input(
        "Search the log",
        key=f"{key}-search",
        placeholder="error, step 1,200, …",
        max_chars=200,
        label_visibility="collapsed",
        icon=":material/search:",
    ).strip()
    found = matching(lines, wanted)
    if wanted:
        st.caption(f"{count(len(found), 'lines')} of the last {count(len(lines))}")
    with st.container(height=320, border=False, autoscroll=True):  # opens at the newest line, which is the last
        st.code("\n".join(found[-_SHOWN:]) or "No such line.", language=None, wrap_lines=True)


def matching(lines: list[str], wanted: str) -> list[str]:
    """Return the lines that contain a text in any case; all lines for an empty text."""
    return [line for line in lines if wanted.casefold() in line.casefold()] if wanted else lines
