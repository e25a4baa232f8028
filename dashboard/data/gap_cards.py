"""Distances between two sets of images: a card for each measure, the farthest first. Compares nothing itself."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.common.markdown import literal
from dashboard.data.charts import histogram
from dashboard.data.datasets.statistics import chart, measure_title
from engine.datasets.advice import advise
from engine.datasets.comparison import Gap
from engine.formatting import count, decimal, sentence
from engine.measures import MEASURES

Named = tuple[str, pd.DataFrame]


def gap_cards(found: Sequence[Gap], first: Named, second: Named, *, advice: bool, key: str) -> None:
    """Draw what differs for sure, with the setting that would close each gap if `advice`, then what does not.

    `advice` asks that `first` is synthetic and `second` real.
    """
    told = [gap for gap in found if gap.told]
    if not told:
        st.markdown(
            ":green[:material/check:] **No measure tells the two apart.** More images would tell finer differences."
        )
    grid = st.grid(min_column_width=340)
    for rank, gap in enumerate(told, 1):
        with grid.cell(), st.container(border=True, key=f"card-{key}-{gap.measure}", gap="xsmall", height="stretch"):
            _card(rank, gap, first, second, advice, key)
    untold = [gap for gap in found if not gap.told]
    if untold:
        names = ", ".join(gap.measure for gap in untold)
        st.caption(f"No difference can be told in {names}: chance alone would set sets of this size as far apart.")


def _card(rank: int, gap: Gap, first: Named, second: Named, advice: bool, key: str) -> None:
    measure = MEASURES.get(gap.measure)
    st.markdown(
        f"**{rank}. {sentence(gap.measure)}** · {gap.distance:.2f} apart",
        help=f"{measure.help if measure else 'Characters of the label.'} Distance: 0 is alike, 2 the most; "
        f"chance alone stays under {gap.floor:.2f}.",
    )
    remedy = advise(gap) if advice else None
    if remedy is not None:
        st.markdown(f":material/tune: {remedy.text} :gray[`{remedy.setting}`]")
    sets = {name: frame[gap.measure] for name, frame in (first, second)}
    chart(histogram(sets, measure_title(gap.measure)), f"{key}-{gap.measure}")
    unit = f" {measure.unit}" if measure and measure.unit else ""
    st.caption(
        f"In the middle {decimal(gap.first.median)}{unit} ({literal(first[0])}) and "
        f"{decimal(gap.second.median)}{unit} ({literal(second[0])}), "
        f"of {count(gap.first.images)} and {count(gap.second.images, 'images')}."
    )
