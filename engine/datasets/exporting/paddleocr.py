"""PaddleOCR's recognition data: rec_gt_train.txt and its like, with path, tab and label on each line."""

from engine.datasets.exporting.layouts import Entry, Layout, by_split, lines, number

_USE = """\
As PaddleOCR's SimpleDataSet reads it: set data_dir to this folder, and label_file_list to rec_gt_train.txt for Train
and rec_gt_val.txt for Eval. Each line holds a path below this folder, a tab, and the label as it is.
"""
_FOLDERS = {"train": "train", "validation": "val", "test": "test"}


def _lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"rec_gt_{_FOLDERS[split]}.txt": lines(those, lambda entry: f"{entry.file}\t{entry.label}")
        for split, those in by_split(entries).items()
    }


PADDLEOCR = Layout(
    "paddleocr", "PaddleOCR", lambda split, index, ending: f"{_FOLDERS[split]}/{number(index)}{ending}", _lists, _USE
)
