"""The config of one import: source of the images, format of their labels, and rules for odd ones.

Every rule that the report before an import offers is a setting here. This module opens no file and checks no path.
"""

import unicodedata
from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from engine.config.base import Config, setting
from engine.config.generate import check_shares
from engine.config.reader import LONGEST_TEXT, ReaderConfig
from engine.config.scene_rules import Boxes, LineText, SceneRules, boxes_setting, line_text_setting, text_field_setting

FormatName = Literal[
    "tfrecords", "dictionary", "xml", "icdar", "mjsynth", "iam", "table", "annotations", "sidecar", "names"
]
Encoding = Literal[
    "auto",
    "utf-8",
    "utf-16",
    "cp1252",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_kr",
    "euc_jp",
    "cp437",
    "cp850",
    "cp866",
    "cp1251",
    "koi8_r",
    "cp1250",
    "cp852",
    "cp1253",
    "cp737",
    "cp1254",
    "cp857",
    "cp1255",
    "cp862",
    "cp1256",
    "cp1257",
    "cp1258",
    "cp874",
]

Scenes = Literal["ask", "cut", "lines"]
"""Use of photos with outlines: none yet, their words, or their lines."""

_READER_LENGTH = ReaderConfig.model_fields["max_length"].default


class TableConfig(Config):
    """Columns, separator and quoting of a CSV or TSV file, where they cannot be detected."""

    image: str = setting(
        "",
        max_length=200,
        help="Column of the image's name: heading, or number from 1. Empty: detected from the headings or rows.",
    )
    label: str = setting(
        "",
        max_length=200,
        help="Column of the label: heading, or number from 1. Empty: detected from the headings or rows.",
    )
    separator: Literal["auto", "tab", "comma", "semicolon", "bar"] = setting(
        "auto", help="What stands between two columns."
    )
    quotes: Literal["auto", "csv", "none"] = setting(
        "auto",
        folded=True,
        help="csv: quotes around a field are no part of it. none: they are. auto: none with tabs and for EasyOCR's "
        "tables (filename,words), csv otherwise.",
    )


class Rules(Config):
    """Rules for images whose label or pixels are odd; images that cannot be opened are always left out."""

    charset: str = setting(
        "", max_length=30_000, help="The characters that labels may hold; empty allows every printable one."
    )
    outside: Literal["skip", "remove", "replace", "keep"] = setting(
        "skip", help="A label with other characters: leave the image out, remove or replace them, or keep the label."
    )
    replacement: str = setting("?", folded=True, help="The character that stands for each one that is replaced.")
    max_length: int | None = setting(
        None,
        ge=1,
        le=1000,
        unit="characters",
        help=f"Longer labels fall under the next rule. Empty: {_READER_LENGTH}, and {LONGEST_TEXT} of lines that are "
        "cut out.",
    )
    too_long: Literal["skip", "cut", "keep"] = setting(
        "skip", help="A label that is too long: leave the image out, cut the label (the image stays whole), or keep it."
    )
    repeated: Literal["skip", "keep"] = setting(
        "skip", help="The same pixels with the same label again: leave the later ones out, or keep them."
    )
    contradicting: Literal["skip", "first", "keep"] = setting(
        "skip", help="The same pixels under different labels: leave all of them out, keep the first, or keep all."
    )
    unused: Literal["ask", "leave"] = setting(
        "ask",
        help="A file beside the images that may hold labels and fits no format: import nothing until this is settled, "
        "or leave it aside.",
    )
    alike: Literal["ask", "keep"] = setting(
        "ask", help="All labels alike, or nearly all: import nothing until this is confirmed, or keep them."
    )
    upright: Literal["ask", "down", "up", "keep", "skip"] = setting(
        "ask",
        help="Words cut out of photos that are clearly higher than wide, though they have several letters: import "
        "nothing until it is said, turn those that run down (or up) so that they read from left to right, keep them as "
        "they stand, or leave them out.",
    )
    columns: Literal["down", "keep", "skip"] = setting(
        "down",
        help="The same of scripts that are written in columns, such as Chinese: laid on their side, so that the first "
        "character is at the left, kept as they stand, or left out.",
    )
    case: Literal["listed", "lower", "upper"] = setting(
        "listed", help="Labels as they are listed, or all in lower or upper case (aocr's are upper)."
    )

    entities: Literal["decode", "keep", "skip"] = setting(
        "decode",
        help="Labels with HTML entities, such as &amp; or &#233;: write the characters that they stand for, keep the "
        "labels as they are, or leave the images out.",
    )
    illegible: Literal["skip", "keep"] = setting(
        "skip", help="Labels that mark a text as illegible, such as ###: leave the images out, or keep the labels."
    )

    outlines: SceneRules = setting(
        SceneRules(), help="What happens to odd photos and outlines where words are cut out of photos."
    )

    @field_validator("charset", "replacement")
    @classmethod
    def _composed(cls, text: str) -> str:
        return unicodedata.normalize("NFC", text)

    @model_validator(mode="after")
    def _replacement_fits(self) -> Self:
        if len(self.replacement) != 1:
            raise ValueError(f"the replacement is {self.replacement!r}, which is not one character; give one")
        if self.outside == "replace" and self.charset and self.replacement not in self.charset:
            raise ValueError(f"the replacement {self.replacement!r} is not in the charset; add it or give another")
        return self


Use = Literal["learning and testing", "testing", "learning"]


def use_setting() -> Any:
    """Declare what an imported dataset is for; the same for words and for scenes."""
    return setting(
        "learning and testing",
        help="testing: all of it is the test split, as a benchmark is only scored on. learning: nothing is kept "
        "for testing. learning and testing: shared out as said below.",
    )


