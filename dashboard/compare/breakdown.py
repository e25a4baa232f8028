"""Accuracy by length, by character, and by whatever the dataset knows of each image, and where runs differ."""

from collections.abc import Sequence

import streamlit as st

from dashboard.common.markdown import literal
from dashboard.common.runs import RunView
from dashboard.compare.charts import accuracy_groups
from dashboard.compare.comparison import groups_sentence
from dashboard.compare.pairing import PairedReadings, accuracy_by, factors
from engine.datasets.dataset import Dataset
from engine.evaluation.breakdown import LENGTH
from engine.evaluation.paired import pair_by_factor
from engine.evaluation.results import Result
from engine.formatting import sentence

_MOST = 16  # groups in the chart
_OPEN = 5  # factors as pills; the rest is in a list
_FIRST = ("length", "character", "font", "blur", "background")


def breakdown(
    results: Sequence[tuple[RunView, Result]],
    pair: tuple[PairedReadings, RunView, RunView] | None,
    data: Dataset | None,
) -> None:
    """Draw the accuracy of the chosen runs by a factor of the user's choice, and say where two of them differ.

    Args:
        results: each run with its result on one test set.
        pair: the two that are compared; None when there is one run only.
        data: the dataset of the test set, if it is there.
    """
    factor = _choose(factors(data))
    tables = accuracy_by(factor, [result for _, result in results], data)
    order = list(dict.fromkeys(str(group) for table in tables for group in table["group"]))
    if pair is not None:
        between, first, second = pair
        changes = pair_by_factor(factor, between.matched, data)
        if factor != LENGTH and len(order) > _MOST:
            ranked = changes.reindex(changes["difference"].abs().sort_values(ascending=False, kind="stable").index)
            order = [group for group in ranked["group"].astype(str) if group in order]
        groups = [literal(str(group)) for group in changes["group"]]
        one, other = (f"**{literal(run.title)}**" for run in (first, second))
        st.markdown(groups_sentence(changes, one, other, literal(sentence(factor).lower()), groups))
    shown = [(run, table) for (run, _), table in zip(results, tables, strict=True)]
    st.plotly_chart(
        accuracy_groups(shown, order[:_MOST], "Length (characters)" if factor == LENGTH else sentence(factor)),
        key=f"compare-by-{factor}",
        config={"displayModeBar": False},
        alt=f"Accuracy by {factor}",
    )
    if len(order) > _MOST:
        st.caption(f"The {_MOST} groups of {len(order)} in which the runs differ most." if pair else f"{_MOST} groups.")
    st.caption("Bars: 95 % intervals, of each group alone.")


def _choose(known: list[str]) -> str:
    first = [name for name in _FIRST if name in known]
    rest = [name for name in known if name not in first]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        left = st.container(width="content")
        more = (
            st.selectbox(
                "By something else",
                rest,
                index=None,
                format_func=sentence,
                placeholder="By something else",
                key="compare-factor-more",
                label_visibility="collapsed",
                persist_state="session",
                width=220,
            )
            if rest
            else None
        )
        open_one = left.segmented_control(
            "By",
            first,
            default=first[0],
            required=True,
            format_func=sentence,
            key="compare-factor",
            label_visibility="collapsed",
            persist_state="session",
            disabled=more is not None,
        )
    return str(more or open_one)
