"""Samples that one of two runs reads and the other does not, and the change of their confusions.

Images come from the test set's dataset; a folder's images are not opened again, only their texts are shown.
"""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog, pager
from dashboard.common.runs import RunView
from dashboard.common.tables import draw_table
from dashboard.compare.comparison import character_words, discordance, significance_words
from dashboard.compare.error_actions import correct_label
from dashboard.compare.pairing import PairedReadings, confusions
from dashboard.compare.sample_cards import large_card, sample_cards
from dashboard.readings.reading import diff_markdown
from engine.datasets.dataset import Dataset
from engine.formatting import count, percent

PAGE = 6  # samples of each side at a time
_CONFUSIONS = 12


def choose_pair(runs: Sequence[RunView], best: Sequence[str]) -> tuple[RunView, RunView]:
    """Draw the choice of two runs, the best two at first; return them. There must be two at least."""
    by_id = {run.id: run for run in runs}
    mark = "-".join(sorted(id[-6:] for id in by_id))
    left, right = st.columns(2)
    first = left.selectbox(
        "Run",
        list(by_id),
        index=list(by_id).index(best[0]),
        format_func=lambda id: by_id[id].title,
        key=f"compare-first-{mark}",
        persist_state="session",
    )
    others = [id for id in by_id if id != first]
    second = right.selectbox(
        "Against",
        others,
        index=others.index(best[1]) if best[1] in others else 0,
        format_func=lambda id: by_id[id].title,
        key=f"compare-second-{mark}-{first}",
        persist_state="session",
    )
    return by_id[str(first)], by_id[str(second)]


def better_and_worse(between: PairedReadings, first: RunView, second: RunView, data: Dataset | None) -> None:
    """Draw the samples that tell two runs apart, side by side, and the change of their confusions."""
    names = [literal(run.title) for run in (first, second)]
    st.markdown(discordance(between.paired, *(f"**{name}**" for name in names)))
    matched = between.matched
    sides = [
        (first, matched[matched["right_first"] & ~matched["right_second"]], "second"),
        (second, matched[matched["right_second"] & ~matched["right_first"]], "first"),
    ]
    for place, (run, rows, loser) in zip(st.columns(2), sides, strict=True):
        with place:
            _side(run, rows, loser, data)
    _confusion_table(between, first.title, second.title)


def _side(run: RunView, rows: pd.DataFrame, loser: str, data: Dataset | None) -> None:
    st.markdown(f"{dot(run.colour)} Only **{literal(run.title)}** reads :gray[{count(len(rows), 'images')}]")
    if rows.empty:
        st.caption("None.")
        return
    ordered = rows.sort_values(f"confidence_{loser}", ascending=False)  # the surest mistakes of the other first
    page = pager(len(ordered), PAGE, f"compare-page-{run.id}")
    cards = [
        (str(name), str(row["truth"]), f"**{literal(str(row['truth']))}** :gray[the other reads] {_read(row, loser)}")
        for name, row in ordered.iloc[page].iterrows()
    ]
    shown = f"apart-{run.id}"
    sample_cards(cards, data, run.id, (shown, page.start))
    if (about := opened_dialog(shown)) and about[0] < len(ordered):
        dialog("Sample", lambda: _large(shown, ordered, about[0], loser, data))


def _read(row: pd.Series, run: str) -> str:
    """Return Markdown of what the first or the second run reads."""
    truth, read = str(row["truth"]), str(row[f"text_{run}"])
    return diff_markdown(read, truth) if read.strip() else ":gray[nothing]"


def _large(shown: str, ordered: pd.DataFrame, place: int, loser: str, data: Dataset | None) -> None:
    """Draw one of the samples large, with what both runs read."""
    name, row = str(ordered.index[place]), ordered.iloc[place]
    told = [
        f":gray[{'the other reads' if run == loser else 'it reads'}] {_read(row, run)} "
        f":gray[:small[{percent(row[f'confidence_{run}'])} sure]]"
        for run in (("first", "second") if loser == "second" else ("second", "first"))
    ]
    about, steps = "only one reads it", (shown, place, len(ordered))
    large_card(
        name, str(row["truth"]), about, "  \n".join(told), data, lambda data: correct_label(data, int(name)), steps
    )


def _confusion_table(between: PairedReadings, first: str, second: str) -> None:
    changes = confusions(between)
    changes = changes[changes["change"] != 0].head(_CONFUSIONS)
    st.markdown("**What they confuse** :gray[greatest change first]")
    if changes.empty:
        st.caption("Both make the same mistakes.")
        return
    frame = pd.DataFrame(
        {
            "Instead of": [character_words(text) for text in changes["truth"]],
            "it reads": [character_words(text) for text in changes["read"]],
            f"{first} (images)": changes["first"],
            f"{second} (images)": changes["second"],
            "Change": changes["change"],
            "Judged": [significance_words(significant) for significant in changes["significant"]],
        }
    )
    draw_table(frame, hide_index=True, height="content", alt="Confusions that changed")
    st.caption("Judged over the images in which each confusion occurs (McNemar), all rows together (Holm).")
