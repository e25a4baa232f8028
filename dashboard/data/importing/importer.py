"""Images in from outside: choose where they lie, see what would come of them, start.

Whether a source holds words cut out or photos with outlines, its files tell; a switch says otherwise. Where it may
lie is chosen in `source_picker`; the engine decides what may be read.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.caches.datasets import holding, scan, scan_photos
from dashboard.common import state
from dashboard.common.forms import Form, end_form, form_line, keys, open_form
from dashboard.common.labelling import go_label, read_to_label
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.source_picker import choose_source
from dashboard.data.importing.photos import photo_config, photo_look
from dashboard.data.importing.report import import_report, show_refusal
from dashboard.data.importing.words import word_config, word_look
from engine.config.importing import ImportConfig, SourceConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import ImportReport, make_report
from engine.datasets.importing.formats.scenes import CUT_LINES, CUT_OUT
from engine.datasets.scenes.importing.report import SceneReport, make_scene_report
from engine.errors import GlyphlabError
from engine.formatting import count
from engine.jobs import launch
from engine.labels import LONGEST
from engine.sources.locate import open_source
from engine.sources.questions import HOLDS, READ, Remedy
from engine.workspace import Workspace

_HOLDS: dict[str, str] = {
    "words": "Words",
    "scenes": "Photos",
    CUT_OUT.value: "Cut words",
    CUT_LINES.value: "Cut lines",
}
_CUT = (CUT_OUT.value, CUT_LINES.value)


FORM = Form("import", keys("import-way", "import-path", "import-upload", starts=("import.",)))
"""The source and all that is chosen for it."""


def importer(workspace: Workspace, then: Any) -> None:
    """Draw the choice of a source and, once there is one, the report and the button; `then(id)` follows a launch."""
    open_form(workspace, FORM)
    form_line(workspace, FORM)
    left, right = st.columns([1, 2.4], gap="medium")
    source, config, key = None, None, ""
    with left, show_errors():
        source = choose_source(workspace, "import", "A zip file, or images and a list of their labels")
        asked = st.container()  # what stops an import stands above its settings, which a phone shows before the report
        if source:
            key = f"import.{next(iter(source.values()))}"
            config = _config(workspace, source, key)
            _read_instead(workspace, source, config)
    with right:
        if config is not None:
            try:
                refused = _report(workspace, config, key, then)
            except GlyphlabError as error:
                refused = error
            if refused is not None:
                with asked:
                    show_refusal(refused, lambda remedy: _answer(remedy, config, key))
        elif source is None:
            with st.container(border=True, key="card-nothing"):
                st.markdown("**Nothing is imported yet**")
                st.caption(
                    "Choose a source: words cut out, or photos with outlines of their text. You see how "
                    "many can be read, which not and why, and decide."
                )
    if config is not None:
        with left:
            same_command(_kind(config), config)


def _config(workspace: Workspace, source: dict[str, str], key: str) -> ImportConfig | SceneImportConfig:
    """Draw what the source holds and how it is read. Another source resets what is chosen for one."""
    found = holding(workspace, SourceConfig.parse(source))
    holds = st.segmented_control(
        "Import as",
        [kind for kind in _HOLDS if kind not in _CUT or found == "scenes"],
        default=found,
        required=True,
        format_func=_HOLDS.__getitem__,
        key=f"{key}.holds",
        persist_state="session",
        help="Words that are cut out already, to train readers, or photos with outlines of their text, to train "
        "locators. Told by the files; say otherwise where that is wrong. Out of outlined photos, words or whole lines "
        "can be cut, too, to train readers.",
    )
    if holds == "scenes":
        return photo_config(source, f"{key}.photos")
    return word_config(source, key, "cut" if holds == "cut" else "lines" if holds == "lines" else "ask")


def _read_instead(workspace: Workspace, source: dict[str, str], config: ImportConfig | SceneImportConfig) -> None:
    """Draw the way to the labels of images that have none: read by the starter, then corrected, from the same files."""
    asked = st.session_state.pop(state.READ_INSTEAD, False)
    if isinstance(config, SceneImportConfig) or config.scenes != "ask":
        return
    clicked = st.button(
        "No labels? Read them and correct",
        key="import-read",
        icon=":material/keyboard:",
        type="tertiary",
        help="A reader reads these files; you confirm or correct each text by the keyboard, and keep a dataset.",
    )
    if asked or clicked:
        with open_source(workspace, config) as tree:
            title = tree.title
        go_label(read_to_label(workspace, {**source, "encoding": config.encoding}, title))


def _answer(remedy: Remedy, config: ImportConfig | SceneImportConfig, key: str) -> None:
    """Set what an answer to a question changes, where its input finds it when the page runs again."""
    if remedy.setting == READ:
        st.session_state[state.READ_INSTEAD] = True
    elif remedy.setting in (HOLDS, CUT_OUT.setting):
        st.session_state[f"{key}.holds"] = remedy.value
    else:
        inputs = f"{key}.photos" if isinstance(config, SceneImportConfig) else key
        st.session_state[f"{inputs}.{remedy.setting.removeprefix('rules.')}"] = remedy.value


def _report(
    workspace: Workspace, config: ImportConfig | SceneImportConfig, key: str, then: Any
) -> GlyphlabError | None:
    """Draw what would come in, and the button where something would; return what stands against it."""
    top = st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute")
    if isinstance(config, SceneImportConfig):
        scanned = _watched("photos", lambda watch: scan_photos(workspace, config, watch))
        report = make_scene_report(scanned, config)
        import_report(report, photo_look(workspace, config, report), f"{key}.photos")
    else:
        report = make_report(_watched("images", lambda watch: scan(workspace, config, watch)), config)
        import_report(report, word_look(workspace, config, report), key)
    with top:
        st.markdown(f"**{literal(report.title)}** · {literal(report.format_title)}", width="content")
        if report.accepted and report.refused is None:
            name = st.text_input(
                "Name of the dataset",
                report.title.rpartition("/")[2].removesuffix(".zip").strip()[:LONGEST],
                max_chars=LONGEST,
                key=f"{key}.name",
                persist_state="session",
            )
            _start(workspace, config, report, name, then)
    return report.refused


def _watched(noun: str, work: Callable[[Callable[[int, int], None]], Any]) -> Any:
    """Return what work gives, with a bar that says how far it is."""
    bar = st.empty()

    def watch(done: int, total: int) -> None:
        if done % 100 == 0 or (noun == "photos" and done % 5 == 0):
            bar.progress(done / total, text=f"Looking at {count(done)} of {count(total, noun)}")

    with contextlib.ExitStack() as after:
        after.callback(bar.empty)
        return work(watch)


def _start(
    workspace: Workspace,
    config: ImportConfig | SceneImportConfig,
    report: ImportReport | SceneReport,
    name: str,
    then: Any,
) -> None:
    number = round(report.accepted * report.listed / max(report.scanned, 1))
    about = "about " if report.scanned < report.listed else ""
    noun = "photos" if isinstance(report, SceneReport) else "images"

    def start(nonce: str) -> str:
        id = launch(workspace, _kind(config), config, name=name, nonce=nonce)
        end_form(workspace, FORM)
        return id

    launch_button(f"Import {about}{count(number, noun)}", "import", start, then)


def _kind(config: ImportConfig | SceneImportConfig) -> str:
    return "import-scenes" if isinstance(config, SceneImportConfig) else "import"
