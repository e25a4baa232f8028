"""Labelling: images that were read become a dataset, one by one by the keyboard or in a table.

What is labelled is a transcript, so that a reload, another person or another reader goes on with the same.
"""

from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import streamlit as st

from dashboard.common import state
from dashboard.common.address import asked, write
from dashboard.common.forms import open_form
from dashboard.common.jobs import dataset_words, facts, job_card, progress
from dashboard.common.kinds import go_beside
from dashboard.common.labelling import LABEL_SET, read_to_label
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import live_fragment, page_errors, show_error, show_errors
from dashboard.read.choices import FORM
from dashboard.read.label_one import label_one
from dashboard.read.label_set import ORDERS, LabelSet
from dashboard.read.label_table import label_table
from engine.adaptation.requests import LabelRequest
from engine.config.importing import ImportConfig, Use
from engine.errors import GlyphlabError, JobError
from engine.formatting import ago, count, rough, sentence
from engine.jobs import Job, State, launch, list_jobs, load_job
from engine.sources.labelling import damaged_labels, give_labels, last_said
from engine.workspace import Workspace
from glyphlab_read.reading.bundle import Bundle

_Option = TypeVar("_Option", bound=str)
_FEW = 500  # images, a part of which tells little of a reader
_SHOWN = 3  # datasets made of the labels, newest first
_VIEWS = ("one by one", "table")
_USES: tuple[Use, ...] = ("learning and testing", "testing", "learning")


