"""Jobs on a page: state, progress with its unit and time left, actions, cards, and the trash.

The name and messages of a job are foreign text. Stopping and deleting ask first; the engine decides whether they may.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.common import state
from dashboard.common.colours import dot
from dashboard.common.deleting import consequences, delete
from dashboard.common.markdown import literal
from dashboard.common.page import pager, show_errors
from dashboard.common.runs import RunView
from engine.config.launchers import LOCAL
from engine.formatting import ago, count, duration, pace, size
from engine.jobs import Job, Progress, State, erase, find_live, list_jobs, paths, restore, resume, stop, trashed
from engine.jobs.launchers import LABELS
from engine.jobs.summaries import can_be_tried, dataset_summary, finds_text, holds_scenes, node_rates, score_words
from engine.labels import file_name
from engine.workspace import Collection, Workspace, bundle_name

_WAITING = ("orange", ":material/hourglass_empty:")
_WRONG = ("red", ":material/error:")
_BADGES = {
    State.running: ("primary", ":material/play_arrow:"),
    State.finished: ("green", ":material/check:"),
    State.stopped: ("gray", ":material/stop:"),
    State.starting: _WAITING,
    State.waiting: _WAITING,
    State.stopping: _WAITING,
    State.stalled: ("orange", ":material/warning:"),
}


_EXPLAINED = {
    State.lost: "Its processes died without a word, as by a power cut. Resume goes on from the last checkpoint.",
    State.killed: "Something ended its processes. Resume goes on from the last checkpoint.",
    State.stalled: "No sign of life for a while: the machine may be busy or asleep. It goes on by itself, or stop it.",
    State.diverged: "The loss rose, or is no longer a number. Start again with a lower learning rate.",
    State.out_of_memory: "Start again with a smaller batch.",
    State.no_space: "Make room, or raise the limit that it names, then resume.",
}
_SHOWN = 20  # jobs of the trash on a page
_NODES = 6  # whose rates are told


def badge(job: Job) -> str:
    """Return Markdown for a job's state: a word and an icon, coloured."""
    colour, icon = _BADGES.get(job.state, _WRONG)
    return f":{colour}-badge[{icon} {state_word(job)}]"


def headline(job: Job | RunView) -> str:
    """Return Markdown for a job's name and state."""
    return f"{title(job)} {badge(job.job if isinstance(job, RunView) else job)}"


def job_card(job: Job, words: str, buttons: Callable[[], None] | None = None) -> DeltaGenerator:
    """Draw a card for a job: name, state, `words` (Markdown), buttons and progress; return it for what else it holds.

    It is not for runs, whose rows on Watch say more.
    """
    card = st.container(border=True, key=f"card-{job.id}", gap="xsmall")
    with card:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(headline(job), width="content")
            st.caption(words, width="content")
            if buttons:
                with st.container(horizontal=True, width="content", horizontal_alignment="right"):
                    buttons()
        progress(job)
    return card


def try_button(runs: Sequence[Job]) -> None:
    """Draw the page's filled button: it leads to Read, with the first of the runs that can be tried, if any can."""
    run = next(filter(can_be_tried, runs), None)
    if run is None:
        return
    if finds_text(run):
        label, icon, asked = (
            "Find text with it",
            ":material/image_search:",
            {"kind": "photos", "locator": bundle_name(run.id)},
        )
    else:
        label, icon, asked = "Read with it", ":material/text_fields:", {"run": bundle_name(run.id)}
    if st.button(label, key="primary-read", type="primary", icon=icon):
        st.switch_page("app_pages/read.py", query_params=asked)


def standing_of_live(workspace: Workspace) -> frozenset[tuple[str, ...]]:
    """Return what pages say of the live jobs beside their progress; empty while none is live.

    It changes when one begins or ends, and when a run has a better score or its first reader.
    """
    return frozenset(
        (job.id, job.state.value, *((score_words(job), str(can_be_tried(job))) if job.collection == "runs" else ()))
        for job in find_live(workspace)
    )


def nothing_made(workspace: Workspace) -> bool:
    """Say whether there is no dataset, run or adaptation: Home then offers the quick start."""
    return not any(list_jobs(workspace, collection) for collection in ("datasets", "runs", "adaptations"))


def any_live(workspace: Workspace, collection: Collection) -> bool:
    """Say whether a job of a collection is live."""
    return any(job.state.live for job in list_jobs(workspace, collection))


def state_word(job: Job) -> str:
    """Return a job's state in one or two words; `progress` says the rest."""
    return job.state.words.partition(" (")[0].partition(",")[0]


def title(job: Job | RunView) -> str:
    """Return Markdown for a job's name; the view of a run gives its title with its coloured dot."""
    if isinstance(job, RunView):
        return f"{dot(job.colour)} **{literal(job.title)}**"
    return f"**{literal(job.name)}**"


def progress(job: Job) -> None:
    """Draw how far a live job is, and the rate of each node that does parts of it; what an ended one said last."""
    now = job.progress
    if job.state.live and now is not None and now.total:
        st.progress(min(1.0, (now.done or 0) / now.total), text=progress_words(job))
    elif job.state.live:
        st.caption(progress_words(job))
    elif job.message:
        st.caption(literal(job.message))
    if rates := node_rates(job):
        st.caption(nodes_words(rates, job.progress.unit if job.progress else ""))
    if job.state in _EXPLAINED and _EXPLAINED[job.state] not in job.message:
        st.caption(_EXPLAINED[job.state])


def progress_words(job: Job) -> str:
    """Return Markdown such as `learning · 1,200 of 9,000 steps · 3.1 steps/s · 3 min 20 s left`."""
    words = progress_text(job.progress) if job.progress else ""
    return (words or f"{job.state.words} …") + (
        f" · on {literal(job.node) or 'another machine'}" if job.elsewhere else ""
    )


