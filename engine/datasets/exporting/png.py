"""PNG images in one folder and labels.csv, for people, spreadsheets and programs of one's own."""

import csv
import io

from engine.datasets.exporting.layouts import Entry, Layout, number
from engine.sources.spreadsheet import HEADINGS, escape_formula

_USE = """\
images/ holds PNG files; labels.csv lists them: image, label, split. It is UTF-8 and quoted as RFC 4180 says.

A label that a spreadsheet would take for a formula (it begins with = + - @ or a tab) has an apostrophe in front of it,
and so has a label that begins with an apostrophe itself. Take one apostrophe off where it is followed by one of these
six characters. Glyphlab does so when it imports this folder.
"""


def _lists(entries: list[Entry]) -> dict[str, str]:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows((entry.file, escape_formula(entry.label), entry.split) for entry in entries)
    return {"labels.csv": table.getvalue()}


PNG = Layout(
    "png", "PNG images and labels.csv", lambda split, index, ending: f"images/{number(index)}{ending}", _lists, _USE,
    png=True,
)  # fmt: skip
