"""The data that a run learned from, for its model card: counts, recipes, fonts and word lists with their licences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.config.text_sources import UPLOADS
from engine.datasets import open_dataset
from engine.datasets.scenes.dataset import open_scenes
from engine.errors import ConfigError, GlyphlabError
from engine.jobs import Job, load_job
from engine.synth.asset_resolver import AssetResolver
from engine.synth.assets import find_asset
from engine.synth.dictionaries import languages
from engine.synth.font_licences import font_licence
from engine.synth.font_packs import installed_pack
from engine.synth.fonts import is_bundled
from engine.synth.frequencies import FREQUENCY_LICENCE, NAME_LICENCES, frequency_languages
from engine.workspace import Workspace

_HUBS = {"cn": "zh", "zh_hans": "zh", "zh_hant": "zh"}  # codes of model hubs for dictionaries of another name


@dataclass(frozen=True)
class DatasetFacts:
    """One dataset that a run learned from.

    Attributes:
        name: of its job; its id where that was deleted.
        drawn: whether a recipe drew it; None where it was deleted.
        counts: images by split.
        corrected: whether it is a version with labels corrected or images left out.
        fonts: names of the fonts that drew its training images, with the licences that their files or packages name,
            the most used first, and the images of each.
        texts: where its texts come from, in words.
        languages: codes of the dictionaries, as model hubs write them.
    """

    name: str
    drawn: bool | None
    counts: dict[str, int]
    corrected: bool
    fonts: tuple[tuple[str, str, int], ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]


def dataset_facts(workspace: Workspace, run: Job) -> list[DatasetFacts]:
    """Return the datasets of a run: its own first, then those mixed in. Those that were deleted have a name alone."""
    mixed = [each["dataset"] for each in run.config.get("mix", ())]
    return [_dataset(workspace, id) for id in dict.fromkeys([run.config["dataset"], *mixed])]


def _dataset(workspace: Workspace, id: str) -> DatasetFacts:
    try:
        folder = workspace.folder("datasets", id)
        name = load_job(workspace, "datasets", id).name
        try:
            data = open_dataset(folder)
        except GlyphlabError:
            data = open_scenes(folder)
    except GlyphlabError:
        return DatasetFacts(f"dataset {id}", None, {}, False, (), (), ())
    manifest, frame = data.manifest, data.frame("train")
    fonts = Counter(frame["font"].dropna().tolist()) if "font" in frame.columns else Counter()
    texts, codes = _texts(workspace, manifest.recipe)
    drawn, corrected = manifest.kind == "synthetic", manifest.version is not None
    counts = {str(split): number for split, number in manifest.counts.items()}
    return DatasetFacts(name, drawn, counts, corrected, _fonts(workspace, fonts), texts, codes)


def _fonts(workspace: Workspace, used: Counter[str]) -> tuple[tuple[str, str, int], ...]:
    resolver, found = AssetResolver(workspace), []
    for id, images in used.most_common():
        try:
            (font,) = resolver.fonts([id])
        except ConfigError:  # deleted since
            found.append((id, "unknown", images))
        else:
            packed = not id.startswith(UPLOADS) and not is_bundled(id)
            found.append((font.label, installed_pack(id).licence if packed else font_licence(font.path), images))
    return tuple(found)


def _texts(workspace: Workspace, recipe: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return where the texts of a recipe come from, in words, and the codes of its languages."""
    labels = {one.id: one.label for one in (*languages(), *frequency_languages())}
    words, codes = [], []
    for source in _sources(recipe):
        kind = source.get("kind")
        if kind == "words":
            code = str(source.get("language", "en"))
            words.append(f"dictionary of trdg: {labels.get(code, code)}")
            codes.append(_HUBS.get(code, code))
        elif kind == "frequent":
            code = str(source.get("language", "en"))
            words.append(f"words by frequency: {labels.get(code, code)} ({FREQUENCY_LICENCE})")
            codes.append(_HUBS.get(code, code))
        elif kind == "names":
            shares = source.get("lists", {})
            words += [named for name, named in NAME_LICENCES.items() if shares.get(name, 1.0)]
        elif kind == "list":
            words.append(_list_words(workspace, str(source.get("asset", ""))))
        elif kind:
            words.append(f"{kind} by rule")
    return tuple(dict.fromkeys(words)), tuple(dict.fromkeys(code for code in codes if len(code) == 2))


def _sources(recipe: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """Yield the text sources of a recipe of words, or of the recipe of words that a recipe of scenes holds."""
    for holder in (recipe, recipe.get("words")):
        texts = holder.get("texts") if isinstance(holder, dict) else None
        yield from (one for one in texts or () if isinstance(one, dict))


def _list_words(workspace: Workspace, id: str) -> str:
    try:
        named = find_asset(workspace, "lists", id).label if id.startswith(UPLOADS) else id
    except GlyphlabError:
        named = "deleted since"
    return f"uploaded word list: {named} (licence: as its maker says)"
