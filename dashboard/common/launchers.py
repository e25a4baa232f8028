"""Choice of a launcher: this machine, or one of the clusters that the workspace sets up."""

from typing import Any

import streamlit as st

from dashboard.common.fields import field
from dashboard.common.page import show_error
from engine.config.base import Config
from engine.config.launchers import LOCAL
from engine.errors import ConfigError
from engine.jobs.launchers import LABELS, available_launchers
from engine.workspace import Workspace


def launcher_fields(space: Workspace, config: Config, key: str) -> dict[str, Any]:
    """Draw the choice of where a job runs, and of the GPUs that a cluster is asked for; return the settings.

    Nothing is drawn where there is this machine only.
    """
    try:
        there = available_launchers(space)
    except ConfigError as error:
        show_error(error)
        return {}
    if len(there) < 2:
        return {}
    chosen = st.selectbox(
        "Where it runs",
        there,
        format_func=LABELS.__getitem__,
        key=f"{key}.launcher",
        persist_state="session",
        help=type(config).model_fields["launcher"].description,
    )
    asks = chosen != LOCAL and "gpus" in type(config).model_fields
    return {"launcher": chosen} | ({"gpus": field(config, "gpus", key), "device": "auto"} if asks else {})
