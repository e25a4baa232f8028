"""Lookup of the fonts, word lists and pictures that a recipe names: bundled with trdg, or uploaded to a workspace.

A resolver caches what it found, so one is made for each preview and each drawing process, not for each sample.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.config.text_sources import UPLOADS, WordList, Words
from engine.errors import ConfigError
from engine.synth.assets import Asset, AssetKind, find_asset, list_assets
from engine.synth.dictionaries import Dictionary, dictionary, needed_font
from engine.synth.fonts import Font, fonts, fonts_by_id
from engine.synth.trdg.adapter import PICTURES
from engine.workspace import Workspace


@dataclass(frozen=True)
class Picture:
    """A picture for backgrounds: its id in recipes, a name for people, and its file."""

    id: str
    label: str
    path: Path


class AssetResolver:
    """Fonts, word lists and pictures by their ids; uploaded ones only with a workspace."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self._workspace = workspace
        self._assets: dict[tuple[AssetKind, str], Asset] = {}
        self._dictionaries: dict[tuple[str, str], Dictionary] = {}
        self._one_case: dict[tuple[str, ...], list[Font]] = {}

    def fonts(self, ids: Iterable[str]) -> list[Font]:
        """Return fonts by their ids. Raises ConfigError when there is no such font."""
        return [self._uploaded_font(id) if id.startswith(UPLOADS) else fonts_by_id([id])[0] for id in ids]

    def one_case_fonts(self, choices: Iterable[tuple[str, ...]]) -> list[Font]:
        """Return those of the fonts chosen that draw letters in one case only. Raises ConfigError as `fonts` does."""
        found = []
        for ids in choices:
            if ids not in self._one_case:
                self._one_case[ids] = [font for font in self.fonts(ids) if font.as_drawn("aA") != "aA"]
            found += self._one_case[ids]
        return found

    def default_fonts(self, language: str) -> list[Font]:
        """Return the bundled fonts of a language.

        Raises:
            ConfigError: none can draw it.
        """
        if font := needed_font(language):
            raise ConfigError(
                f"language: {language!r} can be drawn by none of the bundled fonts. Upload one that can, such as "
                f"{font}, and choose it under fonts in each look."
            )
        return fonts(language)

    def pictures(self, ids: Iterable[str]) -> tuple[Path, ...]:
        """Return the files of pictures by their ids. Raises ConfigError when there is no such picture."""
        bundled = {picture.id: picture.path for picture in _bundled_pictures()}
        unknown = [id for id in ids if id not in bundled and not id.startswith(UPLOADS)]
        if unknown:
            raise ConfigError(
                f"looks.pictures: {unknown[0][:80]!r} is no picture here. "
                f"Choose among {', '.join(bundled)} and your uploads."
            )
        return tuple(bundled[id] if id in bundled else self._asset("pictures", id).path for id in ids)

    def words(self, source: Words | WordList) -> Dictionary:
        """Return the words of a source. Raises ConfigError when its dictionary or upload does not exist."""
        if isinstance(source, Words):
            return dictionary(source.language)
        key = (source.asset, source.take)
        if key not in self._dictionaries:
            separators = b"\n" if source.take == "lines" else b"\n "
            self._dictionaries[key] = Dictionary(self._asset("lists", source.asset).path, separators)
        return self._dictionaries[key]

    def _uploaded_font(self, id: str) -> Font:
        asset = self._asset("fonts", id)
        return Font(asset.id, asset.label, asset.path)

    def _asset(self, kind: AssetKind, id: str) -> Asset:
        if self._workspace is None:
            raise ConfigError(f"{id[:80]!r} was uploaded to a workspace, and none is given. Name the workspace.")
        if (kind, id) not in self._assets:
            self._assets[kind, id] = find_asset(self._workspace, kind, id)
        return self._assets[kind, id]


def uploaded_fonts(workspace: Workspace) -> list[Font]:
    """Return the uploaded fonts, by name."""
    return [Font(asset.id, asset.label, asset.path) for asset in list_assets(workspace, "fonts")]


def pictures(workspace: Workspace | None = None) -> list[Picture]:
    """Return the pictures for backgrounds: trdg's own, then the uploaded ones."""
    uploads = list_assets(workspace, "pictures") if workspace else []
    return [*_bundled_pictures(), *(Picture(asset.id, asset.label, asset.path) for asset in uploads)]


@cache
def _bundled_pictures() -> tuple[Picture, ...]:
    return tuple(Picture(f"trdg/{path.stem}", path.stem.capitalize(), path) for path in sorted(PICTURES.iterdir()))
