"""From photos without labels to a reader of them: the start of an adaptation, and where each one stands."""

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard.common.deleting import undo_line, with_deleted
from dashboard.common.fields import fields
from dashboard.common.job_pages import compare, open_job, read_with
from dashboard.common.jobs import actions, job_card
from dashboard.common.labelling import go_label
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.source_picker import choose_source
from dashboard.home.first_steps import DONE, LATER, NOW
from dashboard.readings.bundle_field import bundle_field
from engine.adaptation.requests import label_request
from engine.adaptation.stages import TITLES, StageJob, StageName, minutes_left, minutes_of_stages, stage_jobs
from engine.adaptation.summary import adaptation_summary, outcome_words, recipe_words, sure_words
from engine.config.adapting import AdaptConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.errors import ConfigError, JobError
from engine.formatting import count, duration
from engine.jobs import Job, State, launch, list_jobs
from engine.synth.in_language import in_language, word_languages
from engine.synth.saved_recipes import saved_recipes
from engine.workspace import STARTER, Collection, Workspace

_SHOWN = 3  # adaptations
_KEY = "adapt.settings"
_SETTINGS = [
    "content",
    "trials",
    "images",
    "minutes",
    "teach_minutes",
    "tune_minutes",
    "sure",
    "confirmed",
    "judged",
    "seed",
]


class _Step(NamedTuple):
    """Some stages as one step for people: each with the name of what it made."""

    title: str
    stages: Mapping[StageName, str]


_STEPS = (
    _Step(
        "Read your images as a first guess, some of them set aside", {"judge": "Those set aside", "read": "The others"}
    ),
    _Step("Fit the drawing to them", {"fit": "Fit"}),
    _Step("Draw images like them, and learn from these", {"draw": "Dataset", "learn": "Run"}),
    _Step(
        "Learn from the readings it is sure of",
        {"reread": "Readings", "sure": "Dataset", "teach": "Run", "ask": "Read again"},
    ),
    _Step("You confirm or correct what it reads", {}),
    _Step(
        "Learn from that, and judge by the images set aside",
        {"truths": "Dataset", "tune": "Run", "test": "Test set", "before": "Before", "after": "After"},
    ),
)
_DRAWN, _SURE, _ASKED = 2, 3, 4  # steps of which more is told; the last one is yours
_COLLECTIONS: Mapping[Collection, str] = {
    "transcripts": ":material/text_fields:",
    "fits": ":material/tune:",
    "datasets": ":material/grid_view:",
    "runs": ":material/show_chart:",
    "evaluations": ":material/compare_arrows:",
}


def adapt_card(space: Workspace) -> None:
    """Draw the start of an adaptation."""
    with st.expander("A reader of your own photos, without labels", icon=":material/add_a_photo:", key="card-adapt"):
        st.caption(
            "Give 30 to 300 photos, or words cut out of them. A reader learns from images drawn like yours, then "
            "from yours, and asks you about some of its readings. Images set aside say what was gained."
        )
        source = choose_source(space, "adapt", "Photos or words, or a zip file of them")
        if source is None:
            return
        config = None
        with st.expander("Settings"), show_errors():
            config = _config(space, source)
        if config is None:
            return
        name = Path(source.get("path", "")).name
        minutes = sum(minutes_of_stages(config).values())
        asked = count(config.confirmed + config.judged, "readings")
        st.caption(f"About {duration(60 * minutes)} of this machine's time, and {asked} to confirm at most.")
        launch_button(
            "Start",
            "adapt",
            lambda nonce: launch(space, "adapt", config, name=name, nonce=nonce),
            lambda _: st.rerun(),
            filled=False,
        )
        same_command("adapt", config, name)


def _config(space: Workspace, source: Mapping[str, str]) -> AdaptConfig:
    """Draw the settings of an adaptation and return them. Raises ConfigError."""
    start = AdaptConfig.parse(source)
    recipe = _recipe(space, start)
    ends = {
        "start_from": bundle_field(space, start, "start_from", f"{_KEY}.start_from", "Reader to start from"),
        "locator": bundle_field(space, start, "locator", f"{_KEY}.locator", "Locator that finds words in photos"),
    }
    return AdaptConfig.parse({**source, **fields(start, _SETTINGS, _KEY), **ends, "recipe": recipe.plain()})


