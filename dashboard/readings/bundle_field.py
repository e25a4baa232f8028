"""A setting that names a reader or a locator, as the choice of one in a form."""

import streamlit as st

from dashboard.caches.files import bundles, locator_bundles
from dashboard.common.runs import run_views
from dashboard.readings.reader_picker import bundle_title
from engine.config.base import Config
from engine.jobs import list_jobs
from engine.workspace import Workspace


def bundle_field(space: Workspace, config: Config, name: str, key: str, title: str) -> str:
    """Draw a setting that names the run, or starter, of a reader or locator, as the choice of one; return its value."""
    there = locator_bundles(space) if name == "locator" else bundles(space)
    runs, now = run_views(list_jobs(space, "runs")), str(getattr(config, name))
    titles = {now: now} | {one.name: bundle_title(one.name, one.manifest.step, runs) for one in there}
    if st.session_state.get(key) not in (None, *titles):  # that one was deleted meanwhile
        del st.session_state[key]
    chosen = st.selectbox(
        title,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        help=type(config).model_fields[name].description,
        persist_state="session",
    )
    return str(chosen)
