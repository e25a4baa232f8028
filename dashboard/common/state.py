"""Session state: its keys, each spelled once, and choices that outlive what they were made among.

A widget whose value only its own module uses keeps its key there. What stands in the session is lost with it: what
must outlive a reload is in the workspace or in the address. A choice is among things on disk, which may have been
deleted since, or is named by the address.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

# Every page
DIALOG = "dialog"
"""The open dialog: its name and what it is about."""
DATA_KIND = "data-kind"
"""The kind of data that pages show, words or photos."""
PAGE = "page"
"""The page that was drawn last."""
ADDRESS = "address"
"""Values that this page wrote into the address since it was opened, by parameter."""
OPEN_DRAFTS = "open-drafts"
"""Open drafts of the session, by their kind and what was chosen to start from."""
SHOWN_DRAFTS = "shown-drafts"
"""Ids of the drafts that this run of the page has shown."""
DELETED = "deleted"
"""Ids of the jobs that were deleted last, which can be restored, by collection."""
DISCARDED = "discarded"
"""The last deletion of each kind of files that are no jobs: uploads, saved recipes."""
CALLBACK_FAULT = "callback-fault"
"""The error of the callback that this run of the page follows."""
SEEN_LIVE = "seen-live"
"""Ids of jobs that this session saw at work: their buttons keep their places when they end."""
DROPPED = "dropped"
"""Files in each zone where images are dropped, by its key."""
FORMS = "open-forms"
"""The forms that this session has opened, by the kind of their drafts."""
FORMS_OF_PAGE = "forms-of-page"
"""Those that this run of the page has opened."""

# Home
EXAMPLE = "home-example"
"""Name of the example image that was clicked last."""

# Data
DATA_TAB = "data-tab"
DATASET_LAUNCHED = "data-launched"
"""Set when a dataset was started: the next run of the page shows the list of datasets."""
TAB_WANTED = "data-make-wanted"
"""Set when another dataset like one is to be made: the next run of the page opens the recipe."""
OPEN_DATASET = "data-open"
"""Id of the dataset that is open; none while the list is shown."""
RECIPE = "data-recipe"
RECIPE_DRAFTS = "recipe-drafts"
"""Drafts of recipes by what was chosen: a preset's name, a saved recipe's id, `yaml`."""
SCENE_RECIPE = "data-scene-recipe"
SCENE_DRAFTS = "scene-drafts"
"""Drafts of recipes of scenes, likewise."""
RECIPE_INPUTS = "recipe-inputs"
"""Values of each recipe's inputs when they were kept last, by kind and choice."""
RECIPE_ERROR = "recipe-fault"
"""The error of saving, deleting or loading a recipe, shown once."""
RECIPE_STYLE = "recipe-look"
"""Number of the look that is edited."""
YAML_TEXT = "yaml-text"
LIST_WANTED = "source-list-wanted"
"""Set while the first word list is to be uploaded, before a source of that kind is added."""
UPLOADS = "uploads-seen"
"""The result of each upload by its id: an asset or an error."""
SHOWN_MOVE = "likeness-shown"
"""The measure whose hint shows samples."""
REAL_WANTED = "likeness-real-wanted"
"""Id of the dataset to be chosen as the real images when they are drawn next beside a recipe."""
LIKENESS_WANTED = "likeness-wanted"
"""The recipe to be chosen beside real images when the page is drawn next, by its kind."""
FIT_RECIPE = "likeness-fit-recipe"
"""The recipe beside the photos, as its shelf calls it."""
FITTED_USED = "likeness-fit-used"
"""The fit whose recipe was taken, and what was chosen before, so that it can be undone."""
PREVIEW_SEED = "data-roll"
PREVIEW_LABELS = "data-labels"
"""Texts of the samples shown last, by which fonts are previewed."""
FOLDED_SETTINGS = "data-folded"
"""Values of the settings under "More about the dataset", which hold while it is folded, by what is made."""
READ_INSTEAD = "import-read-instead"
"""Set when images without labels are to be read instead of imported."""

# Train
TRAIN_READER = "train"
TRAIN_LOCATOR = "locate"
"""Begins of the keys of a new run's form, of each kind."""
RUN_NAME = "train-name"

# Watch
WATCHED_RUNS = "chosen-runs"
PINNED_RUN = "pins-run"
WATCH_SHOWS = "watch-shows"
"""Runs or Sweeps, of which Watch shows one."""
WATCHED_SWEEP = "watched-sweep"

