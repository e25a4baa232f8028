"""Words in from outside: how their source is read and judged, and what the report says of them."""

from typing import Any

import streamlit as st

from dashboard.common.fields import fields, folded_names, group
from dashboard.common.images import picture
from dashboard.data.importing.report import ReportLook, format_choice, split_words
from engine.config.importing import ImportConfig, Rules, Scenes
from engine.config.scene_rules import SceneRules
from engine.datasets.importing import FORMATS, Example, ImportReport, Item, load_image
from engine.datasets.statistics import RARE_COUNT
from engine.formatting import count
from engine.workspace import Workspace

# Those that the report offers.
_RULES = (
    "illegible",
    "entities",
    "outside",
    "too_long",
    "repeated",
    "contradicting",
    "unused",
    "alike",
    "upright",
    "columns",
)
_ROOM, _LINE_ROOM, _HIGH = 180, 420, 96  # px that an example may take: a word and a line across, and both down


def word_config(source: dict[str, str], key: str, scenes: Scenes) -> ImportConfig:
    """Draw how a source of words is read and judged; the rules that the report offers are drawn there.

    Args:
        source: where they lie, as settings.
        key: begin of the keys of the inputs.
        scenes: what is to be cut out of photos, if anything.
    """
    defaults = ImportConfig.parse(source)
    values: dict[str, Any] = {"scenes": scenes} if scenes != "ask" else _format(defaults, key)
    values |= fields(defaults, ["use"], key)
    with st.expander("Rules for labels"):
        rules = fields(Rules(), ["charset", "max_length", "case", *folded_names(Rules)], f"{key}.rules")
    with st.expander("Splits"):
        values |= fields(defaults, ["splits", "validation", "test"], key)
    with st.expander("How files are read"):
        values |= fields(defaults, ["encoding"], key)
        if scenes != "ask":
            values |= fields(defaults, ["text_field", "boxes", "line_text"], key)
        else:
            values |= fields(defaults, ["lists"], key) | {"table": group(defaults.table, f"{key}.table")}
    chosen = {rule: st.session_state.get(f"{key}.{rule}", getattr(Rules(), rule)) for rule in _RULES}
    outlines = {
        rule: st.session_state.get(f"{key}.outlines.{rule}", value) for rule, value in SceneRules().plain().items()
    }
    return ImportConfig.parse(source | values | {"rules": rules | chosen | {"outlines": outlines}})


def _format(defaults: ImportConfig, key: str) -> dict[str, Any]:
    titles: dict[str, str] = {name: format.title for name, format in FORMATS.items()}
    format = format_choice(ImportConfig, titles, key)
    parts = format == "names" or f"{key}.name_part" in st.session_state  # as an answer to a question sets it
    return {"format": format} | (fields(defaults, ["name_part"], key) if parts else {})


def word_look(workspace: Workspace, config: ImportConfig, report: ImportReport) -> ReportLook:
    """Return how a report on words is drawn."""
    room = _LINE_ROOM if config.scenes == "lines" else _ROOM

    def draw(example: Example[Item], reason: str) -> None:
        if example.item is not None:
            image = load_image(workspace, config, example.item)
            picture(image, f"{example.name}: {example.label}", room=room, tall=40, most=_HIGH)

    return ReportLook("images", _facts(report), room, draw)


def _facts(report: ImportReport) -> str:
    parts = [split_words(report), count(len(report.characters), "different characters")]
    if report.rare:
        parts.append(f"{count(len(report.rare))} of them seen fewer than {RARE_COUNT} times")
    parts.append(f"texts up to {count(report.max_length)} long")
    if report.leaks:
        parts.append(f":orange[{count(report.leaks, 'texts')} on both sides of a split]")
    return " · ".join(parts)
