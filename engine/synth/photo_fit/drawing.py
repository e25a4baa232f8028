"""Processes that draw samples of one recipe after another and return their features, not their pixels.

Sample `index` has the same random numbers and the same text under every recipe, so that two recipes differ by their
settings alone and not by luck. A set of samples is the same however many processes draw it. Each process draws the
same samples of every recipe, so that its fonts are open, and what the recipes draw alike is drawn once.
"""

import functools
import itertools
import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image

from engine.config.recipe import Recipe
from engine.config.text_sources import UPLOADS, AnyWords, WordList
from engine.errors import JobError
from engine.files import write_bytes
from engine.jobs.context import Stopped
from engine.synth.asset_resolver import AssetResolver
from engine.synth.dictionaries import Dictionary
from engine.synth.encoding import stored
from engine.synth.fitting import WordSource
from engine.synth.photo_fit.distance import Features
from engine.synth.photo_fit.features import FeatureExtractor, FeatureNetwork
from engine.synth.samples import draw_sample
from engine.synth.trdg.adapter import draw
from engine.workspace import Workspace
from glyphlab_read.processes import die_with, helpers_die_with_this

_CHUNK = 32  # samples of one task
_REMEMBERED = 1024  # drawings of a process, some 50 kB each: those of two trials of 256 samples
_POLL_SECONDS = 0.2
_LONGEST = 100  # characters


class TextFile:
    """Texts that are drawn in place of a recipe's own: one a line of a file."""

    def __init__(self, path: Path, texts: Sequence[str]) -> None:
        self.path = path
        content = "\n".join(texts).encode()
        write_bytes(path, content)
        self.id = f"{UPLOADS}{sha256(content).hexdigest()}"

    def in_place_of(self, recipe: Recipe) -> Recipe:
        """Return a recipe with these texts."""
        return recipe.changed(texts=(WordList(asset=self.id, max_length=_LONGEST),))


class RecipeDrawer:
    """Processes that draw; to be closed.

    Args:
        workspace: holds uploaded fonts and pictures.
        network: see `features`.
        texts: drawn in place of those of the recipes; None keeps theirs.
        processes: how many; 0: one per core.
        stopped: asked while samples are waited for; True gives up.
    """

    def __init__(
        self,
        workspace: Workspace,
        network: FeatureNetwork,
        texts: TextFile | None,
        processes: int,
        stopped: Callable[[], bool],
    ) -> None:
        self._texts, self._stopped = texts, stopped
        own = None if texts is None else (texts.id, texts.path)
        context = multiprocessing.get_context("spawn")
        number = processes or len(os.sched_getaffinity(0))
        start = (workspace, network, own, os.getpid())
        self._pools = [ProcessPoolExecutor(1, context, _start_process, start) for _ in range(number)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=True)

    def features(self, recipe: Recipe, count: int, seed: int) -> Features:
        """Draw samples of a recipe and return their features.

        Raises:
            ConfigError: the recipe cannot be drawn.
            JobError: a process was killed.
            Stopped: the user asked.
        """
        parts = self._each(_features, recipe, count, seed)
        return tuple(np.concatenate(groups) for groups in zip(*parts, strict=True))

    def images(self, recipe: Recipe, count: int, seed: int) -> list[Image.Image]:
        """Draw the same samples and return their images, as they are stored. Raises as `features` does."""
        return [image for part in self._each(_images, recipe, count, seed) for image in part]

    def features_of(self, images: Sequence[Image.Image]) -> Features:
        """Return the features of images that are there already. Raises JobError and Stopped."""
        chunks = [images[at : at + _CHUNK] for at in range(0, len(images), _CHUNK)]
        parts = self._results(_features_of, [(chunk,) for chunk in chunks])
        return tuple(np.concatenate(groups) for groups in zip(*parts, strict=True))

    def _each(self, work: Callable[..., Any], recipe: Recipe, count: int, seed: int) -> list[Any]:
        own = recipe if self._texts is None else self._texts.in_place_of(recipe)
        return self._results(work, [(own, seed, at, min(_CHUNK, count - at)) for at in range(0, count, _CHUNK)])

    def _results(self, work: Callable[..., Any], tasks: Sequence[tuple[Any, ...]]) -> list[Any]:
        try:
            with helpers_die_with_this():  # the first tasks start them
                running = [pool.submit(work, *task) for pool, task in zip(itertools.cycle(self._pools), tasks)]
            while not all(task.done() for task in running):
                wait(running, _POLL_SECONDS)
                if self._stopped():
                    for task in running:
                        task.cancel()
                    raise Stopped
            return [task.result() for task in running]
        except BrokenProcessPool:
            raise JobError(
                "A process that draws images was killed, most likely because memory ran out. Resume; if it happens "
                "again, set fewer processes."
            ) from None


class _WithTexts(AssetResolver):
    """Finds one more list of texts, which is no upload."""

    def __init__(self, workspace: Workspace, id: str, path: Path) -> None:
        super().__init__(workspace)
        self._id, self._own = id, Dictionary(path)

    def words(self, source: AnyWords) -> WordSource:
        """Return the words of a source."""
        return self._own if isinstance(source, WordList) and source.asset == self._id else super().words(source)


_state: dict[str, Any] = {}


def _start_process(workspace: Workspace, network: FeatureNetwork, texts: tuple[str, Path] | None, parent: int) -> None:
    die_with(parent)
    _state["assets"] = AssetResolver(workspace) if texts is None else _WithTexts(workspace, *texts)
    _state["extractor"] = FeatureExtractor(network)
    _state["drawer"] = functools.lru_cache(_REMEMBERED)(draw)


def _images(recipe: Recipe, seed: int, first: int, count: int) -> list[Image.Image]:
    known = {"assets": _state["assets"], "drawer": _state["drawer"]}
    return [stored(draw_sample(recipe, seed, index, **known).image) for index in range(first, first + count)]


def _features(recipe: Recipe, seed: int, first: int, count: int) -> Features:
    return _features_of(_images(recipe, seed, first, count))


def _features_of(images: Sequence[Image.Image]) -> Features:
    return _state["extractor"].features(images)
