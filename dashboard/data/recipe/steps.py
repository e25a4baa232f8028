"""Steps that are off until they have a share of the images: the share of each, and its settings once it has one."""

from typing import Any

import streamlit as st
from pydantic.fields import FieldInfo

from dashboard.common.fields import fields
from dashboard.common.sliders import slider
from engine.config.postprocess import Step, Steps
from engine.formatting import sentence


def step_list(steps: Steps, values: dict[str, Any], key: str) -> dict[str, Any]:
    """Draw all steps of a list and return their values.

    Args:
        steps: the values at which the inputs start.
        values: plain values as of the last look.
        key: begins the keys of the inputs.
    """
    return {
        name: values[name] | step(name, info, getattr(steps, name), f"{key}.{name}")
        for name, info in type(steps).model_fields.items()
    }


def step(name: str, info: FieldInfo, start: Step, key: str) -> dict[str, Any]:
    """Draw one step and return its values; what has no input while its share is 0 keeps its value."""
    share = slider(
        sentence(name), float(start.share), (0.0, 1.0), 0.05, key=f"{key}.share", help=info.description, share=True
    )
    values: dict[str, Any] = {"share": share}
    if share:
        with st.container(border=True, key=f"card-{key}"):
            values |= fields(start, [name for name in type(start).model_fields if name != "share"], key)
    return values
