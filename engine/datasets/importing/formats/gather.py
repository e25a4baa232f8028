"""All labels of a source: which of its files hold them, what is left aside and why, and every image with its label.

Lists, texts beside images and TFRecords come in together. What holds boxes, states or splits beside a list of texts is
told and not used; where two files disagree about an image, the user has to choose. File names are labels only where
nothing else may hold them.
"""

import fnmatch
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from engine.config.generate import Split
from engine.datasets.importing.formats.base import Format, ImportIssue, Item
from engine.datasets.importing.formats.columns import ColumnQuestion
from engine.datasets.importing.formats.kinds import KIND_TITLES, Kind, kind_of
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.lists import LIST_FORMATS, LabelList, parted, read_list, read_together, spread
from engine.datasets.importing.formats.merging import ImageLabels
from engine.datasets.importing.formats.names import NAMES, read_names
from engine.datasets.importing.formats.records import EACH
from engine.datasets.importing.formats.scenes import CUT_LINES, CUT_OUT, parts_of_images, scenes_in
from engine.datasets.importing.formats.sidecars import SIDECAR
from engine.datasets.importing.formats.tfrecords import TFRECORDS, read_records, record_files
from engine.errors import SourceError, UnsafeSourceError
from engine.sources.label_files import (
    is_named_like_labels,
    lists_images,
    lists_names_alone,
    may_hold_labels,
    reason_of,
    rows_of_missing,
    tables_in_prose,
)
from engine.sources.questions import WITH_OUTLINES, ImportQuestion, Remedy
from engine.sources.tree import split_hint
from glyphlab_read.images.open import FORMAT_NAMES

_MAX_LISTS = 1_000  # files to look into that belong to no image by their names, before the user says which count
_LEXICON = re.compile(r"(?:lexicon|vocab\w*|words|dictionary|classes|wordlist)\.(?:txt|names|lst|csv)$", re.IGNORECASE)
_ASKED = 8  # files that a question names
_ALL_FILES = Remedy("trust all files that hold texts", "lists", "")
_TOLD_BY_FILES = Remedy("let the files tell the format", "format", "auto")
_PROSE = "it may hold labels among its sentences, and is written for people"
_SHAPES: tuple[Kind, ...] = ("boxes", "outlines", "several", "structures")
_NO_LABELS: tuple[Kind, ...] = (*_SHAPES, "hashes", "splits", "states", "nothing")


@dataclass
class Gathered:
    """The labels of a source.

    Attributes:
        formats: those that labels are in.
        files: the files that hold them.
        entries: images with their labels, and what is wrong with the rest.
    """

    formats: list[Format] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    entries: list[Item | ImportIssue] = field(default_factory=list)

    def add(self, format: Format, files: list[str]) -> None:
        """Note that these files hold labels in this format."""
        if format not in self.formats:
            self.formats.append(format)
        self.files += files


def gather(listing: Listing) -> Gathered:
    """Return the labels of a source.

    Raises:
        SourceError: it holds no images with labels; what holds them is a question, or would be their names beside a
            file that may hold labels; or it holds scenes.
    """
    return _Gathering(listing).result()


