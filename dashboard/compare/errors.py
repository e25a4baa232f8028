"""The errors of one run on a test set: wrong images to sort and filter, what it takes for what, and what to do of it.

From here a label is corrected (in the draft of the dataset's next version), or a recipe is made that draws more images
like the wrong ones.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.common.filters import filter_bar, found_words
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog, pager, show_errors
from dashboard.common.runs import RunView
from dashboard.common.tables import draw_table
from dashboard.compare.comparison import Comparison, character_words
from dashboard.compare.error_actions import correct_label, draw_more
from dashboard.compare.pairing import counted_confusions, errors_of, readings_of
from dashboard.compare.sample_cards import large_card, sample_cards
from dashboard.readings.reading import diff_markdown
from engine.datasets.dataset import Dataset
from engine.datasets.query import columns, select
from engine.evaluation.errors import ORDERS, errors_words, holds_confusion
from engine.evaluation.results import Result
from engine.formatting import count, percent

PAGE = 12
_OPEN = ("label", "length", "font", "blur")  # filters at once
_TOLD = {"read", "path", "confidence", "edits"}  # columns to sort by, or to show, not to filter by
_DIALOG = "error"
_CONFUSIONS = 200


def errors_view(chosen: Comparison, data: Dataset | None) -> None:
    """Draw the errors of one of the chosen runs that have read the test set.

    Args:
        chosen: the readers; one of them has read the test set at least.
        data: the dataset of the test set, if it is there.
    """
    run = _choose_run(chosen)
    with show_errors():
        result = chosen.scored[run.id]
        readings, wrong = readings_of(result), errors_of(result, data)
        st.markdown(errors_words(readings))
        if wrong.empty:
            return
        left, right = st.columns([3, 2], gap="medium")
        with right:
            confusion = _confusion_table(result, run)
        with left:
            if confusion is not None:
                wrong = wrong[holds_confusion(wrong, *confusion)]
            _samples(chosen, run, _filtered(wrong, run), readings, data)


def _choose_run(chosen: Comparison) -> RunView:
    """Draw the choice of the run where several have read the test set, the best one first."""
    titles = {id: chosen.run(id).title for id in chosen.scored}
    if len(titles) == 1:
        return chosen.run(next(iter(titles)))
    id = st.selectbox(
        "Errors of",
        list(titles),
        format_func=titles.__getitem__,
        key=f"compare-errors-{hash(tuple(titles))}",
        width=420,
    )
    return chosen.run(str(id))


def _filtered(wrong: pd.DataFrame, run: RunView) -> pd.DataFrame:
    """Draw the order and the filters; return the errors that meet them, in order."""
    key = f"compare-errors-{run.id}"
    name = st.segmented_control(
        "Order",
        list(ORDERS),
        default=next(iter(ORDERS)),
        required=True,
        key="compare-errors-order",
        label_visibility="collapsed",
        persist_state="session",
    )
    order = ORDERS[str(name)]
    known = [column for column in columns(wrong) if column.name not in _TOLD]
    conditions, _, _ = filter_bar(known, _OPEN, key, ordered=False)
    return wrong.iloc[select(wrong, conditions, order.column, order.descending)]


def _samples(
    chosen: Comparison, run: RunView, shown: pd.DataFrame, readings: pd.DataFrame, data: Dataset | None
) -> None:
    """Draw the errors that were found, and the open one large."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        total = int((~readings["right"].astype(bool)).sum())
        st.caption(f"{found_words(len(shown), total, 'errors')}. Click an image to see it large.", width="content")
        if data is not None and len(shown):
            draw_more(chosen.workspace, data, readings, shown, "list")
    if shown.empty:
        st.caption("No error meets these filters. Widen one of them.")
        return
    page = pager(len(shown), PAGE, f"compare-errors-page-{run.id}")
    cards = [(str(name), str(row["label"]), _words(row)) for name, row in shown.iloc[page].iterrows()]
    sample_cards(cards, data, f"errors-{run.id}", (_DIALOG, page.start))
    if (about := opened_dialog(_DIALOG)) and about[0] < len(shown):
        dialog("Error", lambda: _large(chosen, shown, about[0], readings, data))


def _words(row: pd.Series) -> str:
    label, read = str(row["label"]), str(row["read"])
    said = diff_markdown(read, label) if read.strip() else ":gray[nothing]"
    return f"**{literal(label)}** :gray[read as] {said} :gray[:small[{percent(row['confidence'])} sure]]"


def _large(chosen: Comparison, shown: pd.DataFrame, place: int, readings: pd.DataFrame, data: Dataset | None) -> None:
    """Draw one error large, and what can be done about it."""
    name, row = str(shown.index[place]), shown.iloc[place]

    def act(dataset: Dataset) -> None:
        correct_label(dataset, int(name))
        draw_more(chosen.workspace, dataset, readings, shown, "large")

    steps = (_DIALOG, place, len(shown))
    large_card(name, str(row["label"]), count(row["edits"], "edits"), _words(row), data, act, steps)


def _confusion_table(result: Result, run: RunView) -> tuple[str, str] | None:
    """Draw what the run takes for what; return the confusion that was ticked, if any."""
    counted = counted_confusions(result).head(_CONFUSIONS)
    st.markdown("**What it takes for what** :gray[tick a row to see its images]")
    frame = pd.DataFrame(
        {
            "Instead of": [character_words(text) for text in counted["truth"]],
            "it reads": [character_words(text) for text in counted["read"]],
            "Images": counted["images"],
            "of": counted["of"],
        }
    )
    event = draw_table(
        frame,
        hide_index=True,
        key=f"compare-confusions-{run.id}",
        on_select="rerun",
        selection_mode="single-row",
        height=420 if len(frame) > 11 else "content",
        column_config={"of": st.column_config.NumberColumn(help="Images whose text holds the character.")},
        alt="Confusions, the most frequent first",
    )
    rows: Sequence[int] = event["selection"]["rows"]
    if not rows or rows[0] >= len(counted):
        return None
    truth, read = counted.iloc[rows[0]][["truth", "read"]]
    return str(truth), str(read)
