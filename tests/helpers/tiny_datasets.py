"""Datasets of a few drawn words, written by the project's own shards, in no time."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw, ImageFont

from engine.config.generate import GenerateConfig, Split
from engine.datasets.shards import ShardName, StoredSample, assemble, write_shard
from engine.datasets.tfrecord import ImageRecord
from engine.files import write_json
from engine.jobs import JobContext, paths
from engine.synth.job import work as generate
from engine.workspace import Workspace, new_id

WORDS: Mapping[Split, Sequence[str]] = {
    "train": ["ab", "ba", "aa", "bb", "abc", "cab", "bca", "acc", "cc", "ac", "ca", "cb", "bc", "aab", "bba", "cca"],
    "validation": ["abb", "bac", "acb", "cba"],
    "test": ["baa", "caa", "bcc"],
}


def draw_word(text: str) -> Image.Image:
    """Draw a word in Pillow's own font, black on white."""
    font = ImageFont.load_default(24)
    image = Image.new("L", (round(font.getlength(text)) + 8, 32), 255)
    ImageDraw.Draw(image).text((4, 0), text, font=font, fill=0)
    return image


def save_dataset(workspace: Workspace, words: Mapping[Split, Sequence[str]] = WORDS) -> str:
    """Write a complete dataset and return its id."""
    id = new_id()
    folder = workspace.folder("datasets", id)
    folder.mkdir()
    names, index = [], 0
    for split, texts in words.items():
        stored = []
        for text in texts:
            stored.append(_stored(index, text))
            index += 1
        names.append(ShardName(split, 0))
        write_shard(folder, names[-1], stored, Counter())
    assemble(folder, [name for name in names if words[name.split]], "synthetic", {}, 0)
    write_json(folder / paths.CONFIG, {})
    return id


def generate_dataset(workspace: Workspace, config: GenerateConfig) -> str:
    """Do the work of a generate job in this process and return the dataset's id."""
    id = new_id()
    folder = workspace.folder("datasets", id)
    folder.mkdir()
    write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        generate(config, job)
    return id


def _stored(index: int, text: str) -> StoredSample:
    image = draw_word(text)
    content = io.BytesIO()
    image.save(content, "PNG")
    return StoredSample(index, ImageRecord(image=content.getvalue(), label=text, comment=""), *image.size, {})