class SourceConfig(Config):
    """A folder or zip file to read from: below a data root of the server, or uploaded."""

    path: str | None = setting(
        None,
        max_length=4096,
        help="A folder or zip file below a data root: the workspace's imports folder, or one that GLYPHLAB_DATA_ROOT "
        "names. Empty if one is uploaded. On the command line also one at s3:// or gs:// (docs/buckets.md).",
    )
    upload: str | None = setting(
        None,
        pattern=r"^[0-9a-z]{26}$",
        help="Id of an uploaded zip file. On the command line also such a file, wherever it lies.",
    )
    encoding: Encoding = setting(
        "auto",
        folded=True,
        help="Encoding of text files, and of names in a zip file that does not say its own. auto: UTF-8, or UTF-16 "
        "if a file begins with its mark; names as the lists in the archive hold them.",
    )

    @property
    def places(self) -> dict[str, str | None]:
        """The settings, by their names, of which exactly one says where the files lie."""
        return {"path": self.path, "upload": self.upload}

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        places = self.places
        given = [name for name, place in places.items() if place is not None]
        if not given:
            *names, last = places
            raise ValueError(f"It is not said where the images lie. Give {', '.join(names)} or {last}")
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are given, and the images lie in one place. Give one of them")
        return self


class ImageSourceConfig(SourceConfig):
    """Images to read: a folder or zip file, or those of a transcript, which nobody has to upload again."""

    transcript: str | None = setting(
        None,
        pattern=r"^[0-9a-z]{26}$",
        help="Instead of files: id of a transcript, whose images are taken again, without uploading them again.",
    )

    @property
    def places(self) -> dict[str, str | None]:
        """A folder or archive, an upload, or a transcript."""
        return {**super().places, "transcript": self.transcript}


class ImportConfig(ImageSourceConfig):
    """A dataset to be made of images that are there already. The same source and settings give the same dataset."""

    texts: Literal["confirmed", "read"] = setting(
        "confirmed",
        folded=True,
        help="Which texts of a transcript are labels. confirmed: those that somebody confirmed or typed. read: also "
        "what the reader read, where nobody said otherwise.",
    )
    sure: float = setting(
        0.0,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Least confidence with which a text that only the reader read becomes a label.",
    )
    follows: str | None = setting(
        None,
        pattern=r"^[0-9a-z]{26}$",
        folded=True,
        help="Id of a dataset of which this one is a later version, with more labels of the same images. It is named, "
        "and changes nothing of what is imported.",
    )
    format: Literal["auto", FormatName] = setting(
        "auto", help="Format of the labels. auto: detected from the files; the report says which it is."
    )
    lists: str = setting(
        "",
        max_length=4096,
        folded=True,
        help="The files whose labels to trust, apart by commas: gt.txt, *.gt.txt. Empty: all that hold texts.",
    )
    scenes: Scenes = setting(
        "ask",
        help="Photos with outlines of the texts in them. cut: each region whose text is known becomes an image of its "
        "own, cut out and straightened; where words are outlined, lines are left out. lines: the same of whole lines, "
        "with the spaces in their texts (several in a row become one), for readers of lines. ask: nothing is imported.",
    )
    text_field: str = text_field_setting()
    boxes: Boxes = boxes_setting()
    line_text: LineText = line_text_setting()
    table: TableConfig = setting(TableConfig(), folded=True, help="How to read CSV and TSV files.")
    name_part: Literal["auto", "before", "after", "middle", "counter", "counter_first", "folder", "whole"] = setting(
        "auto",
        help="The label in a file name: before its last _ (word_1.png), after its first _ (1_word.png), between them "
        "(1_word_7.png), without a counter at its end (word-1.png, word (1).png, word.1.png) or at its start "
        "(1-word.png), the name of its folder, or all of it. auto: the part beside the numbers; asked where no numbers "
        "tell.",
    )
    rules: Rules = setting(Rules(), help="What happens to odd images and labels.")
    use: Use = use_setting()
    splits: Literal["texts", "source"] = setting(
        "texts",
        help="texts: a text is in one split only, chosen by the text itself. source: as the source's folders, file "
        "names or split column say, even if a text is then on both sides.",
    )
    validation: float = setting(0.05, share=True, ge=0, le=0.5, help="Share of texts that training is watched by.")
    test: float = setting(
        0.1, share=True, ge=0, le=0.5, help="Share of texts for the final score; they are never trained on."
    )

    @model_validator(mode="after")
    def _something_to_train_on(self) -> Self:
        check_shares(self.validation, self.test)
        return self

    @property
    def longest(self) -> int:
        """Characters of the longest label that no rule falls on."""
        return self.rules.max_length or (LONGEST_TEXT if self.scenes == "lines" else _READER_LENGTH)

    @property
    def reading(self) -> dict[str, object]:
        """The plain settings that decide which images and labels are found; all others only filter them.

        The rules for outlines decide what is cut out of photos.
        """
        chosen = {
            "path",
            "upload",
            "transcript",
            "texts",
            "format",
            "lists",
            "scenes",
            "table",
            "name_part",
            "encoding",
        }
        if self.scenes != "ask":
            rules = self.rules.model_dump(mode="json", include={"upright", "columns", "outlines"})
            return {
                **self.model_dump(mode="json", include=chosen | {"text_field", "boxes", "line_text"}),
                "rules": rules,
            }
        return self.model_dump(mode="json", include=chosen)
