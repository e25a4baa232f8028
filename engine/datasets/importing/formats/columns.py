"""The fields of a list that are the image's name, its label and its split: by their headings, or by what they hold."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.config.importing import TableConfig
from engine.datasets.importing.formats.kinds import KIND_TITLES, Kind, kind_of
from engine.sources.image_index import IMAGE_HEADINGS
from engine.sources.questions import ImportQuestion, Remedy
from engine.sources.spreadsheet import ESCAPED
from engine.sources.tree import is_image
from glyphlab_read.formatting import cut

_TEXT = (
    *("text", "words", "word", "transcription", "transcript", "ground_truth", "ground truth", "groundtruth", "caption"),
    *("plate_text", "sentence", "utf8_string", "content", "string", "truth", "gt"),
)
_LABEL = (*_TEXT, "label", "labels", "tag", "value")
_NO_LABEL = ("id", "image_id", "img_id", "index", "key", "width", "height", "size", "bytes", "license", "page", "line")
_SPLIT = ("split", "subset", "set", "partition", "usage")
_FEW_COLUMNS = 3  # up to here a field more in some rows is a separator in a label
_ASKED = 8  # columns that a question names
_MOST = 0.8  # share of the rows that have the usual number of fields

Find = Callable[[str], object]
"""Returns an image for the name that a row gives it, or nothing."""


class ColumnQuestion(ImportQuestion):
    """The question which column holds the label; `texts` tells whether any of them holds texts."""

    def __init__(self, reason: str, remedies: Sequence[Remedy], texts: bool) -> None:
        super().__init__(reason, remedies)
        self.texts = texts


@dataclass(frozen=True)
class Columns:
    """The meaning of the fields of a row: indices from 0, and the number of fields that a row has.

    Attributes:
        count: fields of a row.
        image, label: where they stand.
        split: where the split stands, if anywhere.
        heading: True where the first row holds headings.
        escaped: True for tables of our own, whose formulas are escaped.
    """

    count: int
    image: int
    label: int
    split: int | None = None
    heading: bool = False
    escaped: bool = False


def choose_columns(file: str, rows: Sequence[list[str]], table: TableConfig, find: Find) -> Columns | None:
    """Return the columns of a list by its first rows; None where no column names images.

    Args:
        file: the list's name, for questions.
        rows: the fields of its first rows, headings included.
        table: what the user says of them.
        find: tells whether a field names an image.

    Raises:
        ColumnQuestion: several columns may hold the label, or none does: the user has to say which.
    """
    headings = [field.strip().casefold() for field in rows[0]]
    image = _index(table.image, headings)
    if image is None and not table.image:
        image = _image_column(headings, rows, find)
    if image is None or image >= max(map(len, rows)):
        return None
    heading = _is_heading(headings, rows, image, find)
    count = len(headings) if heading else _usual_count(rows)
    label = _index(table.label, headings)
    if count < 2 or (table.label and label is None) or image >= count:
        return None
    body = [row for row in rows[heading:] if len(row) > image]
    names = headings if heading else [""] * count
    if label is None:
        label = _label_column(file, names, body, image)
    split = next((names.index(name) for name in _SPLIT if name in names), None)
    if split is None:
        split = next((each for each in _others(count, image, label) if _kind(body, each) == "splits"), None)
    return Columns(count, image, label, split, heading, tuple(headings) in ESCAPED) if label < count else None


def _others(count: int, *taken: int) -> list[int]:
    return [column for column in range(count) if column not in taken]


def _index(wanted: str, headings: list[str]) -> int | None:
    """Return the index of a column that is given by its heading or its number from 1; None where it is not there."""
    name = wanted.strip().casefold()
    if not name or name in headings:
        return headings.index(name) if name else None
    is_number = name.isascii() and name.isdigit() and len(name) < 7  # of a few columns
    return int(name) - 1 if is_number and int(name) > 0 else None


def _image_column(headings: list[str], rows: Sequence[list[str]], find: Find) -> int | None:
    """Return the column that names most images: by its values, between equals by its heading."""
    scores: dict[int, tuple[int, int, int, int]] = {}
    for column in range(max(map(len, rows))):
        fields = [row[column] for row in rows if column < len(row)]
        found = sum(find(field) is not None for field in fields)
        looks = sum(is_image(field.strip()) for field in fields)
        heading = headings[column] if column < len(headings) else ""
        known = IMAGE_HEADINGS.index(heading) if heading in IMAGE_HEADINGS else len(IMAGE_HEADINGS)
        if found or 2 * looks >= len(rows):
            scores[column] = (max(found, looks), looks, -known, -column)
    return max(scores, key=scores.__getitem__) if scores else None


def _is_heading(headings: list[str], rows: Sequence[list[str]], image: int, find: Find) -> bool:
    if len(rows) < 2 or image >= len(headings):
        return False
    named = headings[image] in IMAGE_HEADINGS and any(heading in (*_LABEL, *_SPLIT) for heading in headings)
    return named or (find(rows[0][image]) is None and not is_image(rows[0][image].strip()))


def _usual_count(rows: Sequence[list[str]]) -> int:
    """Return how many fields a row has; of rows of various lengths the least, for labels may hold separators."""
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return 1
    usual, times = counts.most_common(1)[0]
    return min(counts) if usual <= _FEW_COLUMNS or times < _MOST * counts.total() else usual


def _kind(rows: Sequence[list[str]], column: int) -> Kind:
    return kind_of(row[column] for row in rows if column < len(row))


def _label_column(file: str, names: list[str], rows: Sequence[list[str]], image: int) -> int:
    """Return the column that holds texts; raises ColumnQuestion where the user has to say it."""
    others = _others(len(names), image)
    if len(others) == 1 and not (names[others[0]] in _NO_LABEL and _kind(rows, others[0]) in ("numbers", "alike")):
        return others[0]
    known = [names.index(name) for name in _LABEL if name in names and names.index(name) != image]
    kinds = {column: _kind(rows, column) for column in others}
    texts = [column for column in known or others if kinds[column] == "texts"]
    if known and not texts:
        texts = [column for column in known if kinds[column] != "nothing"][:1] or known[:1]
        texts += [column for column in others if kinds[column] == "texts" and _is_class_of(rows, texts[0], column)]
    if texts and (len(texts) == 1 or all(_same(row, texts) for row in rows)):
        return texts[0]
    headings = "" if any(names) else " and no headings"
    columns = [column for column in (texts or others) if kinds[column] != "nothing"] or others
    raise ColumnQuestion(
        f"{file!r} has {len(names)} columns{headings}, and "
        f"{'several of them may hold' if texts else 'none of them is sure to hold'} the label. Say which it is.",
        [Remedy(f"column {_describe(names, rows, each)}", "table.label", str(each + 1)) for each in columns[:_ASKED]],
        bool(texts),
    )


def _same(row: list[str], columns: list[int]) -> bool:
    return len({row[column].strip() for column in columns if column < len(row)}) <= 1


def _is_class_of(rows: Sequence[list[str]], column: int, text: int) -> bool:
    """Say whether a column seems to hold classes of what another says: fewer different values."""
    values, texts = ({row[each] for row in rows if each < len(row)} for each in (column, text))
    return len(values) < len(texts) and len(values) < len(rows)


def _describe(names: list[str], rows: Sequence[list[str]], column: int) -> str:
    first = next((row[column].strip() for row in rows if column < len(row) and row[column].strip()), "")
    kind = KIND_TITLES.get(_kind(rows, column), "")
    return f"{column + 1}: {names[column] or cut(first, 20)}{f', {kind}' if kind and names[column] else ''}"
