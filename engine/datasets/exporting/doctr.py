"""docTR's recognition data: a folder a split, in each images/ and a labels.json of names and labels."""

import json

from engine.datasets.exporting.layouts import Entry, Layout, by_split, number

_USE = """\
A folder a split, as docTR's recognition training reads it: give train as --train_path and val as --val_path.
"""
_FOLDERS = {"train": "train", "validation": "val", "test": "test"}


def _lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"{_FOLDERS[split]}/labels.json": json.dumps(
            {entry.file.rpartition("/")[2]: entry.label for entry in those}, ensure_ascii=False, indent=1
        )
        for split, those in by_split(entries).items()
    }


DOCTR = Layout(
    "doctr", "docTR", lambda split, index, ending: f"{_FOLDERS[split]}/images/{number(index)}{ending}", _lists, _USE
)
