"""A dataset's photos by pages, with their outlines or masks, to filter, open and remove."""

import streamlit as st

from dashboard.caches.datasets import sample_row, scene_description, thumbnail_of
from dashboard.common.enlarged import enlarge_button
from dashboard.common.filters import filtered, found_words
from dashboard.common.images import jpeg_url
from dashboard.common.markdown import literal
from dashboard.common.page import dialog, opened_dialog, pager
from dashboard.common.regions import RegionView, legend, level_choice, region_view_choice, regions_words, with_regions
from dashboard.data.datasets.edits import remove_button
from dashboard.data.datasets.photo_dialog import PHOTO, photo_dialog
from engine.datasets.drafts import EditDraft
from engine.datasets.scenes.dataset import SceneDataset
from engine.formatting import count
from engine.regions.region import Region, at_level
from glyphlab_read.formatting import cut

PAGE = 12
_COLUMN = 300  # px a photo takes at least
_ROOM = (800, 600)  # px of a thumbnail, twice as many as it is shown at
_OPEN = ("texts", "split", "regions", "text_height", "text")


def photo_grid(dataset: SceneDataset, draft: EditDraft) -> None:
    """Draw the filters and the photos that meet them, as the chosen view shows their regions."""
    id = dataset.folder.name
    numbers = filtered(dataset, _OPEN, "photo")
    if (about := opened_dialog(PHOTO)) and about[0] == id:
        dialog("Photo", lambda: photo_dialog(dataset, numbers.tolist(), about[1]))
    if not len(numbers):
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            view = region_view_choice("photos-view")
            level = level_choice(scene_description(dataset).levels.index.tolist(), "photos-level")
        words = st.empty()
        with st.container(width="content"):
            shown = numbers[pager(len(numbers), PAGE, f"page-{id}")].tolist()
    regions = {scene: at_level(draft.kept(scene, dataset.regions(scene)), level) for scene in shown}
    colours = legend([region for each in regions.values() for region in each], view)
    words.caption(" · ".join(filter(None, (found_words(len(numbers), len(dataset), "photos"), colours))))
    grid = st.grid(min_column_width=_COLUMN, gap=("small", "small"))
    for scene in shown:
        with grid.cell(), st.container(border=True, key=f"card-{id}-{scene}", gap="xsmall", height="stretch"):
            _photo(dataset, draft, scene, regions[scene], view)


def _photo(dataset: SceneDataset, draft: EditDraft, scene: int, regions: list[Region], view: RegionView) -> None:
    id, row = dataset.folder.name, sample_row(dataset, scene)
    photo = thumbnail_of(dataset, scene, _ROOM)
    drawn = with_regions(photo, regions, view, photo.width / row["width"])
    words = regions_words(regions)
    with st.container(key=f"zoom-{id}-{scene}"):
        st.image(jpeg_url(drawn), alt=f"Photo {scene}, {words}", width=min(photo.width, _ROOM[0] // 2))
        enlarge_button(f"{id}-{scene}", f"photo {scene}", PHOTO, id, scene)
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall", key=f"line-{id}-{scene}"):
        source = literal(cut(dataset.source(scene), 40))
        st.caption(" · ".join(filter(None, (words, str(row["split"]), source))))
        remove_button(draft, scene, "photo")
    if scene in draft.removals:
        st.caption(":red[:material/delete: goes with the next version]")
    elif changed := sum(place[0] == scene for place in draft.regions):
        st.caption(f":orange[:material/edit: {count(changed, 'regions')} changed]")
