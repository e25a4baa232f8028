"""A few images of a dataset, small, for its card in the list: words as they are, photos with their outlines."""

from pathlib import Path

import streamlit as st

from dashboard.caches.datasets import opened, opened_scenes, thumbnail_of
from dashboard.caches.files import modified
from dashboard.common.images import fitted, jpeg_url, png_url
from dashboard.common.regions import usual_level, with_regions
from engine.errors import DatasetError
from engine.jobs import Job, paths
from engine.jobs.summaries import holds_scenes
from engine.regions.region import at_level

_PHOTOS, _WORDS = 4, 6
_HEIGHT = 110  # px on the page of a photo, which is drawn at twice that
_ROOM, _LINE = 160, 40  # px across and down of a word


def covers(job: Job) -> None:
    """Draw a few images of a finished dataset; nothing where it is damaged."""
    find, noun = (_photos, "Photo") if holds_scenes(job) else (_words, "Image")
    about = ", with its outlines" if holds_scenes(job) else ""
    urls = find(job.folder, modified(job.folder / paths.MANIFEST))
    if urls:
        with st.container(horizontal=True, gap="small", key=f"strip-covers-{job.id}"):  # see style.css
            for number, (url, width) in enumerate(urls, 1):
                st.image(url, alt=f"{noun} {number} of {job.name}{about}", width=width)


@st.cache_data(max_entries=128, show_spinner=False)
def _words(folder: Path, changed: int) -> list[tuple[str, int]]:
    """Return words evenly spaced over the dataset, as addresses, with their widths on the page."""
    try:
        dataset = opened(folder)
        chosen = range(0, len(dataset), max(1, -(-len(dataset) // _WORDS)))
        images = [fitted(dataset.image(number), _ROOM, _LINE, _LINE) for number in chosen]
    except DatasetError:
        return []
    return [(png_url(image), image.width) for image in images]


@st.cache_data(max_entries=64, show_spinner=False)
def _photos(folder: Path, changed: int) -> list[tuple[str, int]]:
    """Return photos evenly spaced over the dataset, as addresses, with their widths on the page."""
    found = []
    try:
        dataset = opened_scenes(folder)
        for scene in range(0, len(dataset), max(1, -(-len(dataset) // _PHOTOS))):
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
