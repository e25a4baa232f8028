"""A few photos of a dataset with their outlines, small, for its card in the list."""

from pathlib import Path

import streamlit as st

from dashboard.caches.datasets import opened_scenes, thumbnail_of
from dashboard.caches.files import modified
from dashboard.common.images import jpeg_url
from dashboard.common.regions import usual_level, with_regions
from engine.errors import DatasetError
from engine.jobs import Job, paths
from engine.regions.region import at_level

_SHOWN = 4
_HEIGHT = 110  # px on the page; drawn at twice that


def covers(job: Job) -> None:
    """Draw a few photos of a finished dataset of scenes; nothing where it is damaged."""
    urls = _urls(job.folder, modified(job.folder / paths.MANIFEST))
    if urls:
        with st.container(horizontal=True, gap="small", key=f"strip-covers-{job.id}"):  # see style.css
            for number, (url, width) in enumerate(urls, 1):
                st.image(url, alt=f"Photo {number} of {job.name}, with its outlines", width=width)


@st.cache_data(max_entries=64, show_spinner=False)
def _urls(folder: Path, changed: int) -> list[tuple[str, int]]:
    """Return photos evenly spaced over the dataset, as addresses, with their widths on the page."""
    found = []
    try:
        dataset = opened_scenes(folder)
        for scene in range(0, len(dataset), -(-len(dataset) // _SHOWN)):
            photo = thumbnail_of(dataset, scene, (6 * _HEIGHT, 2 * _HEIGHT))
            width = int(dataset.table["width"][scene].as_py())
            regions = dataset.regions(scene)
            drawn = with_regions(
                photo,
                at_level(regions, usual_level(region.level for region in regions)),
                "outlines",
                photo.width / width,
            )
            found.append((jpeg_url(drawn), photo.width // 2))
    except DatasetError:
        return []
    return found
