"""Images in from outside: choose where they lie, see what would come of them, start.

Where they may lie is chosen in `places`; the engine decides what may be read.
"""

import contextlib
from typing import Any

import streamlit as st

from dashboard.caches.datasets import scan
from dashboard.common.fields import fields, folded_names, group
from dashboard.common.launch import launch_button, same_command
from dashboard.common.markdown import literal
from dashboard.common.page import show_errors
from dashboard.common.source_picker import choose_source
from dashboard.data.importing.report import RULES, import_report
from engine.config.importing import ImportConfig, Rules
from engine.datasets.importing import FORMATS, make_report
from engine.formatting import count
from engine.jobs import launch
from engine.workspace import Workspace


def importer(workspace: Workspace, then: Any) -> None:
    """Draw the choice of a source and, once there is one, the report and the button; `then(id)` follows a launch."""
    left, right = st.columns([1, 2.4], gap="medium")
    source = None
    with left, show_errors():
        source = choose_source(workspace, "import", "Zip file of images and labels")
    if source is None:
        with right, st.container(border=True, key="card-nothing"):
            st.markdown("**Nothing is imported yet**")
            st.caption(
                "Choose a source at the left. You see how many images can be read, which not and why, and decide."
            )
        return
    with left:
        config = _config(source)
    with right, show_errors():
        found = _scan(workspace, config)
        top = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
        made = make_report(found, config)
        import_report(workspace, config, made, _key(source))
        with top:
            st.markdown(f"**{literal(made.title)}** · {literal(made.format_title)}", width="content")
            if made.accepted:
                images = round(made.accepted * made.listed / max(made.scanned, 1))
                _start(workspace, config, made.title, images, then)
    with left:
        same_command("import", config)


def _config(source: dict[str, str]) -> ImportConfig:
    """Draw how the source is read and judged; the rules that the report offers are drawn there."""
    defaults, key = ImportConfig.parse(source), _key(source)
    titles = {"auto": "told by the files", **{name: format.title for name, format in FORMATS.items()}}
    format = st.selectbox(
        "Labels are in",
        list(titles),
        format_func=titles.__getitem__,
        key=f"{key}.format",
        persist_state="session",
        help=ImportConfig.model_fields["format"].description,
    )
    values: dict[str, Any] = {"format": format}
    if format == "names":
        values |= fields(defaults, ["name_part"], key)
    with st.expander("Rules for labels"):
        rules = fields(Rules(), ["charset", "max_length", "case", *folded_names(Rules)], f"{key}.rules")
    with st.expander("Splits"):
        values |= fields(defaults, ["splits", "validation", "test"], key)
    with st.expander("How files are read"):
        values |= fields(defaults, ["encoding"], key) | {"table": group(defaults.table, f"{key}.table")}
    chosen = {rule: st.session_state.get(f"{key}.{rule}", getattr(Rules(), rule)) for rule in RULES}
    return ImportConfig.parse(source | values | {"rules": rules | chosen})


def _key(source: dict[str, str]) -> str:
    """Return the key of what is chosen for one source, so that another source resets it."""
    return f"import.{next(iter(source.values()))}"


def _scan(workspace: Workspace, config: ImportConfig) -> Any:
    bar = st.empty()

    def watch(done: int, total: int) -> None:
        if done % 100 == 0:
            bar.progress(done / total, text=f"Looking at {count(done)} of {count(total, 'images')}")

    with contextlib.ExitStack() as after:
        after.callback(bar.empty)
        return scan(workspace, config, watch)


def _start(workspace: Workspace, config: ImportConfig, title: str, images: int, then: Any) -> None:
    about = "" if images < 5000 else "about "
    launch_button(
        f"Import {about}{count(images, 'images')}",
        "import",
        lambda nonce: launch(workspace, "import", config, name=title.rpartition("/")[2].strip()[:80], nonce=nonce),
        then,
    )