def _recipe(space: Workspace, start: AdaptConfig) -> Recipe:
    """Draw the choice of the recipe that is fitted, and of its language. Raises ConfigError."""
    saved = {one.id: one for one in saved_recipes(space, Recipe)}
    known = {**PRESETS, **{id: one.recipe for id, one in saved.items() if one.recipe}}
    if st.session_state.get(f"{_KEY}.recipe") not in (None, *known):  # it was deleted meanwhile
        del st.session_state[f"{_KEY}.recipe"]
    chosen = st.selectbox(
        "Recipe",
        list(known),
        index=list(known.values()).index(start.recipe),
        format_func=lambda key: f"{saved[key].name}, saved" if key in saved else key,
        key=f"{_KEY}.recipe",
        help=AdaptConfig.model_fields["recipe"].description,
        persist_state="session",
    )
    names = {each.id: f"{each.label}, needs {each.needs}" if each.needs else each.label for each in word_languages()}
    language = st.selectbox(
        "Language of its texts",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="As the recipe has it",
        key=f"{_KEY}.language",
        help="Puts its words into the language, and the letters of that into random characters and patterns.",
        persist_state="session",
    )
    recipe = known[str(chosen)]
    return in_language(recipe, language) if language else recipe


def adaptations(space: Workspace) -> None:
    """Draw where adaptations stand: all that work or wait for people, and the newest of the others."""
    rows = with_deleted(space, "adaptations", list_jobs(space, "adaptations"))
    newest = {job.id for job, _ in rows[:_SHOWN]}
    for job, deleted in rows:
        if deleted:
            undo_line(space, [job])
        elif job.state.live or job.id in newest:
            with job_card(job, outcome_words(job, "**{}**".format), lambda job=job: _ways_on(space, job)):
                _standing(space, job)


def _ways_on(space: Workspace, job: Job) -> None:
    run = adaptation_summary(job).run if job.state is State.finished else None
    if run and st.button("Read with it", key=f"adapt-use-{job.id}", icon=":material/text_fields:"):
        read_with(run)
    if run and st.button("Compare", key=f"adapt-compare-{job.id}", icon=":material/compare_arrows:"):
        compare(str(job.config.get("start_from", STARTER)), run)
    actions(space, job, f"adapt-{job.id}")


def _standing(space: Workspace, job: Job) -> None:
    """Draw the steps of an adaptation; of a finished one they are folded."""
    if job.state is State.finished:
        with st.expander("What it did", icon=":material/checklist:", key=f"adapt-did-{job.id}"):
            _steps(space, job)
        return
    _steps(space, job)
    if job.state.live:
        _time_left(space, job)


def _steps(space: Workspace, job: Job) -> None:
    known, told = stage_jobs(job.folder), adaptation_summary(job)
    asks = told.asks or {}
    now = _ASKED if asks else _at(known)
    details = {_DRAWN: recipe_words(told), _SURE: sure_words(told)}
    for number, step in enumerate(_STEPS):
        done = job.state is State.finished or number < now
        icon = DONE if done else NOW if number == now else LATER
        detail = f" :gray[· {details[number]}]" if details.get(number) else ""
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{icon} {step.title}{detail}", width="content")
            if number == _ASKED and asks:
                _ask(space, job, asks)
            for stage, noun in step.stages.items():
                if stage in known:
                    _stage_button(job, stage, known[stage], noun)


def _stage_button(job: Job, name: StageName, stage: StageJob, noun: str) -> None:
    icon = _COLLECTIONS.get(stage.collection)
    if not st.button(noun, key=f"adapt-stage-{name}-{job.id}", type="tertiary", icon=icon, help=TITLES[name]):
        return
    if stage.collection == "evaluations":
        compare(str(job.config.get("start_from", STARTER)), stage_jobs(job.folder)["tune"].id)
    else:
        open_job(stage.collection, stage.id)


def _time_left(space: Workspace, job: Job) -> None:
    with contextlib.suppress(JobError, ConfigError):  # a stage was deleted, or other versions had other settings
        left = minutes_left(space, job.folder, AdaptConfig.parse(job.config))
        st.caption(f"About {duration(60 * left)} of work left in all.")


def _at(known: dict[StageName, StageJob]) -> int:
    """Return the number of the step of the last stage that was launched."""
    begun = [number for number, step in enumerate(_STEPS) if any(stage in known for stage in step.stages)]
    return max(begun, default=0)


def _ask(space: Workspace, job: Job, transcripts: Iterable[str]) -> None:
    for transcript in transcripts:
        try:
            asked = label_request(space, job, transcript)
        except JobError as error:
            st.caption(literal(str(error)))
            continue
        label = f"{'Those set aside' if asked.judges else 'The least sure'}: {asked.done} of {asked.wanted}"
        done = asked.done >= asked.wanted
        if st.button(label, key=f"adapt-ask-{transcript}", icon=":material/keyboard:", disabled=done):
            go_label(transcript)
