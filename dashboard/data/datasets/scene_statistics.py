"""Statistics of a dataset of scenes as plots: height and angle of text, regions a photo, sizes; what does not count."""

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import measured_regions, sample_table, scene_description
from dashboard.common.colours import OKABE_ITO
from dashboard.common.regions import IGNORED
from dashboard.common.tables import draw_table
from dashboard.data.charts import histogram, sizes
from dashboard.data.datasets.statistics import chart
from engine.datasets.scenes.dataset import SceneDataset
from engine.datasets.scenes.statistics import SceneDescription
from engine.formatting import count, decimal, percent, sentence

_SMALL = 12.0  # px; lower text is hard to find


def scene_statistics(dataset: SceneDataset) -> None:
    """Draw the plots; regions are measured the first time."""
    with st.spinner("Measuring every region, this once …", show_time=True):
        regions, photos, found = measured_regions(dataset), sample_table(dataset), scene_description(dataset)
    counted = regions[~regions["ignore"]]
    with st.container(border=True, key="card-scene-figures"):
        _figures(counted, found)
    cards = {
        "Text height": histogram(_by_counting(regions, "height"), "Text height (px)", "Regions", _COLOURS),
        "Regions a photo": histogram({"photos": photos["regions"]}, "Regions a photo", "Photos"),
        "Angle of the text": histogram(_by_counting(regions, "angle"), "Angle (degrees)", "Regions", _COLOURS),
        "Sizes of the photos": sizes(photos["width"], photos["height"]),
    }
    notes = {
        "Text height": _height_words(counted),
        "Regions a photo": f"{count((photos['regions'] == 0).sum(), 'photos')} without text.",
        "Angle of the text": "Of the top edge: 0 is level, more falls to the right.",
        "Sizes of the photos": f"{count(photos.groupby(['width', 'height']).ngroups, 'different sizes')}.",
    }
    grid = st.grid(min_column_width=340)
    for title, figure in cards.items():
        with grid.cell(), st.container(border=True, key=f"card-{title}", height="stretch"):
            st.markdown(f"**{title}**")
            chart(figure, title)
            st.caption(notes[title])


_COLOURS = (OKABE_ITO[0], IGNORED)


def _by_counting(regions: pd.DataFrame, column: str) -> dict[str, pd.Series]:
    """Return the values of the regions that count, and of those that do not where there are any."""
    sets = {"count": regions.loc[~regions["ignore"], column], "do not count": regions.loc[regions["ignore"], column]}
    return {name: values for name, values in sets.items() if len(values)} or {"count": regions[column]}


def _height_words(counted: pd.DataFrame) -> str:
    if counted.empty:
        return "No region counts."
    low, middle, high = counted["height"].quantile([0.1, 0.5, 0.9])
    small = (counted["height"] < _SMALL).mean()
    return (
        f"Median {decimal(middle, 2)} px; eight of ten lie between {decimal(low, 2)} and {decimal(high, 2)} px. "
        f"{percent(small)} are under {_SMALL:.0f} px."
    )


def _figures(counted: pd.DataFrame, found: SceneDescription) -> None:
    left, right = st.columns(2)
    splits = found.splits.rename(columns={"ignored": "regions_not_counted"}).rename(columns=sentence)
    left.markdown("**Splits**")
    left.dataframe(splits.rename_axis(""), alt="Photos and regions of each split")
    levels = found.levels.assign(share=100 * found.levels["share"])
    right.markdown("**Levels**")
    with right:
        _table(levels, "Regions of each level")
        if len(found.languages):
            st.markdown("**Languages that the labels name**")
            _table(found.languages, "Regions of each language")
    if len(counted) == 0 and found.levels["regions"].sum():
        st.markdown(
            ":orange[:material/warning:] **No region counts**, so a locator learns here that there is no text. "
            "Correct the photos, or import them again with another rule."
        )


def _table(values: pd.DataFrame, about: str) -> None:
    names = {"ignored": "not counted", "share": "not counted (%)", "height": "median height (px)"}
    draw_table(
        values.rename_axis("").rename(columns=names).rename(columns=sentence),
        column_config={
            "Not counted (%)": st.column_config.NumberColumn(format="%.1f"),
            "Median height (px)": st.column_config.NumberColumn(format="%.0f"),
        },
        alt=about,
    )
