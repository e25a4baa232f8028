"""Check of a recipe of scenes before anything is made: what its photos will hold, and what making them costs.

A thousand of its texts are tried with its fonts, and a few of its scenes are drawn. Nothing is written, and nothing is
refused: users decide what a finding matters.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.config.generate import GenerateScenesConfig
from engine.config.scene_recipe import SceneRecipe
from engine.formatting import count, rough
from engine.regions.polygons import text_height
from engine.regions.region import Region, at_level
from engine.synth.asset_resolver import AssetResolver
from engine.synth.check import FontGap, RecipeFinding, check_fonts
from engine.synth.encoding import encode
from engine.synth.preview import Estimate, estimate_of
from engine.synth.scenes.job import SceneDrawer
from engine.synth.scenes.pictures import scene_pictures, text_boxes
from engine.workspace import Workspace

_UNTIMED, _TIMED = 3, 9  # scenes: the first read fonts and pictures, which a generation does once
_MANY_IGNORED = 0.4  # share of words beyond which it is said
_ROBUST = (10, 50, 90)  # percentiles of heights that are told


@dataclass(frozen=True)
class SceneCheck:
    """Result of a check.

    Attributes:
        findings: possible problems, those with the largest share first.
        fonts: fonts that lack characters; they are not used for texts that they cannot draw.
        words: words that count, in a scene with text.
        ignored: share of words that do not count.
        heights: of words that count, px: a tenth is lower than the first, half than the second, nine tenths than the
            third; None without any.
        estimate: size, duration and speed of the generation.
    """

    findings: list[RecipeFinding]
    fonts: list[FontGap]
    words: float
    ignored: float
    heights: tuple[float, float, float] | None
    estimate: Estimate


def check_scenes(
    config: GenerateScenesConfig, workspace: Workspace | None = None, watch: Callable[[], object] = lambda: None
) -> SceneCheck:
    """Check a generation by 1000 of its texts and twelve of its scenes, in two seconds or three.

    Args:
        config: the generation.
        workspace: holds uploaded fonts, lists and pictures.
        watch: called between two scenes; what it raises ends the check.

    Raises:
        ConfigError: the recipe cannot be drawn at all.
    """
    recipe = config.recipe
    fonts, findings = check_fonts(recipe.words, config.seed, AssetResolver(workspace))
    watch()
    drawer = SceneDrawer(recipe, config.seed, workspace)
    scenes: list[list[Region]] = []
    seconds, size = 0.0, 0
    for index in range(_UNTIMED + _TIMED):
        began = time.thread_time()
        scene = drawer(index)
        content = encode(scene.image, config.format, config.quality)
        if index >= _UNTIMED:
            seconds, size = seconds + time.thread_time() - began, size + len(content)
        scenes.append(at_level(scene.regions, "word"))
        watch()
    words = [word for scene in scenes for word in scene]
    counted = [word for word in words if not word.ignore]
    ignored = 1 - len(counted) / len(words) if words else 0.0
    found = [*findings, *_findings(recipe.empty, words, ignored), *_unsearched(recipe, workspace)]
    with_text = sum(bool(scene) for scene in scenes)
    return SceneCheck(
        sorted(found, key=lambda finding: -finding.share),
        fonts,
        len(counted) / with_text if with_text else 0.0,
        ignored,
        _heights(counted),
        estimate_of(config.images, seconds / _TIMED, size / _TIMED, config.processes),
    )


def _findings(empty: float, words: Sequence[Region], ignored: float) -> Iterator[RecipeFinding]:
    if not words and empty < 1:
        said = f"None of {_UNTIMED + _TIMED} scenes holds text. Raise groups, or lower the text height so that it fits."
        yield RecipeFinding("no_text", 1.0, said)
    if empty == 1:
        said = "All scenes are without text, which teaches a locator nothing but what text is not. Lower empty."
        yield RecipeFinding("no_text", 1.0, said)
    if ignored > _MANY_IGNORED:
        said = (
            f"{rough(ignored)} of the words do not count: too small to read, too faint, or cut by the frame. Raise the "
            "text height, or choose colours that stand out."
        )
        yield RecipeFinding("ignored", ignored, said)


def _unsearched(recipe: SceneRecipe, workspace: Workspace | None) -> Iterator[RecipeFinding]:
    """Yield what is to be said of uploads that are taken with all pictures, though nobody searched them for text."""
    if workspace is None or recipe.pictures or not recipe.picture:
        return
    if left := list(text_boxes(workspace).values()).count(None):
        said = (
            f"{count(left, 'uploaded pictures')} {'was' if left == 1 else 'were'} not searched for text yet, and text "
            "behind a scene teaches a locator to overlook it. Open the pictures once there is a locator, or choose "
            "some of them."
        )
        yield RecipeFinding("pictures", recipe.picture * left / len(scene_pictures(workspace)), said)


def _heights(words: Sequence[Region]) -> tuple[float, float, float] | None:
    if not words:
        return None
    low, middle, high = np.percentile([text_height(word.polygon) for word in words], _ROBUST)
    return float(low), float(middle), float(high)
