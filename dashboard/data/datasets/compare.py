"""Two sets of images compared: two datasets by their figures, and a card for each measure, the farthest first."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import gaps, measured, opened
from dashboard.common.markdown import literal
from dashboard.common.tables import draw_table
from dashboard.data.charts import histogram
from dashboard.data.datasets.statistics import chart, measure_title
from engine.datasets.comparison import Gap
from engine.datasets.dataset import Dataset
from engine.formatting import count, decimal, sentence, size
from engine.jobs import Job, State
from engine.jobs.summaries import word_datasets
from engine.measures import MEASURES, Measure
from engine.workspace import Workspace

Named = tuple[str, pd.DataFrame]


def finished_datasets(workspace: Workspace) -> dict[str, Job]:
    """Return the datasets of words that can be opened, by id, newest first."""
    return {job.id: job for job in word_datasets(workspace) if job.state is State.finished}


def compare_with(workspace: Workspace, job: Job, dataset: Dataset) -> None:
    """Draw the choice of another dataset and the comparison with it."""
    others = {id: other for id, other in finished_datasets(workspace).items() if id != job.id}
    if not others:
        st.caption("There is no other dataset to compare with. Generate or import one.")
        return
    chosen = st.selectbox(
        "Compare with",
        list(others),
        format_func=lambda id: others[id].name,
        key=f"beside-{job.id}",
        persist_state="session",
    )
    other = opened(workspace.folder("datasets", str(chosen)))
    names = _names(job, others[str(chosen)])
    table = pd.DataFrame([_figures(dataset), _figures(other)], index=pd.Index(names))
    draw_table(table, alt="The two datasets in figures")
    with st.spinner("Measuring up to 2,000 images of each, this once …", show_time=True):
        first, second = measured(dataset).frame, measured(other).frame
        found = gaps(first, second)
    gap_cards(found, (names[0], first), (names[1], second), MEASURES, key="beside")


def _names(job: Job, other: Job) -> tuple[str, str]:
    """Return two different names; versions may share theirs."""
    return (job.name, other.name) if job.name != other.name else (job.name, f"{other.name} (the other)")


def _figures(dataset: Dataset) -> dict[str, str]:
    manifest = dataset.manifest
    characters = set(manifest.charset)
    return {
        "Images": count(manifest.images),
        "Train, validation, test": " · ".join(
            count(manifest.counts.get(split, 0)) for split in ("train", "validation", "test")
        ),
        "Different texts": count(dataset.frame()["label"].nunique()),
        "Characters": count(len(characters)),
        "Longest label": count(manifest.max_length, "characters"),
        "On disk": size(sum(shard.bytes for shard in manifest.shards)),
        "Made by": "the generator" if manifest.kind == "synthetic" else "an import",
    }


def gap_cards(
    found: Sequence[Gap],
    first: Named,
    second: Named,
    measures: Mapping[str, Measure],
    *,
    key: str,
    remedy: Callable[[Gap], None] | None = None,
) -> None:
    """Draw the significant gaps, each with its `remedy` if there is one, then name the other measures."""
    significant = [gap for gap in found if gap.significant]
    if not significant:
        st.markdown(
            ":green[:material/check:] **No measure tells the two apart.** More images would tell finer differences."
        )
    grid = st.grid(min_column_width=340)
    for rank, gap in enumerate(significant, 1):
        with grid.cell(), st.container(border=True, key=f"card-{key}-{gap.measure}", gap="xsmall", height="stretch"):
            _gap_card(rank, gap, first, second, measures, key)
            if remedy:
                remedy(gap)
    others = [gap for gap in found if not gap.significant]
    if others:
        names = ", ".join(gap.measure for gap in others)
        st.caption(f"No difference can be told in {names}: chance alone would set sets of this size as far apart.")


def _gap_card(rank: int, gap: Gap, first: Named, second: Named, measures: Mapping[str, Measure], key: str) -> None:
    measure = measures.get(gap.measure)
    st.markdown(
        f"**{rank}. {sentence(gap.measure)}** · distance {gap.distance:.2f}",
        help=f"{measure.help if measure else 'Characters of the label.'} "
        "Distance of the two distributions: 0 where they are alike, 2 at most; "
        f"chance alone stays under {gap.floor:.2f}.",
    )
    sets = {name: frame[gap.measure] for name, frame in (first, second)}
    chart(histogram(sets, measure_title(gap.measure, measures)), f"{key}-{gap.measure}")
    unit = f" {measure.unit}" if measure and measure.unit else ""
    st.caption(
        f"Median {decimal(gap.first.median)}{unit} ({literal(first[0])}) and "
        f"{decimal(gap.second.median)}{unit} ({literal(second[0])}), "
        f"of {count(gap.first.images)} and {count(gap.second.images, 'images')}."
    )