class _Gathering:
    """One look at all files of a source."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self.wanted = listing.config.format
        self.trusted = [name.strip().casefold() for name in listing.config.lists.split(",") if name.strip()]
        self.unused: dict[str, str] = {}  # files that may hold labels, and why they are not used
        self.questions: dict[str, ColumnQuestion] = {}  # those of them of which it is not known which column
        self.beside: dict[str, Kind] = {}  # files that name images and hold no labels
        self.splits: dict[str, Split | None] = {}  # of images, as lists of a split say
        self.left = 0  # files that may hold labels and were not looked into
        self.found = Gathered()

    def result(self) -> Gathered:
        """Read everything; see `gather`."""
        sidecars = self._sidecars()
        labels = ImageLabels(self.listing)
        lists = self._holding_labels(self._lists(set(sidecars.values())), sidecars)
        self._refuse_photos(lists)
        if self.left and (lists or sidecars):
            raise self._too_many([Remedy(f"trust {each.file} alone", "lists", each.file) for each in lists[:_ASKED]])
        for each in lists:
            labels.add_list(each)
            self.found.add(each.format, each.files)
        if sidecars and labels.add_sidecars(sidecars):
            self.found.add(SIDECAR, list(sidecars.values()))
        records = [name for name in record_files(self.listing) if self._is_wanted(TFRECORDS, name)]
        if records:
            self.found.add(TFRECORDS, records)
        items = [self._with_split(item) for item in labels.items()]
        if items or records:
            self.found.entries += [*items, *labels.issues, *read_records(self.listing, records)]
            self.found.entries += self._told(labels.images)
        else:
            self._fall_back(labels.issues)
        return self.found

    def _with_split(self, item: Item) -> Item:
        """Return an item with the split that a list of its own says, where its labels say none."""
        return replace(item, split=item.split or self.splits.get(item.member))

    def _is_wanted(self, format: Format, file: str) -> bool:
        return self.wanted in ("auto", format.name) and (not self.trusted or self._is_trusted(file))

    def _is_trusted(self, file: str) -> bool:
        names = (file.casefold(), posixpath.basename(file.casefold()))
        return any(name == each or fnmatch.fnmatchcase(name, each) for each in self.trusted for name in names)

    def _sidecars(self) -> dict[str, str]:
        """Return the text of each image that has one, where they are no shapes."""
        found = {image: text for image, text in self.listing.sidecars.items() if self._is_wanted(SIDECAR, text)}
        if not found or self.trusted or self.wanted == SIDECAR.name:
            return found
        some = spread(list(found.values()))
        kind = kind_of(line for text in some for line in self.listing.head(text))
        if kind not in _SHAPES:
            return found
        self.beside |= dict.fromkeys(found.values(), kind)
        return {}

    def _lists(self, sidecars: set[str]) -> list[LabelList]:
        """Read the lists; what is none and may hold labels is noted."""
        formats = [format for format in LIST_FORMATS if self.wanted in ("auto", format.name)]
        taken = sidecars | self.beside.keys()
        names = [name for name in self.listing.names if may_hold_labels(name) and name not in taken]
        names = [name for name in names if not self.trusted or self._is_trusted(name)]
        first, others, own = parted(self.listing, names)
        limit = len(names) if self.trusted or not formats else _MAX_LISTS
        self.left = max(0, len(first) - limit)
        lists = self._read([*first, *others][:limit], formats)
        for files in own:
            lists += self._read_own(files, formats)
        return lists

    def _read(self, names: Sequence[str], formats: Sequence[Format]) -> list[LabelList]:
        lists: list[LabelList] = []
        for name in names:
            try:
                found = read_list(self.listing, name, formats)
                if found:
                    lists.append(found)
                else:
                    self._note(name)
            except UnsafeSourceError:
                raise
            except SourceError as error:
                self._note_fault(name, error)
        return lists

    def _read_own(self, files: Sequence[str], formats: Sequence[Format]) -> list[LabelList]:
        """Read files of one folder and ending that belong to an image each by their names.

        They are read as one list, for what their values mean, only all of them tell. Where those that are looked into
        first hold no labels, the others are not opened.
        """
        some = files if self.trusted else spread(files)
        if EACH.get(posixpath.splitext(files[0])[1].casefold()) in formats:
            try:
                found, others = read_together(self.listing, some)
                if len(others) < len(some) < len(files):
                    found, others = read_together(self.listing, files)
                if found:
                    return [found, *self._read(spread(others), formats)]
            except ColumnQuestion as error:
                self._note_fault(files[0], error)
                return []
        lists = self._read(some, formats)
        looked = set(some)
        return lists + (self._read([name for name in files if name not in looked], formats) if lists else [])

    def _note_fault(self, name: str, error: SourceError) -> None:
        """Note why a file is not read, or what is to be said of it first."""
        self.unused[name] = error.reason if isinstance(error, ImportQuestion) else str(error)
        if isinstance(error, ColumnQuestion):
            self.questions[name] = error

    def _note(self, name: str) -> None:
        """Note a file that no format takes, if it may hold labels. Raises SourceError where it cannot be read."""
        if lists_names_alone(self.listing, name):
            self.beside[name] = "nothing"
            images = (self.listing.images.find(line, name) for line in self.listing.lines(name) if line.strip())
            self.splits |= {image: split_hint(name) for image in images if image is not None}
        elif name not in self.listing.texts_of_images and (reason := reason_of(self.listing, name)):
            self.unused[name] = reason

    def _holding_labels(self, lists: list[LabelList], sidecars: dict[str, str]) -> list[LabelList]:
        """Return the lists whose labels are used: those of texts, or of numbers and the like where there are none."""
        if self.trusted:
            return lists
        used = [each for each in lists if each.kind == "texts"]
        self._refuse_classes(lists, bool(used or sidecars))
        if not used and not sidecars:
            outlined = any(each.kind in _SHAPES for each in lists)
            others = [each for each in lists if each.kind not in _NO_LABELS]
            used = [each for each in others if not outlined or (each.kind == "numbers" and len(each.values) > 1)]
        images = set(sidecars).union(*(each.images for each in used))
        for each in lists:  # a list of other images may hold numbers or one text by chance
            varied = each.kind == "alike" or (each.kind == "numbers" and len(each.values) > 1)
            if used and varied and each not in used and not each.images & images:
                used.append(each)
        files = {each.file for each in used}
        for each in lists:
            if each.file not in files:
                self.beside[each.file] = each.kind
                if each.kind == "splits":
                    self.splits |= {match.name: split_hint(row.label) for row, match in each.rows if match}
        return used

    def _refuse_classes(self, lists: list[LabelList], texts: bool) -> None:
        """Refuse numbers that seem to stand for the words of a lexicon. Raises ImportQuestion."""
        lexicon = next((name for name in self.listing.names if _LEXICON.search(posixpath.basename(name))), None)
        numbers = next((each for each in lists if each.kind == "numbers"), None)
        if lexicon and numbers and not texts:
            raise ImportQuestion(
                f"{numbers.file!r} gives each image a number, and {lexicon!r} beside it seems to hold the words that "
                "the numbers stand for. Write the words themselves into the list, or say that the numbers are texts.",
                [Remedy("the numbers are the labels", "lists", numbers.file)],
            )

    def _refuse_photos(self, lists: list[LabelList]) -> None:
        """Refuse images whose texts are outlined within them, unless the lists are trusted. Raises ImportQuestion."""
        looked = {} if self.trusted else {file: each.file for each in lists for file in spread(each.files)}
        file = looked.get(parts_of_images(self.listing, looked), "") if looked else ""
        if file:
            raise ImportQuestion(
                f"{file!r} says where each text stands in its image, and most stand in a small part of it: these seem "
                "to be photos, not words that are cut out already.",
                [CUT_OUT, CUT_LINES, WITH_OUTLINES, Remedy("each image is one text as a whole", "lists", file)],
            )

    def _fall_back(self, issues: list[ImportIssue]) -> None:
        """Take file names for labels, if nothing else may hold them. Raises SourceError as `gather` does."""
        listing, title = self.listing, self.listing.tree.title
        if self.wanted not in ("auto", NAMES.name) or (self.trusted and self.wanted != NAMES.name):
            what = "as labels in the files to trust" if self.wanted == "auto" else f"as {_title(self.wanted)}"
            reason = next((f" {name!r}: {reason}" for name, reason in self.unused.items()), "")
            remedy = _ALL_FILES if self.trusted else _TOLD_BY_FILES
            raise ImportQuestion(f"Nothing in {title!r} reads {what}.{reason} Choose another format.", [remedy])
        if not listing.images.names:
            what = next((f"; {name!r}: {reason}" for name, reason in self.unused.items()), "")
            raise SourceError(
                f"{title!r} holds no images with labels ({len(listing.names):,} files{what}). Give a folder or zip of "
                f"{FORMAT_NAMES} images with a list of labels, or of aocr's TFRecords."
            )
        if self.wanted == "auto":
            self._refuse_names(issues)
        self.found.add(NAMES, listing.images.names)
        items = (self._with_split(item) for item in read_names(listing))
        self.found.entries += [*items, *self._told(set(listing.images.names) - listing.companions)]

    def _refuse_names(self, issues: list[ImportIssue]) -> None:
        """Refuse file names as labels beside what may hold labels. Raises SourceError."""
        reasons = self.unused | {issue.name: issue.detail for issue in issues if issue.reason == "line"}
        told = sorted(self.beside.items(), key=lambda pair: pair[1] not in _SHAPES)
        reasons |= {name: f"it holds {KIND_TITLES[kind]}" for name, kind in told if kind != "nothing"}
        reasons |= dict.fromkeys(tables_in_prose(self.listing), _PROSE)
        if self.left and not reasons:
            raise self._too_many([Remedy("the file names are the labels", "format", NAMES.name)])
        if not reasons:
            return
        scenes = scenes_in(self.listing)
        if scenes:
            raise ImportQuestion(
                f"{self.listing.tree.title!r} holds scenes, photos with outlines of the texts in them ({scenes}), and "
                "no words that are cut out already.",
                [CUT_OUT, CUT_LINES, WITH_OUTLINES],
            )
        if self.questions:
            raise next(iter(self.questions.values()))
        name, reason = next(iter(reasons.items()))
        raise ImportQuestion(
            f"{name!r} lies beside the images and is not used: {reason.rstrip('.')}. So file names would become the "
            "labels. Put the labels into a form that is read (a labels.tsv: image name, tab, text), choose the format "
            "or the encoding, or say where they stand.",
            [Remedy("the file names are the labels", "format", NAMES.name)],
        )

    def _too_many(self, remedies: Sequence[Remedy]) -> ImportQuestion:
        return ImportQuestion(
            f"{self.listing.tree.title!r} holds {_MAX_LISTS + self.left:,} files that may list labels, of which "
            f"{_MAX_LISTS:,} were looked into. Say which to trust, or take out those that hold no labels.",
            remedies,
        )

    def _told(self, labelled: set[str]) -> Iterator[ImportIssue]:
        """Yield an issue for each image without a label, and for each file that is not used."""
        listing = self.listing
        for name in listing.images.names:
            if name not in labelled:
                yield ImportIssue(name, "companion" if name in listing.companions else "unlabelled")
        if self.wanted != "auto":
            return
        beside = dict(self.beside)
        for name, question in self.questions.items():
            if not question.texts:
                beside[name] = "numbers"
        yield from (ImportIssue(name, "beside", KIND_TITLES[kind]) for name, kind in beside.items())
        complete = labelled >= set(listing.images.names) - listing.companions
        for name, reason in self.unused.items():
            named = is_named_like_labels(name) and not complete
            if name not in beside and (named or lists_images(listing, name)):
                yield ImportIssue(name, "unused", reason)
            elif name not in beside:
                for number, row in rows_of_missing(listing, name):
                    yield ImportIssue(f"{name}, line {number}", "missing", row[:200])


def _title(name: str) -> str:
    return next(format.title for format in (TFRECORDS, *LIST_FORMATS, SIDECAR, NAMES) if format.name == name)
