"""Statistics of a dataset of scenes: height and angle of every text, and what each photo holds.

Regions are measured once and stored beside the dataset; no photo is opened. Which of these numbers are good or bad is
not judged here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.datasets.cache import cached_table
from engine.datasets.scenes.dataset import SceneDataset
from engine.datasets.splits import SPLITS
from engine.regions.polygons import text_angles, text_heights
from engine.regions.region import LEVELS

WITH_TEXT, WITHOUT_TEXT = "with text", "without text"

_REVISION = 1  # of the measures of a region; another one measures anew
_WORDS = ("label", "length")  # columns that only words have


@dataclass(frozen=True)
class SceneDescription:
    """The content of a dataset of scenes, in figures.

    Attributes:
        levels: a row a level that there is: regions, ignored, height (the median of those that count,
            px), and share (of them that do not count).
        splits: a row a split: photos, without_text, regions, ignored.
        languages: a row a language that labels name, the most frequent first: regions, ignored, height as above.
    """

    levels: pd.DataFrame
    splits: pd.DataFrame
    languages: pd.DataFrame


def measure_regions(dataset: SceneDataset) -> pd.DataFrame:
    """Return a row a region, in the dataset's order; the second time it is read from a file.

    Columns: scene (its number), height (of the text, px), angle (of its top edge, degrees, down to the right is more),
    corners (how many), ignore, level.
    """

    def measured() -> pd.DataFrame:
        polygons, table = dataset.polygons(), dataset.region_table
        return pd.DataFrame(
            {
                "scene": table["scene"].to_numpy(),
                "height": text_heights(polygons).astype(np.float32),
                "angle": text_angles(polygons).astype(np.float32),
                "corners": np.array([len(polygon) for polygon in polygons], np.int32),
                "ignore": np.array(table["ignore"].to_pylist(), np.bool_),
                "level": pd.Series(table["level"].to_pylist(), dtype="str"),
            }
        )

    return cached_table(dataset, f"regions-{_REVISION}", measured)


def photo_table(dataset: SceneDataset) -> pd.DataFrame:
    """Return a row a scene, to be filtered by `engine.datasets.query`; its index is the scene's number.

    Columns: those of `SceneDataset.frame` but label and length, then texts (all that it says, a line each), regions and
    ignored (how many, and how many of them do not count), text ("with text" or "without text"), text_height (float32
    array of all its regions', px), and where there are several levels, how many regions of each (words, lines, …);
    where labels name languages, those of each scene.
    """
    regions, scenes = measure_regions(dataset), range(len(dataset))
    scene = regions["scene"].to_numpy()
    counts = np.bincount(scene, minlength=len(scenes))
    ignored = np.bincount(scene, regions["ignore"].to_numpy(dtype=float), minlength=len(scenes)).astype(np.int64)
    ends = np.cumsum(counts)[:-1]
    own = {
        "texts": _joined(dataset.region_table["text"].to_pylist(), counts),
        "regions": counts,
        "ignored": ignored,
        "text": np.where(counts > 0, WITH_TEXT, WITHOUT_TEXT),
        "text_height": pd.Series(np.split(regions["height"].to_numpy(), ends), dtype=object),
    }
    levels = regions["level"].to_numpy()
    several = [level for level in LEVELS if (levels == level).any()]
    if len(several) > 1:
        own |= {f"{level}s": np.bincount(scene[levels == level], minlength=len(scenes)) for level in several}
    spoken = dataset.region_table["language"]
    if spoken.null_count < len(spoken):
        own["languages"] = _languages(spoken.to_pylist(), counts)
    stored = dataset.frame().drop(columns=[*_WORDS, *own], errors="ignore")
    return stored.assign(**own)


def describe_scenes(dataset: SceneDataset) -> SceneDescription:
    """Count photos and regions by split, by level and by language."""
    regions, photos = measure_regions(dataset), photo_table(dataset)
    levels = _counted(regions, "level").assign(share=regions.groupby("level", observed=True)["ignore"].mean())
    named = regions.assign(language=dataset.region_table["language"].to_pylist()).dropna(subset="language")
    languages = _counted(named, "language").sort_values("regions", ascending=False, kind="stable")
    sides = photos.assign(without_text=photos["text"] == WITHOUT_TEXT, photos=1).groupby("split")
    splits = sides[["photos", "without_text", "regions", "ignored"]].sum()
    return SceneDescription(
        levels.reindex([level for level in LEVELS if level in levels.index]),
        splits.reindex([split for split in SPLITS if split in splits.index]),
        languages,
    )


def _counted(regions: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a row a value of a column: regions, ignored, and height, the median of those that count, px."""
    groups = regions.groupby(column, observed=True)
    counting = regions[~regions["ignore"]].groupby(column, observed=True)
    return pd.DataFrame(
        {"regions": groups.size(), "ignored": groups["ignore"].sum(), "height": counting["height"].median()}
    )


def _languages(spoken: Sequence[str | None], counts: np.ndarray) -> list[str]:
    """Return the languages of each scene in the order of the alphabet, with commas between them."""
    ends = np.cumsum(counts)
    found = (spoken[end - count : end] for end, count in zip(ends, counts, strict=True))
    return [", ".join(sorted({language for language in each if language})) for each in found]


def _joined(texts: Sequence[str | None], counts: np.ndarray) -> list[str]:
    """Return the texts of each scene, a line each, of those of all regions."""
    ends = np.cumsum(counts)
    return [
        "\n".join(text for text in texts[end - count : end] if text) for end, count in zip(ends, counts, strict=True)
    ]