# Read
READ_TAB = "read-tab"
READERS = "read-readers"
PHOTOS_WANTED = "read-photos-wanted"
"""Set while a locator is to be tried, before a photo is there."""
SAMPLE_SEED = "read-seed"
IMAGE_KINDS = "image-kinds"
"""The kind that an image is said to be against its size, a word or a photo, by its digest."""
QUARTER_TURNS = "read-turns"
"""Quarter turns by the digest of an image."""
REMOVED_CORRECTION = "truth-removed"
"""The image that was removed last: its content, digest and text."""
KEPT_BESIDE = "truth-kept-beside"
"""Set when a text that was kept changed something else on the page, which is to be drawn again."""

REMOVED_KEPT_PHOTO = "kept-photo-removed"
"""The photo that was removed last from those kept as scenes."""

CORRECTION_ERRORS = "truth-faults"
"""The error of saving what was typed for an image, by the digest of the image."""

LABEL_SET = "label-set"
"""Id of the transcript whose images are labelled."""
LABEL_SET_WANTED = "label-set-wanted"
"""Id of a transcript that is to be labelled: the next run of the page shows it."""
LABEL_ROWS = "label-rows"
"""The images of the labelling table, by what was chosen for it."""
LABEL_TRAILS = "label-trails"
"""The images that were looked at while labelling, in their order, by transcript; the last is looked at now."""
LABEL_FAULT = "label-fault"
"""The error of the label that was given last."""
LABELLED_TOGETHER = "label-together"
"""The labels that were last given at once, by transcript, which can be undone."""
LABEL_EDITS = "label-edits"
"""The labelling table's key, and the edits that are kept of it: Streamlit reports them again with each new one."""

# Compare
COMPARE_TAB = "compare-tab"
"""The open view of the chosen runs."""
ERRORS_TAB = "Errors"
WORST_PHOTOS_TAB = "Worst photos"
COMPARED_RUNS = "compare-chosen"
RUNS_TICKED_ELSEWHERE = "compare-ticked-elsewhere"
"""Count of choices of runs by something else than the table's ticks, which then begin with that choice."""
COMPARED_ADDRESS = "compare-address"
"""The address that the page itself wrote."""
EVALUATION_NONCE = "compare-nonce"
EVALUATIONS = "compare-started"
"""Ids of the evaluations that were started in this session."""


def correction_text(digest: str) -> str:
    """Return the key of the field for what an image says."""
    return f"truth-{digest}"


def cloned_run(form: str) -> str:
    """Return the key of the run whose settings a form of Train begins with."""
    return f"{form}-cloned"


def train_preset(form: str) -> str:
    """Return the key of the preset of a form of Train."""
    return f"{form}-preset"


def train_dataset(form: str) -> str:
    """Return the key of the dataset of a form of Train."""
    return f"{form}-dataset"


def launch_nonce(button: str) -> str:
    """Return the key of the nonce of a button that starts a job."""
    return f"nonce-{button}"


def choose_compared(runs: Iterable[str]) -> None:
    """Choose the runs that Compare shows, whatever is ticked there."""
    st.session_state[COMPARED_RUNS] = set(runs)
    st.session_state[RUNS_TICKED_ELSEWHERE] = st.session_state.get(RUNS_TICKED_ELSEWHERE, 0) + 1


def asked_for(name: str) -> str | None:
    """Take a parameter from the address: it chooses once, and what the user chooses later holds."""
    value = st.query_params.get(name)
    if value is not None:
        del st.query_params[name]
    return value


def show_value(key: str, value: Any) -> None:
    """Let an input show what is kept, whoever changed it; to be called before the input is drawn.

    What was just typed and could not be kept stays beside its error.
    """
    if key not in st.session_state or (st.session_state[key] != value and CALLBACK_FAULT not in st.session_state):
        st.session_state[key] = value


def choose(key: str, options: Sequence[str], asked: str | None) -> None:
    """Set a single choice before its widget is drawn: to what is asked for, else what was chosen, else the first.

    `options` must not be empty.
    """
    for wanted in (asked, st.session_state.get(key), options[0]):
        if wanted in options:
            st.session_state[key] = wanted
            return


def choose_several(key: str, options: Sequence[str], first: Sequence[str], asked: str | None) -> None:
    """Set a multiple choice likewise; an empty choice stays empty."""
    chosen = [asked] if asked in options else st.session_state.get(key, first)
    st.session_state[key] = [option for option in chosen if option in options]
