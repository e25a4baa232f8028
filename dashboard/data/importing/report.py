"""The report before an import: how many images come in, and for each problem why, examples, and the rule that decides.

A changed rule is applied at once; no image is opened again but the examples shown.
"""

import streamlit as st

from dashboard.common.images import picture
from dashboard.common.markdown import literal
from engine.charset import RARE_COUNT
from engine.config.importing import ImportConfig
from engine.datasets.importing import Example, ImportReport, Item, Problem, load_image
from engine.errors import GlyphlabError
from engine.formatting import count, cut
from engine.labels import visible
from engine.workspace import Workspace

RULES = ("outside", "too_long", "repeated", "contradicting")
_ROOM, _HIGH = 180, 96  # px that an example may take


def import_report(workspace: Workspace, config: ImportConfig, report: ImportReport, key: str) -> None:
    """Draw the report; the choices of rules are kept in the session under `<key>.<rule>`."""
    st.markdown(_summary(report))
    st.caption(_facts(report))
    for problem in report.problems:
        with st.container(border=True, key=f"card-problem-{problem.reason}", gap="xsmall"):
            _problem(workspace, config, problem, key)
    if report.examples:
        with st.container(border=True, key="card-accepted", gap="xsmall"):
            st.markdown(":green[:material/check:] **Come in as**")
            _examples(workspace, config, report.examples)


def _summary(report: ImportReport) -> str:
    left_out = report.scanned - report.accepted
    words = f"{count(report.accepted)} of {count(report.scanned, 'images')} come in"
    if report.scanned < report.listed:
        words += f" (looked at {count(report.scanned)} of {count(report.listed)}, evenly)"
    icon = ":green[:material/check:]" if report.accepted and not left_out else ":orange[:material/warning:]"
    return f"{icon} **{words}**"


def _facts(report: ImportReport) -> str:
    splits = ", ".join(f"{count(number)} {split}" for split, number in report.counts.items())
    parts = [splits, count(len(report.characters), "different characters")]
    if report.rare:
        parts.append(f"{count(len(report.rare))} of them seen fewer than {RARE_COUNT} times")
    parts.append(f"texts up to {count(report.max_length)} long")
    if report.leaks:
        parts.append(f":orange[{count(report.leaks, 'texts')} on both sides of a split]")
    return " · ".join(parts)


def _problem(workspace: Workspace, config: ImportConfig, problem: Problem[Item], key: str) -> None:
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
    _examples(workspace, config, problem.examples)


def _examples(workspace: Workspace, config: ImportConfig, examples: tuple[Example[Item], ...]) -> None:
    grid = st.grid(min_column_width=_ROOM + 20)
    for example in examples:
        with grid.cell(), st.container(gap="xxsmall"):
            _example(workspace, config, example)


def _example(workspace: Workspace, config: ImportConfig, example: Example[Item]) -> None:
    if example.item is not None:
        try:
            picture(
                load_image(workspace, config, example.item),
                f"{example.name}: {example.label}",
                room=_ROOM,
                tall=40,
                most=_HIGH,
            )
        except GlyphlabError:
            st.markdown(":gray[:material/broken_image:]")
    if example.label:
        st.markdown(literal(cut(example.label, 40)))
    words = [cut(visible(example.name), 40), cut(visible(example.detail), 120)]
    st.caption(" · ".join(literal(word) for word in words if word))
