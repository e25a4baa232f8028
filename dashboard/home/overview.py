"""Home cards: two ways in at a first visit; later the newest of each kind, and what runs now."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st

from dashboard.common.dropped import drop_zone
from dashboard.common.images import drawing, picture
from dashboard.common.jobs import dataset_words, headline, progress, title
from dashboard.common.launch import launch_button, watch
from dashboard.common.markdown import literal
from dashboard.common.runs import RunView, run_views
from dashboard.common.svg import polyline
from dashboard.home.examples import chosen_example
from dashboard.home.try_photos import try_photos
from dashboard.readings.cards import simple_cards
from dashboard.readings.image_kinds import words_and_photos
from dashboard.readings.reading import LEGEND
from engine.config.recipe_presets import PRESETS
from engine.formatting import ago, count, decimal, interval, percent, percents
from engine.jobs import Job, find_live, list_jobs
from engine.jobs.summaries import finds_text, run_summary
from engine.quick_start import IMAGES, quick_start
from engine.workspace import STARTER, Workspace
from glyphlab_read.location.bundle import LocatorBundle
from glyphlab_read.reading.bundle import Bundle

_WANTED = {
    (True, True): (
        "Drop images of words, or whole photos",
        "Words are read, and text in photos is found, at once and on this machine.",
    ),
    (True, False): ("Drop images of words", "It reads them at once, on this machine. Any printed word will do."),
    (False, True): (
        "Drop photos of streets, shops, labels or pages",
        "It finds their text at once, on this machine.",
    ),
}
"""Words on the images to drop and what comes of them, by whether there is a reader, and a locator."""

AnyBundle = TypeVar("AnyBundle", Bundle, LocatorBundle)

_LOOK = {"border": True, "height": "stretch"}
_LINE_WIDTH, _LINE_HEIGHT, _LINE_EDGE = 300, 56, 3  # px of a sparkline, which is scaled to the width of its card


def quick_start_card(workspace: Workspace) -> None:
    """Draw the card that does the whole job by one button."""
    with st.container(key="card-quick", **_LOOK):
        st.subheader("Train a reader in five minutes", anchor=False)
        st.markdown(f":material/grid_view: Draws {count(IMAGES, 'images')} of words and numbers, with their texts")
        st.markdown(":material/show_chart: Trains a small network on them, while you watch its curves")
        st.markdown(":material/text_fields: Scores it on words it never saw; then it reads your images")
        launch_button("Start", "quick", lambda nonce: quick_start(workspace, nonce)[1], watch, width="stretch")
        st.caption("Runs on this machine, also when you close the browser. You can stop and resume it at any time.")


def try_card(bundles: Sequence[Bundle], locators: Sequence[LocatorBundle], runs: Sequence[Job]) -> None:
    """Draw a drop zone that the starter reader answers at once; the newest reader where there is no starter.

    Where there is a locator, too, it answers for whole photos.
    """
    reader, finder = _starter_or_newest(bundles), _starter_or_newest(locators)
    with st.container(key="card-try", **_LOOK):
        if reader is None and finder is None:
            st.subheader("Try a reader", anchor=False)
            st.caption("There is none yet. Once a run has exported one, it reads your images here.")
            return
        names = [_name(one.name, runs, noun) for one, noun in ((reader, "reader"), (finder, "locator")) if one]
        st.subheader(f"Try {' and '.join(names)}", anchor=False)
        dropped = drop_zone("home-files", _WANTED[reader is not None, finder is not None][0])
        files = [*chosen_example(words=reader is not None, photos=finder is not None), *dropped]
        if not files:
            st.caption(_WANTED[reader is not None, finder is not None][1])
        words, photos = words_and_photos(files) if reader and finder else (files, files)
        if finder is not None:
            try_photos(finder, photos, words=reader is not None)
        if reader is not None and words:
            simple_cards(reader, words, photos=finder is not None)
            st.markdown(LEGEND)


def _starter_or_newest(bundles: Sequence[AnyBundle]) -> AnyBundle | None:
    return next((bundle for bundle in bundles if bundle.name == STARTER), bundles[0] if bundles else None)


def _name(id: str, runs: Sequence[Job], noun: str) -> str:
    return literal(next((run.name for run in runs if run.id == id), f"the {STARTER} {noun}"))


def example_strip() -> None:
    """Draw a few images of the kind that the quick start makes, last on the page because they take a moment."""
    from dashboard.caches.samples import preview  # here: Home is painted before the generator is loaded

    st.caption("What it learns from, drawn just now:")
    with st.container(horizontal=True, gap="medium", key="strip-learned"):
        for sample in preview(PRESETS["starter"], 8, 7):
            picture(sample.image, f"Sample that says {sample.label}", tall=64)


def newest_cards(workspace: Workspace, bundles: Sequence[Bundle], locators: Sequence[LocatorBundle]) -> None:
    """Draw the newest dataset, the newest run, the best reader and the best locator, each with the way to it."""
    datasets, runs = list_jobs(workspace, "datasets"), list_jobs(workspace, "runs")
    first, second, third = st.columns(3)
    with first, st.container(key="card-datasets", **_LOOK):
        _head("Datasets", len(datasets))
        if datasets:
            st.markdown(headline(datasets[0]))
            st.caption(f"{dataset_words(datasets[0])} · {ago(datasets[0].created)}")
        _way("Make another" if datasets else "Make a dataset", "app_pages/data.py")
    with second, st.container(key="card-runs", **_LOOK):
        _head("Runs", len(runs))
        if runs:
            st.markdown(headline(run_views(runs)[runs[0].id]))
            st.caption(f"made {ago(runs[0].created)}")
        if runs:
            _way("Watch it", "app_pages/watch.py", {"run": runs[0].id})
        else:
            _way("Train a reader", "app_pages/train.py")
    with third, st.container(key="card-readers", **_LOOK):
        _head("Readers", len(bundles))
        _best(runs)
        if locators or any(map(finds_text, runs)):
            _head("Locators", len(locators))
            _best_locator(runs)
        _way("Read images", "app_pages/read.py")


def _head(noun: str, number: int) -> None:
    st.markdown(f"**{noun}** :gray[{count(number)}]")


def _way(verb: str, page: str, asked: Mapping[str, str] | None = None) -> None:
    st.space("stretch")
    if st.button(verb, key=f"way-{page}", icon=":material/arrow_forward:", icon_position="right"):
        st.switch_page(page, query_params=asked or {})


def _best(runs: Sequence[Job]) -> None:
    """Draw the reader with the highest word accuracy on the test images of its dataset, else in its validations."""
    tested = {run.id: figures.test for run in runs if (figures := run_summary(run)).test}
    scores = tested or {run.id: figures.best for run in runs if (figures := run_summary(run)).best}
    if not scores:
        st.caption("None of your own yet: a run exports its reader at the first good validation.")
        return
    best = max((run for run in runs if run.id in scores), key=lambda run: scores[run.id].word_accuracy)
    score = scores[best.id]
    st.markdown(f"{title(run_views(runs)[best.id])} {percents(score.word_accuracy, score.word_accuracy_alone)}")
    whose = "test" if tested else "validation"
    st.caption(" · ".join(filter(None, [f"of its {whose} words right", interval(score.interval)])))


def _best_locator(runs: Sequence[Job]) -> None:
    """Draw the locator with the highest H-mean on the test photos of its dataset, else on its validation scenes."""
    tested = {run.id: figures.located_tests[0] for run in runs if (figures := run_summary(run)).located_tests}
    scores = tested or {run.id: figures.located for run in runs if (figures := run_summary(run)).located}
    if not scores:
        st.caption("None of your own yet: a run exports its locator at the first good validation.")
        return
    best = max((run for run in runs if run.id in scores), key=lambda run: scores[run.id].h_mean)
    score = scores[best.id]
    st.markdown(f"{title(run_views(runs)[best.id])} {percent(score.h_mean)}")
    bounds = interval(tested[best.id].interval) if tested else ""
    st.caption(" · ".join(filter(None, [f"H-mean on its {'test' if tested else 'validation'} photos", bounds])))


def now_running(workspace: Workspace) -> None:
    """Draw what runs now with progress, time left and a sparkline of its loss."""
    live = find_live(workspace)
    runs = run_views(list_jobs(workspace, "runs"))
    with st.container(key="card-now", **_LOOK):
        st.markdown("**Running now**")
        if not live:
            st.caption("Nothing. Long work appears here and goes on when you close the browser.")
        for job in live:
            st.markdown(headline(runs.get(job.id, job)))
            progress(job)
            if job.id in runs:
                _sparkline(runs[job.id])


def _sparkline(run: RunView) -> None:
    frame = run.frames.get("train")
    if frame is None or "loss" not in frame:
        return
    losses = frame["loss"].dropna().tail(200)
    if len(losses) > 1:
        drawing(sparkline(losses.tolist(), run.colour), "Training loss", width="stretch")
        unit = "" if finds_text(run.job) else "nats per character"
        st.caption(f"Training loss {decimal(losses.iloc[-1], unit=unit)}")


def sparkline(values: Sequence[float], colour: str) -> str:
    """Draw two values or more as a curve without axes in the run's colour; return an SVG element.

    It needs no chart library, and nothing in it runs or is fetched.
    """
    low, high = min(values), max(values)
    across, up = _LINE_WIDTH / (len(values) - 1), (_LINE_HEIGHT - 2 * _LINE_EDGE) / (high - low or 1)
    points = [(across * place, _LINE_HEIGHT - _LINE_EDGE - up * (value - low)) for place, value in enumerate(values)]
    size = f'width="{_LINE_WIDTH}" height="{_LINE_HEIGHT}" viewBox="0 0 {_LINE_WIDTH} {_LINE_HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{polyline(points, colour, 1.75)}</svg>'
