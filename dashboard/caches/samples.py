"""Samples of recipes, checks of recipes and previews of fonts, worked out once for the same recipe.

Apart from the other loaders because it loads the generator (half a second), which most pages do without.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import streamlit as st
from PIL import Image

from dashboard.caches.files import modified, once
from engine import synth
from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.images.encode import jpeg_bytes, png_bytes
from engine.regions.region import Region, at_level
from engine.synth import AnnotatedSample, Font, RecipeCheck, Sample, uploaded_fonts
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import bundled_fonts, missing_characters, specimen, specimen_text
from engine.synth.scenes.check import SceneCheck, check_scenes
from engine.synth.scenes.job import SceneDrawer
from engine.workspace import Workspace

_HASH: dict[str | type[Any], Callable[[Any], Any]] = {
    Recipe: lambda recipe: recipe.model_dump_json(),
    SceneRecipe: lambda recipe: recipe.model_dump_json(),
    Workspace: lambda space: str(space.root),
}
_FALLBACK = ("Glyphlab 0123", "0123", "永字", "Aa")  # what a font shows that can draw none of the recipe's texts
_APART = 1_000_003  # added to the seed of samples that a reader is tried on


def preview(recipe: Recipe, count: int, seed: int, space: Workspace | None = None) -> list[Sample]:
    """Draw samples of a recipe; the same ones for the same arguments. Raises ConfigError."""
    return _preview(recipe, count, seed, space, _uploads(space))


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs=_HASH)
def _preview(recipe: Recipe, count: int, seed: int, space: Workspace | None, uploads: str) -> list[Sample]:
    return synth.preview(recipe, count, seed, space)


def _uploads(space: Workspace | None) -> str:
    """Return a key that changes when something is uploaded or deleted."""
    return " ".join(str(modified(folder)) for folder in sorted(space.assets.iterdir())) if space else ""


def annotated(recipe: Recipe, seed: int, index: int, space: Workspace) -> AnnotatedSample:
    """Draw one of these samples with its boxes and mask. Raises ConfigError."""
    return synth.annotate_sample(recipe, seed, index, space)


def check_recipe(config: GenerateConfig, space: Workspace, watch: Callable[[], object]) -> RecipeCheck:
    """Judge a generation, once. Raises ConfigError.

    `watch` is called every few hundredths of a second; what it raises ends the work, so that a page can move on.
    """
    key = f"check {space.root} {_uploads(space)} {config.model_dump_json()}"
    return once(key, lambda: synth.check(config, workspace=space, watch=watch))


@dataclass(frozen=True)
class ScenePhoto:
    """A scene as a JPEG file at its true size, with its regions in px of it and what decided it."""

    jpeg: bytes
    size: tuple[int, int]
    regions: tuple[Region, ...]
    factors: dict[str, Any]

    def image(self, width: int | None = None) -> tuple[Image.Image, float]:
        """Return the RGB pixels, no wider than `width` px, and how many of these a px of the scene takes."""
        photo = Image.open(BytesIO(self.jpeg))
        if width and width < photo.width:
            photo.draft("RGB", (width, 1))
            photo.thumbnail((width, photo.height))
        return photo.convert("RGB"), photo.width / self.size[0]

    def words(self) -> list[Region]:
        """Return the regions of words."""
        return at_level(self.regions, "word")


def scene_photos(recipe: SceneRecipe, count: int, seed: int, space: Workspace) -> Iterator[ScenePhoto]:
    """Draw the first scenes of a recipe one after the other; the same ones for the same arguments. Raises ConfigError.

    Whoever shows one before asking for the next lets the page move on in between.
    """
    drawer = functools.cache(lambda: SceneDrawer(recipe, seed, space))
    uploads = _uploads(space)
    for index in range(count):
        yield _scene_photo(recipe, seed, index, space, uploads, drawer)


@st.cache_data(max_entries=60, show_spinner=False, hash_funcs=_HASH)
def _scene_photo(
    recipe: SceneRecipe, seed: int, index: int, space: Workspace, uploads: str, _drawer: Callable[[], SceneDrawer]
) -> ScenePhoto:
    scene = _drawer()(index)
    return ScenePhoto(jpeg_bytes(scene.image), scene.image.size, scene.regions, scene.factors)


def check_scene_recipe(config: GenerateScenesConfig, space: Workspace, watch: Callable[[], object]) -> SceneCheck:
    """Judge a generation of scenes, once; `watch` is as in `check_recipe`. Raises ConfigError."""
    key = f"check {space.root} {_uploads(space)} {config.model_dump_json()}"
    return once(key, lambda: check_scenes(config, space, watch))


@dataclass(frozen=True)
class FontPreview:
    """A font, what it shows of some texts, the characters of them that it lacks, and what else is to be known of it."""

    font: Font
    text: str
    missing: str
    remarks: tuple[str, ...]

    def image(self) -> Image.Image:
        """Return the font's picture. Raises OSError when its file is gone."""
        return _specimen(self.font, self.text)


def font_previews(space: Workspace, texts: tuple[str, ...]) -> list[FontPreview]:
    """Return all fonts: uploaded ones, those that can draw all of the texts, then the others by what they lack."""
    return [_font_preview(font, texts) for font in uploaded_fonts(space)] + _bundled_previews(texts)


@st.cache_data(max_entries=8, show_spinner=False)
def _bundled_previews(texts: tuple[str, ...]) -> list[FontPreview]:
    return sorted((_font_preview(font, texts) for font in bundled_fonts()), key=lambda face: len(face.missing))


def fonts_in_use(space: Workspace, ids: Sequence[str], languages: Sequence[str]) -> list[Font]:
    """Return the fonts of these ids, or where none is named those meant for the languages.

    Raises:
        ConfigError: there is no such font, or none for a language.
    """
    assets = AssetResolver(space)
    if ids:
        return assets.fonts(ids)
    return list(dict.fromkeys(font for language in languages for font in assets.default_fonts(language)))


def font_previews_of(fonts: Sequence[Font], texts: tuple[str, ...]) -> list[FontPreview]:
    """Return some fonts."""
    return [_font_preview(font, texts) for font in fonts]


def _font_preview(font: Font, texts: tuple[str, ...]) -> FontPreview:
    shown = specimen_text(font, texts) or _drawable(font, texts[:1]) or specimen_text(font, _FALLBACK)
    return FontPreview(font, shown, missing_characters(font, texts), tuple(font.remarks))


def _drawable(font: Font, texts: tuple[str, ...]) -> str:
    """Return what a font can draw of a text."""
    return "".join(each for text in texts for each in text if font.can_draw(each)).strip()


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs={Font: lambda font: font.id})
def _specimen(font: Font, text: str) -> Image.Image:
    return specimen(font, text)


@st.cache_data(max_entries=256, show_spinner=False)
def thumbnail(path: Path) -> Image.Image:
    """Return a small version of a picture for backgrounds; a grey one where its file is gone or damaged."""
    try:
        with Image.open(path, formats=("JPEG", "PNG", "WEBP")) as image:
            image.draft("RGB", (440, 192))  # a JPEG is decoded at about that size
            image.thumbnail((220, 96))
            return image.convert("RGB")
    except OSError:
        return Image.new("RGB", (160, 96), "#8A8A8A")


def sample_files(recipe: Recipe, seed: int, space: Workspace) -> list[tuple[str, bytes]]:
    """Draw six samples of a recipe as PNG files, named by what they say. Raises ConfigError.

    They are none of those that datasets by the same recipe and seed consist of, which a reader has learned.
    """
    return [(sample.label, png_bytes(sample.image)) for sample in preview(recipe, 6, _APART + seed, space)]
