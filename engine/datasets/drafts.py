"""The draft of a new version of a dataset: what was corrected and removed, kept in its folder until it is made.

Each change is written at once, so that nothing is lost with a page. The dataset itself stays as it is. A draft that is
damaged is put aside, and named in `EditDraft.damaged` until somebody deletes it.
"""

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from engine.config.base import Config
from engine.config.editing import EditConfig, SceneEditConfig
from engine.datasets.manifest import Holding
from engine.errors import DatasetError
from engine.files import found_aside, read_json, set_aside, write_json
from engine.formatting import count
from engine.jobs import paths
from engine.regions.region import Region


class RegionChange(BaseModel):
    """A change of a region; what is None stays as it is. A removed one keeps the rest, should it come back."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    remove: bool = False
    ignore: bool | None = None
    text: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return the change as `RegionEdit` reads it."""
        return {"remove": True} if self.remove else self.model_dump(exclude_none=True)

    def __bool__(self) -> bool:
        return self.remove or self.ignore is not None or self.text is not None


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid")

    began: datetime
    corrections: dict[int, str] = {}
    removals: list[int] = []
    regions: list[tuple[int, int, RegionChange]] = []


class EditDraft:
    """The draft of one dataset, read when it is made and written at each change.

    Attributes:
        folder: the dataset's.
        corrections: new labels by sample.
        removals: samples, or scenes, that go.
        regions: changes by (scene, region).
        began: when the first change was noted, UTC; None while there is none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read()

    def correct(self, sample: int, label: str, stored: str) -> None:
        """Note a label; the one that the dataset has (`stored`), or an empty one, takes the note back."""
        self._read()
        if label.strip() and label != stored:
            self.corrections[sample] = label
        else:
            self.corrections.pop(sample, None)
        self._write()

    def change(self, scene: int, number: int, stored: Region, **values: Any) -> None:
        """Note what becomes of a region; what the dataset has (`stored`) takes the note back.

        Args:
            scene: its scene.
            number: its number there.
            stored: the region as it is.
            values: remove, ignore or text; an empty text is none.
        """
        self._read()
        change = self.regions.get((scene, number), RegionChange()).model_copy(update=values)
        if change.ignore == stored.ignore:
            change.ignore = None
        if change.text is not None and change.text.strip() == (stored.text or ""):
            change.text = None
        self.regions[scene, number] = change
        if not change:
            del self.regions[scene, number]
        self._write()

    def remove(self, samples: Iterable[int]) -> None:
        """Note samples, or scenes, to remove."""
        self._read()
        self.removals.update(samples)
        self._write()

    def toggle(self, sample: int) -> None:
        """Take a sample, or a scene, out, or back in."""
        self._read()
        self.removals ^= {sample}
        self._write()

    def discard(self) -> None:
        """Forget all of it."""
        (self.folder / paths.DRAFT).unlink(missing_ok=True)
        self._read()

    def put_away(self) -> None:
        """Forget all of it, but so that it can be taken back; what was put away before is gone then."""
        path = self.folder / paths.DRAFT
        if path.exists():
            os.replace(path, self.folder / paths.DISCARDED_DRAFT)
        self._read()

    @property
    def can_be_taken_back(self) -> bool:
        """True where edits were put away and none were made since."""
        return not self.began and (self.folder / paths.DISCARDED_DRAFT).exists()

    def take_back(self) -> None:
        """Bring back what was put away; nothing happens where there are edits again."""
        if self.can_be_taken_back:
            os.replace(self.folder / paths.DISCARDED_DRAFT, self.folder / paths.DRAFT)
        self._read()

    @property
    def damaged(self) -> list[Path]:
        """The files of drafts that were found damaged."""
        return found_aside(self.folder, paths.DRAFT)

    def edited(self, scene: int, regions: Iterable[Region]) -> list[Region | None]:
        """Return the regions of a scene as they would become; None for those that go."""
        return [self._becomes(self.regions.get((scene, number)), region) for number, region in enumerate(regions)]

    def kept(self, scene: int, regions: Iterable[Region]) -> list[Region]:
        """Return those of them that stay."""
        return [region for region in self.edited(scene, regions) if region is not None]

    def config(self, holds: Holding) -> Config:
        """Return the edit of the dataset; what happens within a sample that goes no longer matters.

        Raises:
            ConfigError: nothing would change.
        """
        values: dict[str, Any] = {"dataset": self.folder.name, "removals": sorted(self.removals)}
        if holds == "scenes":
            regions = [
                {"scene": scene, "region": number, **change.plain()}
                for (scene, number), change in sorted(self.regions.items(), key=lambda pair: pair[0])
                if scene not in self.removals
            ]
            return SceneEditConfig.parse({**values, "regions": regions})
        corrections = [
            {"sample": sample, "label": label}
            for sample, label in sorted(self.corrections.items())
            if sample not in self.removals
        ]
        return EditConfig.parse({**values, "corrections": corrections})

    def words(self, holds: Holding) -> str:
        """Return the changes in words, such as `2 labels corrected · 1 sample removed`; empty while there are none."""
        changes = [change for (scene, _), change in self.regions.items() if scene not in self.removals]
        gone = sum(change.remove for change in changes)
        figures = {
            "labels corrected": len(self.corrections.keys() - self.removals),
            "regions changed": len(changes) - gone,
            "regions removed": gone,
            f"{'photos' if holds == 'scenes' else 'samples'} removed": len(self.removals),
        }
        return " · ".join(_counted(number, what) for what, number in figures.items() if number)

    @staticmethod
    def _becomes(change: RegionChange | None, region: Region) -> Region | None:
        if change is None:
            return region
        text = region.text if change.text is None else change.text.strip() or None
        ignore = region.ignore if change.ignore is None else change.ignore
        return None if change.remove else replace(region, text=text, ignore=ignore)

    def _read(self) -> None:
        """Read the draft. Raises DatasetError where the disk does not hand it out."""
        path, stored = self.folder / paths.DRAFT, None
        try:
            stored = _Stored.model_validate(read_json(path))
        except FileNotFoundError:  # none yet
            pass
        except ValueError:
            set_aside(path)
        except OSError as error:
            raise DatasetError(
                f"{path.name}, the draft of the edits of this dataset, cannot be read ({error.strerror}). Edits wait "
                "until it can, as it would be overwritten; see to the file, or delete it."
            ) from None
        self.began = stored.began if stored else None
        self.corrections: dict[int, str] = stored.corrections if stored else {}
        self.removals: set[int] = set(stored.removals) if stored else set()
        self.regions: dict[tuple[int, int], RegionChange] = {
            (scene, number): change for scene, number, change in (stored.regions if stored else ())
        }

    def _write(self) -> None:
        if not (self.corrections or self.removals or self.regions):
            self.discard()
            return
        self.began = self.began or datetime.now(UTC)
        regions = [(*place, change) for place, change in sorted(self.regions.items(), key=lambda pair: pair[0])]
        stored = _Stored(
            began=self.began, corrections=self.corrections, removals=sorted(self.removals), regions=regions
        )
        write_json(self.folder / paths.DRAFT, stored.model_dump(mode="json", exclude_none=True), durable=False)


def _counted(number: int, what: str) -> str:
    noun, _, verb = what.partition(" ")
    return f"{count(number, noun)} {verb}"
