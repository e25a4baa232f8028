"""Recall of locators by the height and the angle of text, and what their scores hold under."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.markdown import literal
from dashboard.compare.charts import accuracy_groups
from dashboard.compare.comparison import Comparison
from dashboard.compare.location_pairing import located
from engine.evaluation.locate import LocationTables
from engine.evaluation.location_breakdown import recall_by_angle, recall_by_height

FACTORS: dict[str, tuple[Callable[[LocationTables], pd.DataFrame], str]] = {
    "Text height": (recall_by_height, "Text height (px)"),
    "Angle": (recall_by_angle, "Angle from level (degrees)"),
}


def location_breakdown(chosen: Comparison) -> None:
    """Draw the recall of the chosen locators by a factor of the user's choice."""
    name = st.segmented_control(
        "By",
        list(FACTORS),
        default="Text height",
        required=True,
        key="compare-location-factor",
        label_visibility="collapsed",
        persist_state="session",
    )
    recall, title = FACTORS[str(name)]
    tables = [
        (chosen.run(id), recall(located(result)).rename(columns={"recall": "accuracy", "regions": "images"}))
        for id, result in chosen.scored.items()
    ]
    groups = ordered_groups([table for _, table in tables])
    st.plotly_chart(
        accuracy_groups(tables, groups, title, "Found (%)"),
        key=f"compare-by-{name}",
        config={"displayModeBar": False},
        alt=f"Recall by {title}",
    )
    st.caption("Share of the words that were found. Bars: 95 % intervals, of each group alone. The photos' own pixels.")


def ordered_groups(tables: Sequence[pd.DataFrame]) -> list[str]:
    """Return the groups of all tables, in the order in which each has them."""
    longest = max((list(table["group"]) for table in tables), key=len)
    return list(dict.fromkeys([*longest, *(group for table in tables for group in table["group"])]))


def protocols(chosen: Comparison) -> None:
    """Draw what the scores on the test set hold under, once where it is the same for all."""
    said = {id: result.score.protocol for id, result in chosen.scored.items() if result.score.protocol}
    if len(set(said.values())) == 1:
        st.caption(literal(next(iter(said.values()))))
        return
    for id, text in said.items():
        run = chosen.run(id)
        st.caption(f"{dot(run.colour)} {literal(run.title)}: {literal(text)}")
