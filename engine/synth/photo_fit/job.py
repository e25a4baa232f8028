"""The work of a fit: real words in, a recipe that draws words more like them out, judged by words it never saw.

Each trial draws the same samples, with the texts of the photos, by another recipe; its distance is an event. A fit that
was stopped takes the distances of its events and goes on as if it had not been.
"""

import math
from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from engine.config.fitting import FitConfig, begun_looks, broad_looks
from engine.config.recipe import Recipe
from engine.errors import ConfigError
from engine.files import write_bytes
from engine.jobs import paths
from engine.jobs.context import JobContext, Stopped
from engine.jobs.summaries import FitSummary
from engine.labels import label
from engine.sources.locate import delete_upload
from engine.synth.photo_fit.distance import Features, RealImages, Scale, judge
from engine.synth.photo_fit.drawing import RecipeDrawer, TextFile
from engine.synth.photo_fit.features import open_feature_network
from engine.synth.photo_fit.kept import TRIAL, RealCrop, save_measures, save_strip, trials
from engine.synth.photo_fit.measured_settings import likeliest, with_colour_pairs, with_measured_settings
from engine.synth.photo_fit.parameters import active, moved, parameters, start
from engine.synth.photo_fit.photos import real_crops
from engine.synth.photo_fit.search import Found, Search, Vector
from engine.synth.photo_fit.wording import changes, verdict
from engine.synth.saved_recipes import save_recipe, saved_recipes

_STRIP = 8  # samples
_STRIP_EVERY = 5  # trials at least, between two strips
_JUDGED = 3  # times the samples of a trial: photos are few, samples need not be
_FITTED = ", fitted"  # at the end of a recipe's name
_FEWEST_TEXTS = 5  # of the photos, below which the recipe's own are drawn

Vectors = npt.NDArray[np.float32]


def work(config: FitConfig, job: JobContext) -> None:
    """Fit the recipe of a config to its photos, and save what was found.

    Raises:
        SourceError, DatasetError, BundleError: of the photos and the networks, see `real_crops`.
        ConfigError: the recipe cannot be drawn.
        SpaceError: the disk is full.
        JobError: a drawing process was killed.
        Stopped: the user asked; the trials so far are kept.
    """
    crops = real_crops(config, job)
    texts = [crop.text for crop in crops if crop.text]
    own = TextFile(job.folder / paths.FIT_TEXTS, texts) if len(texts) >= _FEWEST_TEXTS else None
    job.phase("comparing the photos")
    network = open_feature_network(job.workspace, config.run)
    with RecipeDrawer(job.workspace, network, own, config.processes, job.stop_requested) as drawer:
        fit = _Fit(config, job, drawer, crops)
        fitted = fit.search()
        _finish(fit, fitted)
    if config.upload is not None:
        delete_upload(job.workspace, config.upload)


