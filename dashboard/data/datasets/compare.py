"""Two sets of images compared: two datasets by their figures, and a card for each measure, the farthest first."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard.caches.datasets import gaps, measured, measured_photos, measured_regions, opened, opened_scenes
from dashboard.common.markdown import literal
from dashboard.common.tables import draw_table
from dashboard.data.charts import histogram
from dashboard.data.datasets.statistics import chart, measure_title
from engine.datasets.comparison import Gap
from engine.datasets.dataset import Dataset
from engine.datasets.scenes.dataset import SceneDataset
from engine.formatting import count, decimal, sentence, size
from engine.jobs import Job, State, list_jobs
from engine.jobs.summaries import holds_scenes
from engine.measures import MEASURES, PHOTO_MEASURES, Measure
from engine.workspace import Workspace

Named = tuple[str, pd.DataFrame]


def compare_with(workspace: Workspace, job: Job, dataset: Dataset | SceneDataset) -> None:
    """Draw the choice of another dataset of the same kind and the comparison with it."""
    scenes = isinstance(dataset, SceneDataset)
    others = {
        other.id: other
        for other in list_jobs(workspace, "datasets")
        if other.id != job.id and other.state is State.finished and holds_scenes(other) == scenes
    }
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
    folder = workspace.folder("datasets", str(chosen))
    other = opened_scenes(folder) if scenes else opened(folder)
    names = _names(job, others[str(chosen)])
    table = pd.DataFrame([_figures(dataset), _figures(other)], index=pd.Index(names))
    draw_table(table, alt="The two datasets in figures")
    many = "60 photos" if scenes else "2,000 images"
    with st.spinner(f"Measuring up to {many} of each, this once …", show_time=True):
        first, second = _measured(dataset), _measured(other)
        found = gaps(first, second)
    measures = PHOTO_MEASURES if scenes else MEASURES
    gap_cards(found, (names[0], first), (names[1], second), measures, key="beside")


def _measured(dataset: Dataset | SceneDataset) -> pd.DataFrame:
    return measured_photos(dataset) if isinstance(dataset, SceneDataset) else measured(dataset).frame


def _names(job: Job, other: Job) -> tuple[str, str]:
    """Return two different names; versions may share theirs."""
    return (job.name, other.name) if job.name != other.name else (job.name, f"{other.name} (the other)")


def _figures(dataset: Dataset | SceneDataset) -> dict[str, str]:
    manifest = dataset.manifest
    return {
        "Photos" if isinstance(dataset, SceneDataset) else "Images": count(manifest.images),
        "Train, validation, test": " · ".join(
            count(manifest.counts.get(split, 0)) for split in ("train", "validation", "test")
        ),
        **_content(dataset),
        "On disk": size(sum(shard.bytes for shard in manifest.shards)),
        "Made by": "the generator" if manifest.kind == "synthetic" else "an import",
    }


def _content(dataset: Dataset | SceneDataset) -> dict[str, str]:
    """Return what a dataset of words says, or what photos hold."""
    if isinstance(dataset, SceneDataset):
        regions = measured_regions(dataset)
        counting = regions[~regions["ignore"]]
        return {
            "Regions": count(len(regions)),
            "That count": count(len(counting)),
            "Photos without text": count(dataset.manifest.images - regions["scene"].nunique()),
            "Usual text height": decimal(counting["height"].median(), unit="px"),
        }
    return {
        "Different texts": count(dataset.frame()["label"].nunique()),
        "Characters": count(len(set(dataset.manifest.charset))),
        "Longest label": count(dataset.manifest.max_length, "characters"),
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
