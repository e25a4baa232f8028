"""Checks before a run starts: its data, the shapes of its tensors, and the queue of its device."""

import contextlib

import streamlit as st

from dashboard.caches.datasets import opened, right_to_left, training_needs
from dashboard.common.callbacks import guarded
from dashboard.common.jobs import dataset_words
from dashboard.common.markdown import literal
from dashboard.train.run_kinds import RunKind
from dashboard.train.starting_from import shape_words
from engine.config.launchers import LOCAL
from engine.config.locator import MAPS, MASK_SIDE, STRIDES
from engine.config.reader import LONGEST_TEXT
from engine.config.run import RunConfig
from engine.config.train import TrainConfig, TrainLocatorConfig
from engine.datasets.fit import reader_fit
from engine.errors import BundleError, DatasetError, JobError
from engine.evaluation.starters import parent_network
from engine.formatting import count, duration
from engine.jobs import KINDS, Job, State, list_jobs, overlap
from engine.jobs.launchers import LABELS
from engine.jobs.summaries import can_draw_more, dataset_summary, word_datasets
from engine.workspace import Workspace
from glyphlab_read.formatting import cut

_SIZES = {"max_length": ("up to", "characters"), "height": ("height", "px"), "max_width": ("max width", "px")}
_LONGEST = 30  # characters of a run's name on the button; the checks below it have it whole
_WAIT = ":orange[:material/hourglass_empty:]"


def checks(workspace: Workspace, kind: RunKind, config: RunConfig, dataset: Job, key: str) -> bool:
    """Draw the checks; return whether the run may start. `key` begins the keys of the inputs, which a button sets."""
    st.markdown("**Before you start**")
    lines = [f":material/image: {literal(dataset.name)}: {dataset_words(dataset)}"]
    if dataset.state.live:
        lines.append(f"{_WAIT} The dataset is {dataset.state.words}; the run waits for it")
    faults = [f"What it starts from is of another shape: {told}."] if (told := _shape(workspace, kind, config)) else []
    faults += _no_images(workspace, config)
    if config.fresh == "on" and not can_draw_more(dataset):
        faults.append("This dataset was not drawn by a recipe, so nothing new can be drawn. Turn Fresh off.")
    remedy: dict[str, int] = {}
    if isinstance(config, TrainConfig):
        longest, writes = dataset_summary(dataset).max_length, config.reader.max_length
        if longest and longest > writes and config.unfit == "skip":
            lines.append(
                f":orange[:material/warning:] Texts are up to {count(longest)} long: those of more than "
                f"{count(writes, 'characters')} are left out"
            )
        elif longest and longest > writes:
            faults.append(f"Texts are up to {count(longest)} long. {_too_long(longest)}")
        elif longest:
            lines.append(
                f":green[:material/check:] Longest text {count(longest)}, the reader writes up to {count(writes)}"
            )
        lines += [f":orange[:material/warning:] {literal(told)}" for told in _warnings(workspace, config)]
        narrow, remedy = _fits(workspace, config)
        lines += narrow
    lines += [f":red[:material/error: {fault}]" for fault in faults]
    lines += [f":material/view_in_ar: {_shapes(config, dataset)}", f":material/timer: {_time(config)}"]
    lines += [
        f"{_WAIT} Waits for run {literal(run.name)} on {_device(run.device)}"
        for run in waiting_for(workspace, kind, config)[:1]
    ]
    st.markdown("  \n".join(lines))
    if remedy:
        _fit_button(kind, remedy, key)
    return not faults


def _too_long(longest: int) -> str:
    """Return what mends a longest text of so many characters."""
    if longest <= LONGEST_TEXT:
        return "Raise Max length to that."
    return (
        f"No reader writes more than {count(LONGEST_TEXT, 'characters')}: set Unfit to skip, under More about "
        "learning, to leave longer ones out."
    )


def _fits(workspace: Workspace, config: TrainConfig) -> tuple[list[str], dict[str, int]]:
    """Return how many images and texts of each dataset the reader is too narrow for, and the settings that mend it."""
    told: list[str] = []
    remedy: dict[str, int] = {}
    datasets = [job for job in word_datasets(workspace) if job.id in config.learned and job.state is State.finished]
    for job in datasets:
        with contextlib.suppress(DatasetError):  # a damaged one is told by the run
            fit = reader_fit(training_needs(opened(job.folder)), config.reader)
            icon = ":orange[:material/warning:]" if fit.severe else ":material/width:"
            named = f"{literal(job.name)}: " if len(datasets) > 1 else ""
            told += [f"{icon} {named}{sentence}" for sentence in fit.sentences(config.reader)]
            remedy |= {name: max(value, remedy.get(name, 0)) for name, value in fit.remedy.items()}
    return told, remedy