class _Fit:
    """One fit while it works.

    Args:
        config: of the job.
        job: the job.
        drawer: draws the samples of each trial.
        crops: all real words.
    """

    def __init__(self, config: FitConfig, job: JobContext, drawer: RecipeDrawer, crops: Sequence[RealCrop]) -> None:
        self.config, self.job, self.drawer = config, job, drawer
        self._crops = [crop.image for crop in crops if not crop.held_out]
        self.learned = drawer.features_of(self._crops)
        held_out = [crop for crop in crops if crop.held_out]
        self.held_out = drawer.features_of([crop.image for crop in held_out])
        self.photos = [crop.photo for crop in held_out]
        self._drawn = self.drawn(config.recipe, config.samples, config.seed)
        self.scale = Scale(self.learned, self._drawn)
        self._real = RealImages(self.scale.of(self.learned))
        self._known = trials(job.folder)
        self._tried: dict[str, float] = {}
        self._trial = 0
        self._nearest = math.inf
        self._strip = -_STRIP_EVERY
        self.first = math.inf
        self.begun = config.recipe.changed(looks=begun_looks(config.recipe))

    def drawn(self, recipe: Recipe, number: int, seed: int) -> Features:
        """Return the features of samples of a recipe. Raises ConfigError and JobError."""
        return self.drawer.features(recipe, number, seed)

    def search(self) -> Recipe:
        """Make all trials, and return the recipe of the nearest."""
        self.job.phase("trying recipes")
        base, begun = self._begin()
        searched = parameters(base)
        begin = start(base, searched)

        def recipe(place: Vector) -> Recipe:
            return moved(base, searched, begin, place)

        def evaluate(place: Vector) -> float:
            try:
                made = recipe(place)
            except ConfigError:  # settings that do not go together
                made = None
            return self._try(made)

        search = Search(
            Found(begin, begun),
            lambda place, number: active(recipe(place), searched[number]),
            evaluate,
            self.config.trials - self._trial,
            self.config.seed,
            likeliest(searched, self.learned[0], self._drawn[0]),
        )
        return recipe(search.run().place)

    def _begin(self) -> tuple[Recipe, float]:
        """Return the recipe that the search begins with, and its distance: with what was measured, where it is nearer.

        The looks that an earlier fit has found are begun with alone; the others come back at the end.
        """
        base = self.begun
        self.first = distance = self._try(self.config.recipe)
        if base != self.config.recipe:
            distance = self._try(base)
        for measure in (
            lambda recipe: with_measured_settings(recipe, self.learned[0]),
            lambda recipe: with_colour_pairs(recipe, self._crops),
        ):
            try:
                measured = measure(base)
            except ConfigError:  # its other settings do not go with that
                continue
            if measured is not None and (found := self._try(measured)) <= distance:
                base, distance = measured, found
        return base, distance

    def _try(self, recipe: Recipe | None) -> float:
        """Return a recipe's distance, as it was noted or of new samples; infinity for one that cannot be made or drawn.

        Raises:
            ConfigError: the recipe to begin with cannot be drawn.
            JobError: a drawing process was killed.
            Stopped: the user asked.
        """
        key = "" if recipe is None else sha256(recipe.model_dump_json().encode()).hexdigest()
        if self._trial < len(self._known):
            known = self._known[self._trial]
            if known.recipe == key:
                return self._noted(math.inf if known.distance is None else known.distance)
            self._forget()
        if recipe is None or key in self._tried:
            distance = self._tried.get(key, math.inf)
        else:
            distance = self._tried[key] = self._drawn_distance(recipe)
        self.job.event(TRIAL, self._trial, distance=distance if math.isfinite(distance) else None, recipe=key)
        if recipe is not None and distance < self._nearest and self._trial >= self._strip + _STRIP_EVERY:
            save_strip(self.job.folder, self._trial, self.drawer.images(recipe, _STRIP, self.config.seed))
            self._strip = self._trial
        return self._noted(distance)

    def _forget(self) -> None:
        """Drop the trials from here on: another version of this program searched in another order."""
        self._known = self._known[: self._trial]
        self.job.truncate_events(self._trial - 1)
        self.job.event(
            "note", None, text=f"Trials from {self._trial} on are made again: the search is another version."
        )

    def _drawn_distance(self, recipe: Recipe) -> float:
        try:
            drawn = self.drawn(recipe, self.config.samples, self.config.seed)
        except ConfigError:
            if self._trial == 0:
                raise
            return math.inf
        return self._real.distance(self.scale.of(drawn))

    def _noted(self, distance: float) -> float:
        """Count a trial and tell it. Raises Stopped."""
        self._nearest = min(self._nearest, distance)
        self._trial += 1
        note = f"distance {self._nearest:.3f}, at first {self.first:.3f}" if math.isfinite(self.first) else ""
        self.job.progress(self._trial, self.config.trials, "trials", note)
        if self.job.stop_requested():
            raise Stopped
        return distance


def _finish(fit: _Fit, fitted: Recipe) -> None:
    """Judge what was found, and keep it; save it among the recipes where it is nearer, or asked for."""
    config, job = fit.config, fit.job
    job.phase("judging by the photos that were held out")
    final = with_variety(config.recipe, fitted, config.variety)
    before, after = (fit.drawn(recipe, _JUDGED * config.samples, config.seed + 1) for recipe in (config.recipe, final))
    real, far, near = (fit.scale.of(features) for features in (fit.held_out, before, after))
    judged = judge(real, far, near, fit.photos)
    save_strip(job.folder, config.trials, fit.drawer.images(fitted, _STRIP, config.seed))
    save_measures(job.folder, [features[0] for features in (fit.held_out, before, after)])
    write_bytes(job.folder / paths.RECIPE, final.to_yaml().encode())
    saved = _saved(final, job) if judged.gained or config.keep == "always" else None
    found = FitSummary(
        before=judged.before,
        after=judged.after,
        gain=judged.gain,
        interval=judged.interval,
        gained=judged.gained,
        held_out=len(fit.held_out[0]),
        learned=len(fit.learned[0]),
        changes=tuple(changes(fit.begun, fitted)),
        recipe=saved,
    )
    job.summary(**found.model_dump(exclude_unset=True))
    job.event("note", None, text=verdict(found))


def with_variety(recipe: Recipe, fitted: Recipe, share: float) -> Recipe:
    """Return a recipe that draws a share of its images by its broad looks, and the others as fitted.

    Looks that an earlier fit has found are replaced.
    """
    parts = ((fitted.looks, 1 - share, True), (broad_looks(recipe), share, False))
    looks = [
        look.changed(weight=look.weight * part / sum(one.weight for one in source), fitted=found)
        for source, part, found in parts
        for look in source
        if look.weight
    ]
    name = label(f"{(recipe.name or 'recipe').removesuffix(_FITTED)}{_FITTED}")
    return recipe.changed(name=name, looks=tuple(looks))


def _saved(final: Recipe, job: JobContext) -> str:
    """Save a recipe among the others, once, and return its id."""
    there = (one.id for one in saved_recipes(job.workspace, Recipe) if one.recipe == final)
    return next(there, None) or save_recipe(job.workspace, final, final.name).id
