"""The report before an import: how much comes in, and for each problem why, examples, and the rule that decides.

A changed rule is applied at once; no image is opened again but the examples shown. Words and photos share all of it but
the facts and the drawing of an example.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.common.callbacks import guarded
from dashboard.common.markdown import literal
from dashboard.common.page import show_error
from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import Example, ImportReport, Problem
from engine.datasets.scenes.importing.report import SceneReport
from engine.errors import GlyphlabError
from engine.formatting import count
from engine.labels import visible
from engine.sources.questions import ImportQuestion, Remedy
from glyphlab_read.formatting import cut

_PER_CHARACTER = 4  # px of room: a label of more characters is cut in its middle


@dataclass(frozen=True)
class ReportLook:
    """Differences between reports on words and on photos.

    Attributes:
        noun: what comes in, in the plural.
        facts: Markdown that says more of what comes in.
        room: px across that an example may take.
        draw: draws the picture of an example that has one; its second argument is the reason, empty for accepted ones.
    """

    noun: str
    facts: str
    room: int
    draw: Callable[[Example[Any], str], None]


def format_choice(config: type[ImportConfig | SceneImportConfig], formats: Mapping[str, str], key: str) -> str:
    """Draw the choice of the format that labels are in, by its title, and return its name, or auto."""
    titles = {"auto": "found by itself", **formats}
    return st.selectbox(
        "Labels are in",
        list(titles),
        format_func=titles.__getitem__,
        key=f"{key}.format",
        persist_state="session",
        help=config.model_fields["format"].description,
    )


def show_refusal(refused: GlyphlabError, answer: Callable[[Remedy], None]) -> None:
    """Draw why nothing comes in as it is, and a button for each answer that there is."""
    if not isinstance(refused, ImportQuestion):
        show_error(refused)
        return
    with st.container(border=True, key="card-refused", gap="xsmall"):
        st.markdown(f":orange[:material/help:] {literal(refused.reason)}")
        for number, remedy in enumerate(refused.remedies):
            title = literal(remedy.title[:1].upper() + remedy.title[1:])
            st.button(title, key=f"remedy-{number}", on_click=guarded(answer), args=(remedy,), width="stretch")


def import_report(report: ImportReport | SceneReport, look: ReportLook, key: str) -> None:
    """Draw the report; the choices of rules are kept in the session under `<key>.<rule>`."""
    st.markdown(_summary(report, look.noun))
    st.caption(look.facts)
    for problem in report.problems:
        with st.container(border=True, key=f"card-problem-{problem.reason}", gap="xsmall"):
            _problem(problem, look, key)
    if report.examples:
        with st.container(border=True, key="card-accepted", gap="xsmall"):
            st.markdown(":green[:material/check:] **Will be imported as**")
            _examples(report.examples, look, "")


def split_words(report: ImportReport | SceneReport) -> str:
    """Say how many come into each split."""
    return ", ".join(f"{count(number)} {split}" for split, number in report.counts.items())


def _summary(report: ImportReport | SceneReport, noun: str) -> str:
    left_out = report.scanned - report.accepted
    words = f"{count(report.accepted)} of {count(report.scanned, noun)} come in"
    if report.scanned < report.listed:
        words += f" (looked at {count(report.scanned)} of {count(report.listed)}, evenly)"
    icon = ":green[:material/check:]" if report.accepted and not left_out else ":orange[:material/warning:]"
    return f"{icon} **{words}**"


def _problem(problem: Problem[Any], look: ReportLook, key: str) -> None:
    st.markdown(f":orange[:material/warning:] **{count(problem.count)} {problem.title}**")
    if problem.rule:
        st.segmented_control(
            "Rule",
            list(problem.choices),
            format_func=problem.choices.__getitem__,
            default=problem.choice,
            required=True,
            key=f"{key}.{problem.rule}",
            label_visibility="collapsed",
            persist_state="session",
        )
    else:
        st.caption("It is left out." if problem.count == 1 else "They are left out.")
    _examples(problem.examples, look, problem.reason)


def _examples(examples: tuple[Example[Any], ...], look: ReportLook, reason: str) -> None:
    grid = st.grid(min_column_width=look.room + 20)
    for example in examples:
        with grid.cell(), st.container(gap="xxsmall"):
            _example(example, look, reason)


def _example(example: Example[Any], look: ReportLook, reason: str) -> None:
    if example.item is not None:
        try:
            look.draw(example, reason)
        except GlyphlabError:
            st.markdown(":gray[:material/broken_image:]")
    if example.label:
        st.markdown(literal(cut(example.label, max(40, look.room // _PER_CHARACTER))))
    words = [cut(visible(example.name), 40), cut(visible(example.detail), 120)]
    st.caption(" · ".join(literal(word) for word in words if word))
