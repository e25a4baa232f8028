"""The chips that choose a reader: the starter, and any run that has exported one, also while it still trains."""

from collections.abc import Mapping

import streamlit as st

from dashboard.colours import dot
from dashboard.components.choices import asked_for, choose
from dashboard.components.errors import shown_errors
from dashboard.components.readings import reading_card
from dashboard.loaders import image, readings
from dashboard.words import count, literal
from engine.errors import ImageError
from engine.jobs import Job
from engine.reading.bundle import Bundle

STARTER = "starter"


def reader_chips(bundles: list[Bundle], runs: list[Job], colours: Mapping[str, str], key: str) -> Bundle | None:
    """Draw one chip a bundle and return the chosen one; None when there is none at all."""
    if not bundles:
        return None
    names = {run.id: run.name for run in runs}
    by_name = {bundle.name: bundle for bundle in bundles}
    labels = {name: _label(bundle, names, colours) for name, bundle in by_name.items()}
    choose(key, list(by_name), asked_for("run"))
    chosen = st.pills(
        "Reader", list(by_name), required=True, format_func=labels.__getitem__, key=key, persist_state="session"
    )
    return by_name[str(chosen)]


def read_all(bundle: Bundle, files: list[tuple[str, bytes]], key: str, columns: int = 2) -> None:
    """Read images with a bundle and draw a card for each, or why one cannot be read, in the order given."""
    good = []
    for name, content in files:
        try:
            good.append((name, image(content)))
        except ImageError as error:
            st.error(f"**{literal(name)}** · {literal(str(error))}", icon=":material/broken_image:")
    with shown_errors():
        found = readings(bundle, [picture for _, picture in good])
        grid = st.grid(columns, min_column_width=320)
        for index, ((name, picture), reading) in enumerate(zip(good, found, strict=True)):
            with grid.cell():
                reading_card(name, picture, reading, f"{key}-{index}")


def _label(bundle: Bundle, names: Mapping[str, str], colours: Mapping[str, str]) -> str:
    if bundle.name == STARTER:
        return "starter"
    name = literal(names.get(bundle.name, bundle.name[-6:]))
    return f"{dot(colours.get(bundle.name, 'gray'))} {name} · step {count(bundle.manifest.step)}"
