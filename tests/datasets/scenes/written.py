"""Datasets of given scenes, written by the project's own store."""

import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from engine.config.generate import Split
from engine.datasets.scenes.dataset import SceneDataset, open_scenes
from engine.datasets.scenes.store import StoredScene, assemble_scenes, write_scene_shard
from engine.datasets.shards import ShardName
from engine.datasets.splits import SPLITS
from engine.regions.region import Region

Scenes = dict[Split, Sequence[Sequence[Region]]]
WIDTH, HEIGHT = 64, 48


def photo(shade: int = 200, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Return a JPEG of one grey."""
    content = io.BytesIO()
    Image.new("RGB", size, (shade,) * 3).save(content, "JPEG")
    return content.getvalue()


def write_scenes(
    folder: Path, scenes: Scenes, *, shard: int = 2, shades: Sequence[int] | None = None, kind: str = "imported"
) -> SceneDataset:
    """Write scenes, `shard` to a shard, each of another grey or of the given ones, and open the dataset."""
    folder.mkdir(parents=True, exist_ok=True)
    names, index = [], 0
    for split in SPLITS:
        own = scenes.get(split, ())
        for number, start in enumerate(range(0, len(own), shard)):
            stored = []
            for regions in own[start : start + shard]:
                name = f"{split}/{index}.jpg"
                stored.append(
                    StoredScene(
                        index, photo(shades[index] if shades else index), WIDTH, HEIGHT, regions, name, {"source": name}
                    )
                )
                index += 1
            names.append(ShardName(split, number))
            write_scene_shard(folder, names[-1], stored, Counter())
    assemble_scenes(folder, names, kind, {"name": "tiny"}, 0)
    return open_scenes(folder)