def progress_text(now: Progress) -> str:
    """Return Markdown for progress, also of work that is no job; empty where nothing was counted or said yet."""
    parts = [literal(now.phase)] if now.phase else []
    if now.total:
        parts.append(f"{count(now.done or 0)} of {count(now.total, now.unit)}")
    if now.rate:
        parts.append(pace(now.rate, now.unit))
    if now.eta_seconds is not None:
        parts.append(f"{duration(now.eta_seconds)} left")
    if now.note:
        parts.append(literal(now.note))
    return " · ".join(parts)


def nodes_words(rates: Mapping[str, float], unit: str) -> str:
    """Return Markdown such as `2 nodes: one 410 images/s, two 398 images/s`, the fastest first."""
    fastest = sorted(rates.items(), key=lambda item: -item[1])
    words = [f"{literal(name)} {pace(rate, unit or 'images')}" for name, rate in fastest[:_NODES] if rate > 0]
    more = [f"and {len(fastest) - _NODES} more"] if len(fastest) > _NODES else []
    return f"{count(len(rates), 'nodes')}: {', '.join([*words, *more])}"


def facts(job: Job) -> str:
    """Return Markdown for how long a job has worked, when it was made, and where it runs if not on this machine."""
    launcher = job.config.get("launcher", LOCAL)
    where = f" · on {LABELS[launcher]}" if launcher in LABELS and launcher != LOCAL else ""
    node = f", {literal(job.node)}" if where and job.node else ""
    return f"{duration(job.seconds)} of work · made {ago(job.created)}{where}{node}"


def archive_button(job: Job) -> bool:
    """Draw the download of the zip file that a finished export packed, under the export's name; False without one."""
    path = job.folder / paths.EXPORT_ARCHIVE
    if job.state is not State.finished or not path.is_file():
        return False
    st.download_button(
        f"Download {size(path.stat().st_size)}",
        lambda: path.open("rb"),
        file_name=file_name(job.name, "zip"),
        mime="application/zip",
        key=f"download-{job.id}",
        icon=":material/download:",
        on_click="ignore",
    )
    return True


def actions(workspace: Workspace, job: Job, key: str) -> None:
    """Draw what may be done to a job now: stop a live one; resume or delete an ended one.

    The last button is always the one that deletes, and one that stops stays in its place before it when the job ends:
    who is about to stop a job never deletes it. What is new comes before them, and so moves neither.
    """
    seen: set[str] = st.session_state.setdefault(state.SEEN_LIVE, set())
    live = job.state.live
    if live:
        seen.add(job.id)
    elif job.state.resumable and st.button("Resume", key=f"{key}-resume", icon=":material/play_arrow:"):
        with show_errors():
            resume(workspace, job.collection, job.id)
            st.rerun()
    if job.id in seen:
        why = "It is stopping." if job.state is State.stopping else "" if live else "It has ended."
        _confirm(workspace, job, "Stop", f"{key}-stop", why)
    _confirm(workspace, job, "Delete", f"{key}-delete", "It is at work: stop it first." if live else "")


def _confirm(workspace: Workspace, job: Job, verb: Literal["Stop", "Delete"], key: str, not_now: str) -> None:
    """Draw a button that says what will happen and acts on a second click; or why it cannot be pressed now."""
    icon = ":material/stop:" if verb == "Stop" else ":material/delete:"
    box = st.popover(verb, icon=icon, key=key, disabled=bool(not_now), help=not_now or None, on_change="rerun")
    if not box.open or not_now:
        return
    with box:
        st.markdown(f"{verb} {title(job)}?")
        if verb == "Stop":
            st.caption("It finishes its step and saves; it can be resumed.")
        else:
            st.caption(literal(consequences(workspace, job)))
        if st.button(f"{verb} it", key=f"{key}-sure", icon=icon):
            with show_errors():
                if verb == "Stop":
                    stop(workspace, job.collection, job.id)
                else:
                    delete(workspace, [job])
                st.rerun()


def trash_popover(workspace: Workspace, collection: Collection) -> None:
    """Draw what of a collection lies in the trash; nothing while that is empty."""
    there = trashed(workspace, collection)
    if not there:
        return
    with st.popover(f"Trash ({count(len(there))})", icon=":material/recycling:", type="tertiary"):
        for job in there[pager(len(there), _SHOWN, f"trash-{collection}")]:
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"{title(job)} :gray[made {ago(job.created)}]", width="content")
                if st.button("Restore", key=f"restore-{job.id}", icon=":material/undo:"):
                    with show_errors():
                        restore(workspace, collection, job.id)
                        st.rerun()
        st.caption("It takes disk until it is gone for good: a day after its deletion, with the next one, or now.")
        if st.button("Delete all of it for good", key=f"empty-{collection}", icon=":material/delete_forever:"):
            for job in there:
                erase(workspace, collection, job.id)
            st.rerun()


def dataset_words(job: Job) -> str:
    """Return Markdown for what a dataset holds."""
    figures = dataset_summary(job)
    if not figures.images:
        wanted = job.config.get("images")
        if isinstance(wanted, int):
            return f"{count(wanted, 'photos' if holds_scenes(job) else 'images')} asked for"
        return "being made" if job.state.live else "no images yet"
    if holds_scenes(job):
        return f"{count(figures.images, 'photos')}, {count(figures.regions, 'regions')} · {size(figures.bytes)}"
    parts = [count(figures.images, "images"), size(figures.bytes)]
    if figures.charset_size:
        parts.append(count(figures.charset_size, "characters"))
    if figures.max_length:
        parts.append(f"texts up to {count(figures.max_length)} long")
    return " · ".join(parts)
