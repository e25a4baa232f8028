"""Labelled photos in from outside: how their source is read and judged, and their outlines before they come in."""

from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from dashboard.caches.datasets import source_photo
from dashboard.common.fields import fields
from dashboard.common.images import jpeg_url
from dashboard.common.regions import dashed, legend, region_view_choice, usual_level, with_regions
from dashboard.data.importing.report import ReportLook, format_choice, split_words
from engine.config.scene_importing import SceneImportConfig
from engine.config.scene_rules import SceneRules
from engine.datasets.importing import Example
from engine.datasets.scenes.importing.formats import SCENE_FORMATS
from engine.datasets.scenes.importing.report import SceneReport
from engine.datasets.scenes.importing.validate import SceneResult
from engine.formatting import count
from engine.regions.region import at_level
from engine.workspace import Workspace

_ROOM = 260  # px across that an example may take; drawn at twice that
_WRONG = (239, 68, 68)


def photo_config(source: dict[str, str], key: str) -> SceneImportConfig:
    """Draw how a source of photos is read; the rules are drawn by the report, where they matter."""
    defaults = SceneImportConfig.parse(source)
    titles: dict[str, str] = {name: format.title for name, format in SCENE_FORMATS.items()}
    format = format_choice(SceneImportConfig, titles, key)
    values: dict[str, Any] = {"format": format, **fields(defaults, ["first", "use"], key)}
    with st.expander("Splits"):
        values |= fields(defaults, ["splits", "validation", "test"], key)
    with st.expander("How files are read"):
        values |= fields(defaults, ["level", "text_field", "boxes", "line_text", "encoding", "resolution"], key)
    rules = {rule: st.session_state.get(f"{key}.{rule}", value) for rule, value in SceneRules().plain().items()}
    return SceneImportConfig.parse(source | values | {"rules": rules})


def photo_look(workspace: Workspace, config: SceneImportConfig, report: SceneReport) -> ReportLook:
    """Draw the choice of a view, and return how a report on photos is drawn in it."""
    regions = [region for example in report.examples if example.item for region in example.item.regions]
    with st.container(horizontal=True, vertical_alignment="center"):
        view = region_view_choice("import-view")
        st.caption(legend(regions, view), width="content")

    def draw(example: Example[SceneResult], reason: str) -> None:
        result = example.item
        if result is None:
            return
        photo = source_photo(workspace, config, result.scanned.scene, 2 * _ROOM)
        scale = photo.width / max(result.scanned.look.width, 1)
        own = at_level(result.regions, usual_level(region.level for region in result.regions))
        drawn = _with_faults(with_regions(photo, own, view, scale), result, reason, scale)
        st.image(jpeg_url(drawn), alt=f"{example.name}, {count(len(own), 'regions')}", width=photo.width // 2)

    return ReportLook("photos", _facts(report), _ROOM, draw)


def _with_faults(photo: Image.Image, result: SceneResult, reason: str, scale: float) -> Image.Image:
    """Return a photo with the outlines that have this fault as they are listed, red and dashed."""
    faulty = [finding.corners for finding in result.findings if finding.reason == reason and len(finding.corners) > 1]
    if not faulty:
        return photo
    pixels, most = np.array(photo), 4.0 * max(photo.size)
    for corners in faulty:
        dashed(pixels, np.clip(corners * np.float32(scale), -most, most), _WRONG, 2)
    return Image.fromarray(pixels)


def _facts(report: SceneReport) -> str:
    parts = [split_words(report), count(report.regions, "regions")]
    if report.ignored:
        parts.append(f"{count(report.ignored)} of them do not count")
    parts += [f"{count(number)} {level}s" for level, number in report.levels.items() if len(report.levels) > 1]
    return " · ".join(parts)
