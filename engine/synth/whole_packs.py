"""Recipes that name whole font packs, or all pictures: their check, and the recipe with what it draws with named."""

from collections.abc import Callable

from engine.config.generate import GenerateConfig, GenerateScenesConfig
from engine.config.recipe import Recipe
from engine.synth.asset_resolver import AssetResolver
from engine.synth.face_check import check_packs
from engine.synth.font_packs import whole_packs
from engine.synth.saved_recipes import AnyRecipe
from engine.synth.scenes.pictures import picture_ids
from engine.workspace import Workspace


def written_out(
    recipe: AnyRecipe, workspace: Workspace, watch: Callable[[int, int], object] = lambda done, of: None
) -> AnyRecipe:
    """Return a recipe with single faces in place of whole packs, so that it draws the same on every machine.

    One of scenes that names no picture names all that there are now: what comes later is no part of it.

    Faces that were not checked yet are; see `check_packs`, also for `watch`.

    Raises:
        ConfigError: a font of the recipe is not here.
    """
    assets = AssetResolver(workspace)
    words = recipe if isinstance(recipe, Recipe) else recipe.words
    check_packs(workspace, whole_packs(id for look in words.looks for id in look.fonts), watch)
    looks = []
    for look in words.looks:
        fonts = tuple(font.id for font in assets.fonts(look.fonts))
        looks.append(look.changed(fonts=fonts) if fonts != look.fonts else look)
    if isinstance(recipe, Recipe):
        return recipe.changed(looks=looks)
    pictures = () if recipe.pictures or not recipe.picture else picture_ids(workspace)
    return recipe.changed(words=words.changed(looks=looks), pictures=recipe.pictures or pictures)


def ready_to_draw(
    config: GenerateConfig | GenerateScenesConfig,
    workspace: Workspace,
    watch: Callable[[int, int], object] = lambda done, of: None,
) -> GenerateConfig | GenerateScenesConfig:
    """Return a generation whose recipe is written out. Raises ConfigError when a font of it is not here."""
    if isinstance(config, GenerateConfig):
        return config.changed(recipe=written_out(config.recipe, workspace, watch))
    return config.changed(recipe=written_out(config.recipe, workspace, watch))
