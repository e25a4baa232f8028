"""The manifest: a list of all that a dataset consists of, written last, so that a dataset with one is complete.

Its hash names the content: equal recipes, seeds and counts give equal hashes, on any number of processes that draw by
equal renderers. This module checks what the manifest says about itself; whether the files agree, `dataset.py` checks.
"""

import hashlib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.config.generate import Split
from engine.errors import DatasetError
from engine.files import read_json, write_json
from engine.jobs import paths
from engine.jobs.records import optional_object
from glyphlab_read.parsing import canonical_json


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileEntry(_Closed):
    """A file: its path below the dataset's folder, its size in bytes and its SHA-256."""

    file: str
    bytes: int
    sha256: str


class ShardEntry(FileEntry):
    """A shard and how many samples it holds."""

    count: int


class RegionsEntry(FileEntry):
    """The table of all regions of a dataset of scenes: how many they are, and the SHA-256 of what it says.

    `content` is that of the rows as canonical JSON, for a table's bytes depend on the library that writes it.
    """

    count: int
    content: str


class Corrected(_Closed):
    """A label that was corrected: its sample's number in the parent, and the label before and after."""

    sample: int
    before: str
    after: str


class Removed(_Closed):
    """A sample that was left out: its number and label in the parent."""

    sample: int
    label: str


class CorrectedRegion(_Closed):
    """A region that was changed: its scene in the parent, its number there, and all that it says before and after.

    `after` is None where it was left out.
    """

    scene: int
    region: int
    before: dict[str, Any]
    after: dict[str, Any] | None


class Renderer(_Closed):
    """The drawing that made images: our version of it, those of the libraries, and the instructions they computed by.

    Equal ones draw equal pixels by a recipe and a seed. `engine.synth.renderer` tells the one of this process.
    """

    drawing: int
    pillow: str
    opencv: str
    numpy: str
    processor: str

    @property
    def words(self) -> str:
        """All of it in words."""
        libraries = f"Pillow {self.pillow}, OpenCV {self.opencv} and NumPy {self.numpy}"
        return f"version {self.drawing} of the drawing with {libraries} on {self.processor}"


class Version(_Closed):
    """The parent of a new version of a dataset, by id and hash, and every edit between the two.

    Of a removed scene the label is its source; `regions` is empty in datasets of words.
    """

    parent: str
    parent_hash: str
    corrected: list[Corrected]
    removed: list[Removed]
    regions: list[CorrectedRegion] = []


Holding = Literal["words", "scenes"]
"""The content of the images of a dataset: words cut out, with a label each, or whole scenes, with regions."""


_GENERATED = "Generate it again with the same config and seed."
_EDITED = "Make the version again: open the dataset that it was made from, and edit that."
_MADE_AGAIN = {
    "generate": _GENERATED,
    "generate-scenes": _GENERATED,
    "import": "Import it again.",
    "import-scenes": "Import it again.",
    "edit": _EDITED,
    "edit-scenes": _EDITED,
    "label-scenes": "Have the locator outline its photos again.",
}


class DatasetManifest(_Closed):
    """A complete dataset. `recipe` is kept as plain values, so that recipes of later versions do not matter.

    `drawn_by` is empty where nothing was drawn, and in datasets from before it was kept; it has several where shards
    were drawn by machines that differ.
    """

    format: Literal[1] = 1
    holds: Holding = "words"
    kind: str
    recipe: dict[str, Any]
    seed: int
    charset: str
    max_length: int
    counts: dict[Split, int]
    dropped: dict[str, int]
    shards: list[ShardEntry]
    samples: FileEntry
    regions: RegionsEntry | None = None
    version: Version | None = None
    drawn_by: tuple[Renderer, ...] = ()
    hash: str = ""

    @property
    def images(self) -> int:
        """Samples of all splits together."""
        return sum(self.counts.values())

    def content_hash(self) -> str:
        """Return the SHA-256 of what the dataset holds; names, ids and renderers do not count, nor the tables' bytes.

        The table of samples says nothing that recipe and shards do not; of that of regions its content counts.
        """
        left_out: Any = {"hash": True, "samples": True, "recipe": {"name"}}
        left_out |= self._unsaid() or {"regions": {"file", "bytes", "sha256"}, "version": set()}
        left_out["drawn_by"] = True
        left_out["version"] |= {"parent"}
        if self.version is None:
            left_out["version"] = True  # as it was before there were versions
        content = self.model_dump(mode="json", exclude=left_out)
        return hashlib.sha256(canonical_json(content)).hexdigest()

    def plain(self) -> dict[str, Any]:
        """Return the manifest as JSON values, as its file holds it."""
        return self.model_dump(mode="json", exclude=self._unsaid() | ({} if self.drawn_by else {"drawn_by": True}))

    def _unsaid(self) -> Any:
        """Return what the manifest of a dataset of words leaves out, as it did before there were scenes."""
        return {"holds": True, "regions": True, "version": {"regions"}} if self.holds == "words" else {}


def write_manifest(folder: Path, manifest: DatasetManifest) -> DatasetManifest:
    """Write a manifest with its hash, and return it so."""
    final = manifest.model_copy(update={"hash": manifest.content_hash()})
    write_json(folder / paths.MANIFEST, final.plain())
    return final


def read_manifest(folder: Path) -> DatasetManifest:
    """Read the manifest of a dataset.

    Raises:
        DatasetError: there is none, it is damaged, of another format, or changed by hand.
    """
    try:
        manifest = DatasetManifest.model_validate(read_json(folder / paths.MANIFEST))
    except FileNotFoundError:
        raise DatasetError(
            f"Dataset {folder.name} has no manifest, so it is not complete. Resume its job or delete it."
        ) from None
    except (OSError, ValueError, ValidationError) as error:
        line = str(error).splitlines()[0]
        raise DatasetError(
            f"The manifest of dataset {folder.name} cannot be read ({line}). {made_again(folder)}"
        ) from None
    if manifest.hash != manifest.content_hash():
        raise DatasetError(
            f"The manifest of dataset {folder.name} was changed after it was written. {made_again(folder)}"
        )
    return manifest


def made_again(folder: Path) -> str:
    """Return the sentence that says how a dataset that is damaged is made again: by what its job did."""
    return _MADE_AGAIN.get(str(optional_object(folder / paths.JOB).get("kind")), "Make it again from where it came.")
