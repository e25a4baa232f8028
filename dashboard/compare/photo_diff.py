"""Photos that locators found worst, or in which two differ most, with hits, misses and false boxes in colour."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.common.colours import dot
from dashboard.common.images import jpeg_url
from dashboard.common.markdown import literal
from dashboard.common.page import pager
from dashboard.common.runs import RunView
from dashboard.compare.comparison import Comparison, location_discordance
from dashboard.compare.error_actions import open_photo
from dashboard.compare.location_pairing import located, photo_with_boxes, scenes_of
from engine.datasets.scenes.dataset import SceneDataset
from engine.evaluation.location_photos import errors_by_photo, photos_apart
from engine.evaluation.location_results import LocationResult
from engine.formatting import count

PAGE = 4  # photos at a time
_SIDE = 1000  # px of a photo, shown smaller and enlarged on demand
_LEGEND = ":green[**found**] · :red[false box] · dashed: missed text"

Scored = tuple[RunView, LocationResult]


def worst_photos(chosen: Comparison, pair: tuple[RunView, RunView] | None) -> None:
    """Draw the photos of the test set in an order of the user's choice, as one locator or two found their text.

    Args:
        chosen: the locators; one of them has searched the test set at least.
        pair: the two that are compared; None while there is one.
    """
    scored = chosen.scored
    runs = pair or (chosen.run(next(iter(scored))),)
    shown = [(run, scored[run.id]) for run in runs]
    tables = [located(result) for _, result in shown]
    orders = {f"Worst of {run.title}": errors_by_photo(table) for (run, _), table in zip(shown, tables, strict=True)}
    if pair is not None:
        first, second = pair
        names = (f"**{literal(run.title)}**" for run in pair)
        between = chosen.located_against(first.id, second.id)
        st.markdown(location_discordance(between, *names, unit=f"{chosen.test.level}s"))
        apart = photos_apart(*tables)
        better = {
            f"Better by {first.title}": apart[apart["change"] > 0],
            f"Better by {second.title}": apart[apart["change"] < 0].iloc[::-1],
        }
        orders = {**{name: photos for name, photos in better.items() if len(photos)}, **orders}
    order = _order(list(orders))
    photos = [str(scene) for scene in orders[order].index]
    scenes = scenes_of(chosen.workspace, chosen.test)
    if scenes is None:
        st.caption("The dataset of these photos is missing, so none can be shown.")
        return
    st.caption(_LEGEND)
    errors = [errors_by_photo(table) for table in tables]
    for scene in photos[pager(len(photos), PAGE, f"compare-photos-{hash(order)}")]:
        _photo(scene, shown, errors, scenes)


def _order(orders: Sequence[str]) -> str:
    chosen = st.segmented_control(
        "Order",
        orders,
        format_func=literal,
        default=orders[0],
        required=True,
        key=f"compare-photos-order-{len(orders)}",
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen)


def _photo(scene: str, runs: Sequence[Scored], errors: Sequence[pd.DataFrame], scenes: SceneDataset) -> None:
    """Draw one photo, once for each run."""
    with st.container(border=True, key=f"card-photo-{scene}", gap="xsmall"):
        for place, (run, result), table in zip(st.columns(len(runs)), runs, errors, strict=True):
            with place:
                image = photo_with_boxes(result, scenes, scene, _SIDE)
                words = photo_words(table, scene, f"{result.test.level}s")
                if image is None:
                    st.caption(f"Photo {literal(scene)} cannot be read.")
                else:
                    st.image(jpeg_url(image), alt=f"Photo {scene}: {words}", width="stretch")
                st.markdown(f"{dot(run.colour)} {literal(run.title)} :gray[photo {literal(scene)}: {words}]")
        if scene.isdecimal():
            open_photo(scenes.folder.name, int(scene))


def photo_words(errors: pd.DataFrame, scene: str, unit: str) -> str:
    """Return what a locator found in a photo, of a table of `errors_by_photo`; `unit` is words or lines."""
    if scene not in errors.index:
        return "not searched"
    hits, regions, false = errors.loc[[scene], ["hits", "regions", "false"]].to_numpy()[0].tolist()
    return f"{count(hits)} of {count(regions, unit)} found, {count(false, 'false boxes')}"
