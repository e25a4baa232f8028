"""The files of a source as formats of scenes see them: the photo that a label file belongs to, parsed JSON and XML."""

import contextlib
import posixpath
import re
import zlib
from collections.abc import Callable
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

from engine.config.generate import Split
from engine.config.scene_importing import SceneImportConfig
from engine.errors import SourceError
from engine.parsing import MAX_XML_BYTES, parse_xml
from engine.sources.encodings import codec_of
from engine.sources.image_index import same_split
from engine.sources.text_files import TextFiles
from engine.sources.tree import Tree, folder_split_hint, is_image, plain_name, split_hint
from glyphlab_read.parsing import MAX_JSON_BYTES, ParseFault, parse_json

LOOKS = 8
"""Files of one kind that are opened to detect a format."""

_FEW = 40  # files that are all opened to detect a format

_BEFORE = re.compile(r"^(?:poly_gt_|rect_gt_|gt_poly_|poly_|gt_|res_|label_|mask_)+", re.IGNORECASE)
_AFTER = re.compile(r"(?:[_.-](?:gt|label|labels|mask|masks|seg|poly))+$", re.IGNORECASE)

_COMPANIONS = re.compile(
    r"(classes|readme|license|labels|notes)\.txt|(classes|notes)\.json|obj\.(names|data)|(data|dataset)\.ya?ml|filestate\.txt"
    r"|rec_gt.*\.txt|predefined_classes\.txt|mets\.xml|viaimages?\.json",
    re.IGNORECASE,
)
"""Files that tools write beside labels: names of classes, states, lists of words cut out."""


def is_companion(name: str) -> bool:
    """Say whether a file is one that tools write beside labels."""
    return bool(_COMPANIONS.fullmatch(posixpath.basename(name)))


