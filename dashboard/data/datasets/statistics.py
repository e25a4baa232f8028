"""Statistics of a dataset as plots: lengths, characters that are seen too rarely, sizes, and measures of its images."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.caches.datasets import description, measured
from dashboard.common.markdown import literal
from dashboard.common.tables import draw_table
from dashboard.data.charts import characters, histogram, lengths
from engine.datasets.dataset import Dataset
from engine.datasets.statistics import RARE_COUNT
from engine.formatting import count, sentence
from engine.labels import visible_character
from engine.measures import MEASURES, Measure

_FIRST = ("contrast", "blur", "noise", "stroke")


def statistics(dataset: Dataset) -> None:
    """Draw the plots; images are measured the first time, which takes seconds."""
    found = description(dataset)
    left, right = st.columns(2)
    with left, st.container(border=True, key="card-lengths", height="stretch"):
        st.markdown("**Lengths of the labels**")
        chart(lengths(found.lengths), "lengths")
    with right, st.container(border=True, key="card-characters", height="stretch"):
        _characters(found.characters)
    with st.container(border=True, key="card-measures"):
        with st.spinner("Measuring up to 2,000 images, this once …", show_time=True):
            known = measured(dataset)
        st.markdown("**What the images are like**", help="Each measure's own help says what it counts.")
        st.caption(f"Measured of {known.words}.")
        _measures(known.frame)
    with st.expander("Sizes in figures"):
        sizes = found.sizes.rename_axis("").rename(
            {"bytes": "bytes stored", "width": "width (px)", "height": "height (px)"}
        )
        draw_table(sizes, alt="Sizes of the images")


def _characters(found: pd.DataFrame) -> None:
    rare = found[found["rare"]]
    if rare.empty:
        st.markdown(f"**All {count(len(found), 'characters')} are seen {RARE_COUNT} times or more in training**")
    else:
        shown = " ".join(literal(text) or "␣" for text in rare["character"].head(40))
        st.markdown(
            f"**{count(len(rare), 'characters')} of {count(len(found))} seen fewer than {RARE_COUNT} times**: {shown}"
        )
    chart(characters(found, RARE_COUNT), "characters")
    with st.popover(
        "Table of the characters", icon=":material/table_rows:", on_change="rerun", key="characters"
    ) as box:
        if box.open:
            only = st.toggle(f"Only those seen fewer than {RARE_COUNT} times", key="characters-rare")
            table = (rare if only else found).assign(character=lambda frame: frame["character"].map(visible_character))
            draw_table(table.rename(columns={"samples": "samples with it"}), hide_index=True, alt="Characters")


def _measures(frame: pd.DataFrame) -> None:
    names = [name for name in MEASURES if name in frame]
    chosen = st.pills(
        "Measures",
        names,
        selection_mode="multi",
        default=[name for name in _FIRST if name in names],
        format_func=sentence,
        key="measures-shown",
        label_visibility="collapsed",
        persist_state="session",
    )
    grid = st.grid(min_column_width=300)
    for name in chosen:
        with grid.cell():
            chart(histogram({name: frame[name]}, measure_title(name)), f"measure-{name}")
            st.caption(MEASURES[name].help)


def measure_title(name: str, measures: Mapping[str, Measure] = MEASURES) -> str:
    """Return a measure's name with its unit."""
    measure = measures.get(name)
    unit = measure.unit if measure else "characters"
    return f"{sentence(name)} ({unit})" if unit else sentence(name)


def chart(figure: go.Figure, key: str) -> None:
    """Draw a figure without the tool bar."""
    st.plotly_chart(figure, key=f"chart-{key}", config={"displaylogo": False, "displayModeBar": False})
