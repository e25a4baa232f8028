"""Choice of where a job runs: this machine and its device, or one of the clusters that the workspace sets up."""

from typing import Any

import streamlit as st

from dashboard.common.fields import field
from dashboard.common.page import show_error
from engine.config.base import Config
from engine.config.launchers import LOCAL, LauncherName
from engine.errors import ConfigError
from engine.jobs import available_devices, joint_devices
from engine.jobs.launchers import LABELS, available_launchers
from engine.workspace import Workspace


def launcher_fields(space: Workspace, config: Config, key: str) -> dict[str, Any]:
    """Draw the choice of where a job runs, and of the GPUs or the device there; return the settings.

    The choice starts at the config's; where that is not set up, this machine stands for it, and the page says so.
    There is none where there is this machine only, and no device where the config asks for none.
    """
    settings = type(config).model_fields
    values: dict[str, Any] = {"launcher": _launcher(space, config, key)}
    if values["launcher"] != LOCAL:
        return values | ({"gpus": field(config, "gpus", key), "device": "auto"} if "gpus" in settings else {})
    return values | ({"device": _device(config, key)} if "device" in settings else {})


def _launcher(space: Workspace, config: Any, key: str) -> LauncherName:
    wanted: LauncherName = config.launcher
    there: list[LauncherName] = [LOCAL]
    try:
        there = available_launchers(space)
    except ConfigError as error:
        show_error(error)
    if wanted not in there:
        st.markdown(
            f":orange[:material/warning:] {LABELS[wanted]}, as in these settings, is not set up here: this machine is "
            f"chosen instead. docs/{wanted}.md says how to set it up."
        )
    if len(there) < 2:
        return LOCAL
    return st.selectbox(
        "Where it runs",
        there,
        index=there.index(wanted) if wanted in there else 0,
        format_func=LABELS.__getitem__,
        key=f"{key}.launcher",
        persist_state="session",
        help=type(config).model_fields["launcher"].description,
    )


def _device(config: Any, key: str) -> str:
    devices = {"auto": "auto", **{device.id: device.label for device in [*available_devices(), *joint_devices()]}}
    if config.device not in devices:
        st.markdown(
            f":orange[:material/warning:] {config.device}, as in these settings, is not on this machine: auto is "
            "chosen instead."
        )
    return st.selectbox(
        "Device",
        list(devices),
        index=list(devices).index(config.device) if config.device in devices else 0,
        format_func=devices.__getitem__,
        key=f"{key}.device",
        persist_state="session",
        help=type(config).model_fields["device"].description,
    )
