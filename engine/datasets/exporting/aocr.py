"""aocr's annotation files: the path of an image, a space and its label on each line, one file a split."""

from engine.datasets.exporting.layouts import Entry, Layout, by_split, lines, number

_USE = """\
As aocr reads it, from inside this folder: aocr dataset annotations-train.txt train.tfrecords
(--no-force-uppercase keeps lower case). Each line holds a path below this folder, a space, and the label as it is.
"""


def _lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"annotations-{split}.txt": lines(those, lambda entry: f"{entry.file} {entry.label}")
        for split, those in by_split(entries).items()
    }


AOCR = Layout("aocr", "aocr", lambda split, index, ending: f"images/{number(index)}{ending}", _lists, _USE)