def _fit_button(kind: RunKind, remedy: dict[str, int], key: str) -> None:
    """Draw the button that gives the reader the sizes that these images and texts need."""

    @guarded
    def take() -> None:
        for name, value in remedy.items():
            st.session_state[f"{key}.{kind.network}.{name}"] = value

    parts = [f"{_SIZES[name][0]} {count(value)} {_SIZES[name][1]}" for name, value in remedy.items()]
    st.button(
        f"Fit the reader: {', '.join(parts)}",
        key="fit-reader",
        icon=":material/fit_width:",
        on_click=take,
        help="Sets these sizes, which nearly all of the images and texts need. Wider ones take longer per step.",
    )


def _no_images(workspace: Workspace, config: RunConfig) -> list[str]:
    """Return what a run needs of its datasets that they do not hold: images to learn from, and to validate on."""
    needed = {"train": config.dataset, "validation": config.validate_on or config.dataset}
    datasets = {job.id: job for job in list_jobs(workspace, "datasets") if job.id in needed.values()}
    faults = []
    for split, id in needed.items():
        counts = dataset_summary(datasets[id]).counts if id in datasets else None
        if counts and not counts.get(split):
            word = "training" if split == "train" else split
            faults.append(
                f"{literal(datasets[id].name)} has no {word} images. Make or import it again with a share of them"
                + (", or choose another under Validate on." if split == "validation" else ".")
            )
    return faults


def _shape(workspace: Workspace, kind: RunKind, config: RunConfig) -> str:
    """Return in which settings the network differs from that of what the run starts from; empty where in none."""
    if not config.start_from:
        return ""
    try:
        theirs = parent_network(workspace, kind.config, config.start_from)
    except (BundleError, JobError):  # told beside the network
        return ""
    return shape_words(theirs, getattr(config, kind.network).plain())


def _warnings(workspace: Workspace, config: TrainConfig) -> list[str]:
    """Return what stands against the reader's decoder, by the labels that it would learn from."""
    if config.reader.decoder != "ctc":
        return []
    jobs = [job for job in word_datasets(workspace) if job.id in config.learned and job.state is State.finished]
    told = []
    for job in jobs:
        with contextlib.suppress(DatasetError):  # a damaged one is told by the run
            if words := right_to_left(opened(job.folder)):
                told.append(f"{job.name}: {words}" if len(jobs) > 1 else words)
    return told


def start_label(workspace: Workspace, kind: RunKind, config: RunConfig, runs: int = 1) -> str:
    """Return the label of the start button: start at once, or queue and behind which run; of several how many."""
    ahead = waiting_for(workspace, kind, config)
    if runs != 1:
        return f"Start {count(runs, 'runs')}" if runs else "Start the sweep"
    where = _device(KINDS[kind.job].device(config)) if config.launcher == LOCAL else LABELS[config.launcher]
    return f"Queue behind {literal(cut(ahead[-1].name, _LONGEST))}" if ahead else f"Start on {where}"


def waiting_for(workspace: Workspace, kind: RunKind, config: RunConfig) -> list[Job]:
    """Return the live runs that have or wait for the same device, oldest first; trials give way to runs."""
    device = KINDS[kind.job].device_here(workspace, config)
    return [job for job in reversed(list_jobs(workspace, "runs")) if job.state.live and overlap(job.device, device)]


def _device(id: str | None) -> str:
    return (id or "").replace("gpu:", "GPU ").replace(",", " and ").replace("cpu", "CPU")


def _shapes(config: RunConfig, dataset: Job) -> str:
    """Return what becomes of an image in the network, from its pixels to what comes out."""
    match config:
        case TrainConfig():
            reader, characters = config.reader, dataset_summary(dataset).charset_size
            classes = f" × {count(characters + 1, 'classes')}" if characters else ""
            seen, steps = f"{reader.height} × {reader.max_width} px", count(reader.time_steps, "time steps")
            return f"{seen} → {reader.encoder} → {steps} → {reader.decoder}{classes}"
        case TrainLocatorConfig():
            network = config.locator.network
            stride, maps = STRIDES[network], ", ".join(MAPS[network])
            if network == "pyramid":
                return (
                    f"Pieces of {config.crop} × {config.crop} px → {network} → {maps} for each {stride} × {stride} px"
                )
            cells = MASK_SIDE // stride
            return f"Whole photos at {MASK_SIDE} × {MASK_SIDE} px → {network} → {maps}, {cells} × {cells} cells"
        case _:
            return ""


def _time(config: RunConfig) -> str:
    if config.minutes is not None:
        return f"At most {duration(60 * config.minutes)} of work"
    return f"{count(config.epochs, 'epochs')}; a trial tells how long they take"