def label_tab(space: Workspace, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw the choice of what is labelled, and the labelling of it."""
    job = _chosen(space)
    if job is None:
        with st.container(border=True, key="card-nothing"):
            st.markdown("**There is nothing to label yet**")
            st.caption(
                "Drop images under Images, or choose a folder or zip file under A folder or zip: a reader reads them "
                "all, and here you say which it read right and correct the rest."
            )
        return
    live_fragment(lambda: _still_reading(space, job.id), lambda: _still_read(space, job.id), 1)
    _labelling(space, job.id, readers)
    _other_reader(space, job, readers)


def _chosen(space: Workspace) -> Job | None:
    """Draw the choice of a transcript, which the address names; return it, None where there is none."""
    jobs = {job.id: job for job in list_jobs(space, "transcripts")}
    if not jobs:
        return None
    wanted = [st.session_state.pop(state.LABEL_SET_WANTED, ""), *asked(LABEL_SET)]
    if named := next((id for id in wanted if id in jobs), None):
        st.session_state[state.LABEL_SET] = named
    if st.session_state.get(state.LABEL_SET) not in jobs:
        st.session_state[state.LABEL_SET] = next(iter(jobs))
    id = str(st.session_state[state.LABEL_SET])
    if len(jobs) > 1:
        chosen = st.selectbox(
            "Images", list(jobs), format_func=lambda id: _title(jobs[id]), key=state.LABEL_SET, persist_state="session"
        )
        id = str(chosen)
    write(LABEL_SET, [id])
    return jobs[id]


def _title(job: Job) -> str:
    images = job.summary.get("images")
    number = f", {count(images, 'images')}" if isinstance(images, int) else ""
    return f"{job.name}{number}, read {ago(job.created)}"


def _still_read(space: Workspace, id: str) -> bool:
    """Say whether a transcript is still being read."""
    try:
        return load_job(space, "transcripts", id).state.live
    except JobError:
        return False


def _still_reading(space: Workspace, id: str) -> None:
    with show_errors():
        job = load_job(space, "transcripts", id)
        if job.state is not State.finished:
            progress(job)


@st.fragment
@page_errors()
def _labelling(space: Workspace, id: str, readers: Sequence[tuple[str, Bundle]]) -> None:
    open_form(space, FORM)  # a fragment runs without the page, which keeps what is chosen
    try:
        labels = LabelSet(space, load_job(space, "transcripts", id))
    except GlyphlabError as error:
        show_error(error)
        return
    if damage := damaged_labels(labels.job.folder):
        st.warning(damage, icon=":material/warning:")
    right, out = labels.count("right"), labels.count("out")
    if labels.asked:
        _asked_line(labels.asked, len(labels.names))
    if labels.blank:
        st.caption(
            "These images judge what an adaptation gains. What readers read in them is not shown, as it would lean "
            "your answer."
        )
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        left_out = f" · {count(out)} left out" if out else ""
        to_go = "" if labels.asked else f" · {count(len(labels.names) - right - out)} to go"
        st.markdown(
            f"**{count(right)} of {count(len(labels.names), 'images')} labelled**{left_out}{to_go}", width="content"
        )
        with st.container(horizontal=True, width="content"):
            order = _choice("Order", ORDERS, "label-order")
            view = _choice("View", _VIEWS, "label-view")
    if view == "table":
        label_table(labels, order, readers)
    else:
        label_one(labels, order, readers)
    _keep(labels, right)


def _asked_line(asked: LabelRequest, total: int) -> None:
    """Draw how many of the images that an adaptation waits for are done, and the way back to it."""
    name, wanted = f"**{literal(asked.adaptation.name)}**", count(asked.wanted, "images")
    others = " The others can wait." if asked.wanted < total else ""
    said = f":orange[:material/pending:] {name} asks for {wanted}: {count(asked.done)} done.{others}"
    if asked.done >= asked.wanted:
        said = f":green[:material/check:] All {wanted} that {name} asks for are done."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said, width="content")
        if st.button("Back to Home", key="label-home", type="tertiary", icon=":material/arrow_back:"):
            st.switch_page("app_pages/home.py")


def _choice(title: str, options: Sequence[_Option], key: str) -> _Option:
    chosen = st.segmented_control(
        title,
        list(options),
        default=options[0],
        required=True,
        format_func=sentence,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return next(option for option in options if option == chosen)


def _keep(labels: LabelSet, right: int) -> None:
    """Draw what makes a dataset of the labels, and the datasets that were made so."""
    with st.container(border=True, key="card-label-keep", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            name = st.text_input(
                "Name of the dataset", labels.job.name, max_chars=80, key=f"label-name-{labels.job.id}", width=280
            )
            use = st.segmented_control(
                "For",
                _USES,
                default=_USES[0],
                required=True,
                format_func=sentence,
                key="label-use",
                help=ImportConfig.model_fields["use"].description,
            )
            config = labels.config(_USES[_USES.index(use or _USES[0])])
            launch_button(
                f"Keep {count(right, 'images')} as a dataset",
                "label-keep",
                lambda nonce: launch(labels.space, "import", config, name=name, nonce=nonce),
                lambda _: st.rerun(),
                filled=not labels.open(labels.names) and not labels.datasets(),
                disabled=not right,
            )
        if 0 < right < _FEW and config.use == _USES[0]:
            st.caption(f"About {rough(config.test)} of them become the test set. Choose *Testing* to test on all.")
        if right:
            same_command("import", config, name)
    live_fragment(lambda: _made(labels), lambda: [job.state for job in labels.datasets() if job.state.live], 1)


def _made(labels: LabelSet) -> None:
    for job in labels.datasets()[:_SHOWN]:
        uses = partial(_ways_on, job) if job.state is State.finished else None
        job_card(job, f"{dataset_words(job)} · {facts(job)}", uses)


def _ways_on(job: Job) -> None:
    for title, icon, key in (
        ("Train on it", ":material/model_training:", "dataset"),
        ("Mix into a run", ":material/merge:", "mix"),
        ("Test a run on it", ":material/checklist:", "test_on"),
    ):
        if st.button(title, key=f"label-{key}-{job.id}", icon=icon):
            st.switch_page("app_pages/train.py", query_params={key: job.id})
    if st.button("Set beside a recipe", key=f"label-beside-{job.id}", icon=":material/compare:"):
        go_beside(job.id, "words")


def _other_reader(space: Workspace, job: Job, readers: Sequence[tuple[str, Bundle]]) -> None:
    """Draw what reads the same images by a reader chosen above that did not, without uploading them again."""
    name, bundle = readers[0]
    if bundle.name == job.config.get("run") or job.state.live:
        return
    source = {key: job.config.get(key) for key in ("path", "encoding")}
    if not source["path"]:
        source = {"transcript": job.id}
    launch_button(
        f"Read all again by {name}",
        "label-again",
        lambda nonce: _read_again(space, job, source, bundle, nonce),
        _show_set,
        filled=False,
        help="The same images, without another upload; what is labelled stays labelled.",
    )


def _read_again(space: Workspace, job: Job, source: dict[str, str | None], bundle: Bundle, nonce: str) -> str:
    """Start to read the same images by another reader; the labels are there at once."""
    id = read_to_label(space, source, job.name, bundle.name, nonce)
    folder = space.folder("transcripts", id)
    said = last_said(folder)
    give_labels(folder, [label for name, label in last_said(job.folder).items() if name not in said])
    return id


def _show_set(id: str) -> None:
    st.session_state[state.LABEL_SET_WANTED] = id
    st.rerun()
