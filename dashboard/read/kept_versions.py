"""Datasets made of what was kept while reading: the button that makes the next version, and the versions so far."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from dashboard.common.jobs import dataset_words, facts, job_card
from dashboard.common.launch import launch_button
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, pager
from engine.config.base import Config
from engine.datasets.corrections import corrections_config, corrections_datasets
from engine.datasets.scenes.kept import kept_photos_config, kept_photos_datasets
from engine.formatting import count
from engine.jobs import Job, State, launch, list_jobs, trashed
from engine.jobs.summaries import holds_scenes
from engine.workspace import Workspace

_SHOWN = 3  # versions on a page, newest first
_USES = {"mix": ("Mix into a run", ":material/merge:"), "test_on": ("Test a run on it", ":material/checklist:")}
_WHOLE = "in one piece"


@dataclass(frozen=True)
class KeptKind:
    """A kind of things that are kept, and how datasets are made of them.

    Attributes:
        key: begins the keys of its inputs.
        noun: of what is kept, in the plural.
        title: begins the names of its datasets.
        split: how it is shared out, if it is.
        job: the kind of jobs that make a dataset.
        config: returns the config of the next one; its second argument says whether it is shared out.
        versions: the datasets made so far, newest first.
        scenes: whether they hold scenes.
    """

    key: str
    noun: str
    title: str
    split: str
    job: str
    config: Callable[[Workspace, bool], Config]
    versions: Callable[[Workspace], list[Job]]
    scenes: bool


KEPT_WORDS = KeptKind(
    "kept",
    "images",
    "Corrections from Read",
    "split by text",
    "import",
    lambda workspace, split: corrections_config(workspace, split=split),
    corrections_datasets,
    scenes=False,
)
KEPT_PHOTOS = KeptKind(
    "kept-photos",
    "photos",
    "Photos from Read",
    "split by photo",
    "import-scenes",
    lambda workspace, split: kept_photos_config(workspace, split=split),
    kept_photos_datasets,
    scenes=True,
)


def draw_versions(workspace: Workspace, kind: KeptKind, times: Sequence[datetime]) -> None:
    """Draw the button that makes a dataset of what is kept, and the datasets made so far.

    Args:
        workspace: where.
        kind: what is kept.
        times: when each of it was kept or changed last.
    """
    versions = kind.versions(workspace)
    _make(workspace, kind, times, versions)
    live_fragment(
        lambda: _versions(workspace, kind), lambda: any(job.state.live for job in kind.versions(workspace)), 1
    )


def _make(workspace: Workspace, kind: KeptKind, times: Sequence[datetime], versions: list[Job]) -> None:
    newest = next((job for job in versions if job.state.live or job.state is State.finished), None)
    words = f"**{count(len(times), kind.noun)} kept**"
    if newest is not None:
        new = sum(time > newest.created for time in times)
        last = literal(newest.name.removeprefix(f"{kind.title}, "))
        words += f" · {count(new) if new else 'none'} of them new or changed since {last}"
    with st.container(border=True, key=f"card-{kind.key}", horizontal=True, vertical_alignment="bottom"):
        st.markdown(words, width="stretch")
        split = st.segmented_control(
            "Make a dataset",
            [_WHOLE, kind.split],
            default=_WHOLE,
            required=True,
            key=f"{kind.key}-split",
            persist_state="session",
            help=f"In one piece: mix all of it into a run, or test on all of it. {kind.split.capitalize()}: some are "
            "set apart for validation and tests, as in any import.",
        )
        version = f"version {_last_number(workspace, kind) + 1}"
        config = kind.config(workspace, split != _WHOLE)
        launch_button(
            f"Make {version}",
            kind.key,
            lambda nonce: launch(workspace, kind.job, config, name=f"{kind.title}, {version}", nonce=nonce),
            lambda _: st.rerun(),
        )


def _last_number(workspace: Workspace, kind: KeptKind) -> int:
    """Return the highest number that a version is named by; those in the trash count, as they can be restored."""
    named = re.compile(rf"{re.escape(kind.title)}, version (\d+)")
    jobs = (*list_jobs(workspace, "datasets"), *trashed(workspace, "datasets"))
    return max((int(found[1]) for job in jobs if (found := named.fullmatch(job.name))), default=0)


def _versions(workspace: Workspace, kind: KeptKind) -> None:
    versions = kind.versions(workspace)
    own = {job.id for job in versions}
    datasets = list_jobs(workspace, "datasets")
    others = (job for job in datasets if job.state is State.finished and holds_scenes(job) == kind.scenes)
    other = next((job for job in others if job.id not in own), None)
    for job in versions[pager(len(versions), _SHOWN, f"{kind.key}-versions")]:
        uses = partial(_uses, job, other) if job.state is State.finished else None
        job_card(job, f"{dataset_words(job)} · {facts(job)}", uses)


def _uses(job: Job, other: Job | None) -> None:
    """Draw the ways to use a version in a run, which learns from another dataset in the main."""
    why = None if other else "A run learns from another dataset in the main. Make or import one first."
    for use, (label, icon) in _USES.items():
        if st.button(label, key=f"{use}-{job.id}", icon=icon, disabled=other is None, help=why) and other:
            st.switch_page("app_pages/train.py", query_params={"dataset": other.id, use: job.id})
