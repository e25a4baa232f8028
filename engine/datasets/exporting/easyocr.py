"""EasyOCR's trainer: a folder a split, in each the images and a labels.csv with the headings filename,words.

The trainer parts a line at its first comma and knows no quotes, so labels stand there as they are.
"""

from engine.datasets.exporting.layouts import Entry, Layout, by_split, lines, number

_USE = """\
A folder a split, as EasyOCR's trainer reads it: name the folders in train_data and valid_data of its config file.

labels.csv is parted at the first comma of each line and is not quoted: the rest of the line is the label, as it is.
Do not open it in a spreadsheet: labels may begin with = + - or @.
"""


def _lists(entries: list[Entry]) -> dict[str, str]:
    return {
        f"{split}/labels.csv": "filename,words\n" + lines(those, lambda entry: f"{_name(entry)},{entry.label}")
        for split, those in by_split(entries).items()
    }


def _name(entry: Entry) -> str:
    return entry.file.partition("/")[2]


EASYOCR = Layout(
    "easyocr", "EasyOCR", lambda split, index, ending: f"{split}/{number(index)}{ending}", _lists, _USE
)  # fmt: skip