class SceneListing(TextFiles):
    """The files of one source. It opens no photo and knows no format."""

    def __init__(self, tree: Tree, config: SceneImportConfig) -> None:
        super().__init__(tree, config.encoding)
        self.config = config
        self._parsed: dict[str, Any] = {}

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.images.names:
            file = posixpath.basename(name).casefold()
            for key in {file, posixpath.splitext(file)[0]}:
                found.setdefault(key, []).append(name)
        return found

    def ending(self, *endings: str) -> list[str]:
        """Return the files whose names end in one of these."""
        return [name for name in self.names if name.casefold().endswith(endings)]

    def photo(self, listed: str, listed_in: str) -> str | None:
        """Return the photo that a label file names; leading folders that do not exist are ignored.

        It is none of another split than the listed name, or the label file, is in.
        """
        return self.images.find(listed, listed_in) or self._nearest(
            [posixpath.basename(listed).casefold()], listed_in, listed
        )

    def photo_of(self, labels: str, listed: str = "") -> str | None:
        """Return the photo that a label file belongs to by its own name: gt_img_1.txt, img_1.jpg.txt, poly_gt_img1.txt.

        Of several photos of that name the one whose folder is named most alike is meant, if one is, and none of another
        split than the label file is in, or the name that it lists.
        """
        stem = posixpath.splitext(posixpath.basename(labels))[0].casefold()
        bare = _AFTER.sub("", stem)
        keys = [stem, bare, _BEFORE.sub("", stem), _BEFORE.sub("", bare)]
        keys += [posixpath.splitext(key)[0] for key in keys if is_image(key)]
        return self._nearest(keys, labels, listed)

    def _nearest(self, keys: list[str], labels: str, listed: str) -> str | None:
        for key in keys:
            names = [
                name
                for name in self._by_stem.get(key, ())
                if name != labels and same_split(plain_name(listed), labels, name)
            ]
            if names:
                scores = [_alike(name, labels) for name in names]
                best = [name for name, score in zip(names, scores, strict=True) if score == max(scores)]
                return best[0] if len({posixpath.dirname(name) for name in best}) == 1 else None
        return None

    def json(self, name: str) -> Any:
        """Parse one JSON file; that of the last few is kept.

        Raises:
            SourceError: it cannot be read, is too large, or is no JSON.
        """
        if name not in self._parsed:
            if len(self._parsed) >= LOOKS:
                self._parsed.clear()
            content = self.content(name, MAX_JSON_BYTES)
            try:
                self._parsed[name] = parse_json(self._decoded(content) if self.encoding != "auto" else content)
            except ParseFault as error:
                raise SourceError(f"{name!r} is no JSON that is read ({str(error)[:100]}). Save it again.") from None
        return self._parsed[name]

    def json_files(self, fits: Callable[[Any], bool], endings: tuple[str, ...] = (".json",)) -> list[str]:
        """Return the JSON files whose content fits; see `fitting`."""
        return self.fitting(self.ending(*endings), lambda name: fits(self.json(name)))

    def xml_files(self, fits: Callable[[Element], bool]) -> list[str]:
        """Return the XML files whose root fits; see `fitting`."""
        return self.fitting(self.ending(".xml"), lambda name: fits(self.xml(name)))

    def fitting(self, names: list[str], fits: Callable[[str], bool]) -> list[str]:
        """Return the files that fit; of many, all if most of a few that are looked into do."""

        def does(name: str) -> bool:
            with contextlib.suppress(SourceError):
                return fits(name)
            return False

        if len(names) <= _FEW:
            return [name for name in names if does(name)]
        some = names[:: len(names) // LOOKS]
        return names if 2 * sum(map(does, some)) >= len(some) else []

    def xml(self, name: str) -> Element:
        """Parse one XML file without following any entity.

        Raises:
            SourceError: it cannot be read, is too large, is no XML, or declares entities.
        """
        try:
            return parse_xml(self.content(name, MAX_XML_BYTES))
        except ParseFault as error:
            raise SourceError(f"{name!r} is no XML that is read ({str(error)[:100]}). Save it again.") from None

    def content(self, name: str, limit: int) -> bytes:
        """Return a file's bytes. Raises SourceError when it cannot be read or has more than `limit` bytes."""
        try:
            content = self.tree.read(name, limit)
        except OSError as error:
            raise SourceError(f"{name!r} cannot be read ({error.strerror or error}). Check its permissions.") from None
        if name.casefold().endswith(".gz"):
            content = _unpacked(name, content, limit)
        if len(content) > limit:
            raise SourceError(f"{name!r} has over {limit // 10**6} MB, which is more than we read. Split it.")
        return content

    def _decoded(self, content: bytes) -> bytes | str:
        """Return a file's text in the encoding that the user says, where nothing in it says another."""
        try:
            return content.decode(codec_of(content, self.encoding))
        except UnicodeDecodeError:
            return content

    def split(self, photo: str, labels: str) -> Split | None:
        """Return the split that the names of a photo's folders or of a list of many photos stand for, if any does."""
        found = folder_split_hint(labels) or folder_split_hint(photo)
        if found:
            return found
        own = posixpath.splitext(posixpath.basename(photo))[0].casefold()  # "test.jpg" is no photo of the test split
        return None if own in posixpath.basename(labels).casefold() else split_hint(labels)


def _unpacked(name: str, content: bytes, limit: int) -> bytes:
    """Return the content of a file that gzip packed, a byte more than the limit at most. Raises SourceError."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, limit + 1)
    except zlib.error as error:
        raise SourceError(f"{name!r} cannot be unpacked ({error}). Pack it again.") from None


def _alike(photo: str, labels: str) -> tuple[bool, int, int]:
    """Return whether a photo and its labels are of one split, and how many words and letters their folders share."""
    folders = [posixpath.dirname(name).casefold() for name in (photo, labels)]
    words = [set(re.findall(r"[a-z]+|\d+", folder)) for folder in folders]
    split = folder_split_hint(photo) is not None and folder_split_hint(photo) == split_hint(labels)
    return split, len(words[0] & words[1]), len(posixpath.commonprefix(folders))
