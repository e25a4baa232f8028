"""Lookup of the fonts, word lists and pictures that a recipe names: bundled, uploaded, or of an installed font pack.

A resolver caches what it found, so one is made for each preview and each drawing process, not for each sample.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.commands import engine_command
from engine.config.text_sources import UPLOADS, AnyWords, FrequentWords, ProperNames, Words
from engine.errors import ConfigError
from engine.formatting import count
from engine.synth.assets import Asset, AssetKind, find_asset, list_assets
from engine.synth.dictionaries import Dictionary, dictionary, needed_font
from engine.synth.face_verdicts import verdicts_of
from engine.synth.font_packs import MissingFont, installed_pack, is_whole, pack_face, pack_of
from engine.synth.fonts import Font, fonts, fonts_by_id, is_bundled
from engine.synth.frequencies import GroupedWords, frequent_words, names
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
        self._fonts: dict[tuple[str, ...], list[Font]] = {}
        self._families: dict[tuple[str, ...], list[list[Font]]] = {}
        self._one_case: dict[tuple[str, ...], list[Font]] = {}

    def fonts(self, ids: Iterable[str]) -> list[Font]:
        """Return fonts by their ids; that of a whole pack stands for its faces, those left out that are named besides.

        Raises:
            MissingFont: a font pack is not installed, or its faces were not checked.
            ConfigError: there is no such font.
        """
        key = tuple(ids)
        if key not in self._fonts:
            named = {id for id in key if not is_whole(id)}
            self._fonts[key] = [font for id in key for font in self._named(id) if font.id not in named - {id}]
        return self._fonts[key]

    def families(self, fonts: Sequence[Font]) -> list[list[Font]]:
        """Return fonts grouped by their families."""
        key = tuple(font.id for font in fonts)
        if key not in self._families:
            groups: dict[str, list[Font]] = {}
            for font in fonts:
                groups.setdefault(font.family, []).append(font)
            self._families[key] = list(groups.values())
        return self._families[key]

    def _named(self, id: str) -> list[Font]:
        if id.startswith(UPLOADS):
            return [self._uploaded_font(id)]
        if is_whole(id):
            return self._whole_pack(id)
        if is_bundled(id) or not pack_of(id):
            return fonts_by_id([id])
        return [pack_face(id)]

    def _whole_pack(self, id: str) -> list[Font]:
        """Return the faces of a pack without those that the check leaves out."""
        pack = installed_pack(id)
        verdicts = verdicts_of(self._workspace, pack.faces) if self._workspace else {}
        if len(verdicts) < len(pack.faces):
            raise MissingFont(
                f"looks.fonts: {len(pack.faces) - len(verdicts)} of {count(len(pack.faces), 'faces')} of the font pack "
                f"{pack.name!r} were not checked yet. Run `make fonts` or `{engine_command('fonts check')}`."
            )
        if faces := [face for face in pack.faces if not verdicts[face].fault]:
            return faces
        raise ConfigError(
            f"looks.fonts: the check leaves out every face of the font pack {pack.name!r}. Choose single faces of it, "
            "or another pack."
        )

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

    def words(self, source: AnyWords) -> Dictionary | GroupedWords:
        """Return the words of a source. Raises ConfigError when its dictionary or upload does not exist."""
        if isinstance(source, Words):
            return dictionary(source.language)
        if isinstance(source, FrequentWords):
            return frequent_words(source.language, source.frequency)
        if isinstance(source, ProperNames):
            return names(source.lists)
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
