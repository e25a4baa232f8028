"""Every import format: detected from the files of a source, and read to the letter."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.config.importing import ImportConfig, TableConfig
from engine.datasets.importing.formats import gather
from engine.datasets.importing.formats.base import ImportIssue, Item, ListRow
from engine.datasets.importing.formats.columns import Columns
from engine.datasets.importing.formats.dialects import Dialect, Quotes
from engine.datasets.importing.formats.lines import parse_icdar
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.importing.formats.names import label_part
from engine.datasets.importing.formats.table import row_of
from engine.datasets.tfrecord import ImageRecord, encode_example, frame
from engine.errors import SourceError
from engine.sources.folder import FolderTree
from tests.helpers.sources import png, save_files

IMAGES = {f"word_{i}.png": b"" for i in range(1, 5)}


def read(root: Path, config: ImportConfig | None = None) -> tuple[str, list[Item], list[ImportIssue]]:
    """Detect and read a folder: the format, the items, and the issues."""
    listing = Listing(FolderTree(root), config or ImportConfig(path="x"))
    found = gather(listing)
    entries = found.entries
    items = [entry for entry in entries if isinstance(entry, Item)]
    issues = [entry for entry in entries if isinstance(entry, ImportIssue)]
    return "+".join(format.name for format in found.formats), items, issues


def labels(items: list[Item]) -> dict[str, str]:
    return {item.member: item.label for item in items}


SOURCES = {
    "labels.tsv": ("table", {"labels.tsv": 'word_1.png\tone\nword_2.png\t"t,wo\nword_3.png\tth ree\r\n'}),
    "CSV with headings": (
        "table",
        {"labels.csv": 'filename,label\nword_1.png,one\nword_2.png,"""t,wo"\nword_3.png,th ree\n'},
    ),
    "CSV with other columns": (
        "table",
        {"gt.csv": 'id;text;image\n1;one;word_1.png\n2;"""t,wo";word_2.png\n3;th ree;word_3.png\n'},
    ),
    "EasyOCR": ("table", {"labels.csv": 'filename,words\nword_1.png,one\nword_2.png,"t,wo\nword_3.png,th ree\n'}),
    "PaddleOCR": ("table", {"rec_gt_train.txt": 'word_1.png\tone\nword_2.png\t"t,wo\nword_3.png\tth ree\n'}),
    "ICDAR with mark and CRLF": (
        "icdar",
        {"gt.txt": '\ufeffword_1.png, "one"\r\nword_2.png, "\\"t,wo"\r\nword_3.png, "th ree"\r\n'},
    ),
    "aocr": ("annotations", {"annotations.txt": 'word_1.png one\nword_2.png "t,wo\nword_3.png th ree\n'}),
    "aocr with paths of another machine": (
        "annotations",
        {"a.txt": 'data/mine/word_1.png one\n./x/word_2.png "t,wo\nC:\\x\\word_3.png th ree\n'},
    ),
    "docTR": (
        "dictionary",
        {"labels.json": json.dumps({"word_1.png": "one", "word_2.png": '"t,wo', "word_3.png": "th ree"})},
    ),
    "a text beside each": (
        "sidecar",
        {"word_1.txt": "one\n", "word_2.gt.txt": '\ufeff"t,wo\r\n', "word_3.txt": "\nth ree"},
    ),
    "UTF-16": ("table", {"labels.txt": 'word_1.png\tone\nword_2.png\t"t,wo\nword_3.png\tth ree\n'.encode("utf-16")}),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_format_is_detected_from_its_files_and_read_to_the_letter(tmp_path: Path, source: str):
    format, files = SOURCES[source]
    found, items, issues = read(save_files(tmp_path, IMAGES | files))
    assert found == format
    assert labels(items) == {"word_1.png": "one", "word_2.png": '"t,wo', "word_3.png": "th ree"}
    assert [(issue.name, issue.reason) for issue in issues] == [("word_4.png", "unlabelled")]


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("before", {"a_b_1.png": "a_b", "one.png": "one"}),
        ("after", {"a_b_1.png": "b_1", "one.png": "one"}),
        ("whole", {"a_b_1.png": "a_b_1", "one.png": "one"}),
    ],
)
def test_file_names_are_labels_where_nothing_else_is(tmp_path: Path, part: str, found: dict[str, str]):
    root = save_files(tmp_path, {"a_b_1.png": b"", "one.png": b"", "README.txt": "no labels here"})
    format, items, _ = read(root, ImportConfig.parse({"path": "x", "name_part": part}))
    assert format == "names"
    assert labels(items) == found


ODD_LISTS = {
    "an unknown form": {"gt.txt": "1 word_1.png: one\n2 word_2.png: two\n"},
    "cut JSON": {"labels.json": '{"word_1.png": "one", "word_2.png": "tw'},
    "JSON of another program": {"x.json": '{"page": ["word_1.png", "word_2.png"]}'},
    "JSON of another encoding": {"labels.json": '{"word_1.png": "Stra\u00dfe"}'.encode("cp1252")},
    "JSON lines cut": {"metadata.jsonl": '{"file_name": "word_1.png", "text": "one'},
    "XML of boxes": {"word.xml": '<set><pic named="word_1.png" x="1" y="2"><says>one</says></pic></set>'},
    "texts of other images": {"labels/1.txt": "one", "labels/2.txt": "two"},
    "boxes alone": {"coords.txt": "word_1.png\t1,2,3,4\nword_2.png\t1,2,3,4\n"},
    "texts in the order of the images": {"labels.txt": "one\ntwo\nthree\nfour\n"},
    "a table that is not read": {"train.parquet": b"PAR1"},
    "labels of MATLAB": {"traindata.mat": b"MATLAB 5.0"},
    "boxes of Tesseract": {"word_1.box": "o 1 2 3 4 0\n"},
    "YAML": {"labels.yaml": "word_1.png: one\nword_2.png: two\n"},
    "a binary list": {"labels.txt": b"\0\1\2"},
}


@pytest.mark.parametrize("source", ODD_LISTS)
def test_file_names_are_no_labels_beside_a_list_that_is_not_used(tmp_path: Path, source: str):
    root = save_files(tmp_path, IMAGES | ODD_LISTS[source])
    with pytest.raises(SourceError, match=f"{next(iter(ODD_LISTS[source]))}.*is not used.*--format names"):
        read(root)
    assert read(root, ImportConfig(path="x", format="names"))[0] == "names"


NAMED = {
    "a case": "WORD_1.PNG\tone\nWord_2.png\ttwo\n",
    "an ending": "word_1.jpg\tone\nword_2.jpeg\ttwo\n",
    "zeros": "word_0001.png\tone\nword_002.png\ttwo\n",
    "blanks": "word 1.png\tone\nword%202.png\ttwo\n",
    "UTF-16 without a mark": "word_1.png\tone\r\nword_2.png\ttwo\r\n".encode("utf-16-le"),
    "UTF-16 of the other order": "word_1.png\tone\r\nword_2.png\ttwo\r\n".encode("utf-16-be"),
    "UTF-32": "word_1.png\tone\nword_2.png\ttwo\n".encode("utf-32"),
    "carriage returns": "word_1.png\tone\rword_2.png\ttwo\r",
}


@pytest.mark.parametrize("source", NAMED)
def test_names_that_differ_and_texts_of_other_systems_are_understood(tmp_path: Path, source: str):
    _, items, _ = read(save_files(tmp_path, IMAGES | {"labels.txt": NAMED[source]}))
    assert labels(items) == {"word_1.png": "one", "word_2.png": "two"}


def test_the_ground_truth_goes_before_what_a_reader_read(tmp_path: Path):
    files = dict.fromkeys(("a.png", "b.png"), b"")
    files |= {"a.gt.txt": b"one", "a.txt": b"0ne", "b.gt.txt": b"two", "b.txt": b"tw0"}
    assert labels(read(save_files(tmp_path, files))[1]) == {"a.png": "one", "b.png": "two"}


def test_a_row_is_not_given_to_an_image_of_another_split(tmp_path: Path):
    files = {"test/1.png": b"", "train.txt": "train/1.png\tapple\n", "test.txt": "test/1.png\tcherry\n"}
    _, items, issues = read(save_files(tmp_path, files))
    assert labels(items) == {"test/1.png": "cherry"}
    assert [(issue.name, issue.reason) for issue in issues] == [("train.txt, line 1", "missing")]


def test_a_list_in_the_folder_of_a_split_names_no_image_of_another(tmp_path: Path):
    files = {"data/test/images/1.png": b"", "data/train/labels.csv": "1.png,apple\n"}
    files |= {"data/test/labels.csv": "1.png,cherry\n", "data/all.csv": "test/images/1.png,cherry\n"}
    _, items, issues = read(save_files(tmp_path / "training", files))
    assert labels(items) == {"data/test/images/1.png": "cherry"}
    assert [(issue.name, issue.reason) for issue in issues] == [("data/train/labels.csv, line 1", "missing")]


def test_tfrecords_of_aocr_keep_their_case_and_damage_is_reported(tmp_path: Path):
    records = [
        frame(encode_example(ImageRecord(png(i), label, "x.png"))) for i, label in enumerate(["One", "TWO", "é"])
    ]
    whole = b"".join(records)
    save_files(
        tmp_path, {"training.tfrecords": whole, "testing.tfrecords": whole[:-5], "bad.tfrecord": b"no records here"}
    )
    format, items, issues = read(tmp_path)
    assert format == "tfrecords"
    assert [item.label for item in items] == ["One", "TWO", "One", "TWO", "é"]
    assert [item.split for item in items] == ["test"] * 2 + ["train"] * 3
    assert [issue.reason for issue in issues] == ["record", "record"]
    assert "the rest of the file was not read" in issues[0].detail


def test_many_records_over_several_blocks_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.datasets.importing.formats.tfrecords._BLOCK", 1500)
    content = b"".join(frame(encode_example(ImageRecord(png(i), str(i), ""))) for i in range(20))
    _, items, issues = read(save_files(tmp_path, {"x.tfrecord": content}))
    assert [item.label for item in items] == [str(i) for i in range(20)]
    assert not issues


@pytest.mark.parametrize("length", [2**63, 2**40, 10_200_000])
def test_a_record_of_an_impossible_length_is_not_read(tmp_path: Path, length: int):
    save_files(tmp_path, {"x.tfrecord": length.to_bytes(8, "little") + bytes(100)})
    _, items, issues = read(tmp_path)
    assert not items
    assert "a record of" in issues[0].detail


def test_lists_of_several_splits_are_read_together(tmp_path: Path):
    files = {
        "train/images/1.png": b"",
        "val/images/1.png": b"",
        "train/labels.json": '{"1.png": "a"}',
        "val/labels.json": '{"1.png": "b"}',
    }
    _, items, issues = read(save_files(tmp_path, files))
    assert [(item.member, item.label, item.split) for item in items] == [
        ("train/images/1.png", "a", "train"),
        ("val/images/1.png", "b", "validation"),
    ]
    assert not issues


def test_a_split_column_assigns_splits(tmp_path: Path):
    root = save_files(
        tmp_path, {**IMAGES, "x.csv": "image,label,split\nword_1.png,a,train\nword_2.png,b,valid\nword_3.png,c,odd\n"}
    )
    assert [item.split for item in read(root)[1]] == ["train", "validation", None]


@pytest.mark.parametrize(("image", "label"), [("path of it", "TEXT"), ("2", "4"), ("path of it", "text")])
def test_columns_may_be_given_by_heading_or_number(tmp_path: Path, image: str, label: str):
    content = "n,path of it,other,text\n" + "".join(f"{i},word_{i}.png,word_1.png,t{i}\n" for i in range(1, 5))
    config = ImportConfig(path="x", table=TableConfig(image=image, label=label))
    _, items, issues = read(save_files(tmp_path, IMAGES | {"x.csv": content}), config)
    assert [item.label for item in items] == ["t1", "t2", "t3", "t4"]
    assert not issues


def test_malformed_lines_and_missing_images_are_reported(tmp_path: Path):
    content = "word_1.png\tone\nword_9.png\tnine\nno tab\n\nword_2.png\ttwo\n"
    _, items, issues = read(save_files(tmp_path, IMAGES | {"labels.tsv": content}))
    assert len(items) == 2
    assert [(issue.name, issue.reason, issue.detail) for issue in issues] == [
        ("labels.tsv, line 2", "missing", "word_9.png"),
        ("labels.tsv, line 3", "line", "no tab"),
        ("word_3.png", "unlabelled", ""),
        ("word_4.png", "unlabelled", ""),
    ]


def test_a_name_that_leads_elsewhere_finds_nothing(tmp_path: Path):
    save_files(tmp_path, {"secret.png": b""})
    root = save_files(
        tmp_path / "root", IMAGES | {"labels.tsv": "word_1.png\ta\n../secret.png\tb\n/etc/passwd\tc\nword_2.png\td\n"}
    )
    _, items, issues = read(root)
    assert [item.label for item in items] == ["a", "d"]
    assert [issue.reason for issue in issues][:2] == ["missing", "missing"]


def test_a_label_file_of_another_encoding_is_reported_and_can_be_chosen(tmp_path: Path):
    save_files(tmp_path, IMAGES | {"labels.tsv": "word_1.png\tcaf\u00e9\n".encode("cp1252")})
    with pytest.raises(SourceError, match=r"labels.tsv.*Choose its encoding"):
        read(tmp_path)
    assert read(tmp_path, ImportConfig(path="x", encoding="cp1252"))[1][0].label == "café"


@pytest.mark.parametrize("format", ["tfrecords", "dictionary", "icdar", "table", "annotations", "sidecar"])
def test_a_format_that_no_file_is_in_is_refused_by_its_title(tmp_path: Path, format: str):
    with pytest.raises(SourceError, match="Choose another format"):
        read(save_files(tmp_path, IMAGES), ImportConfig.parse({"path": "x", "format": format}))


@pytest.mark.parametrize("files", [{}, {"notes.txt": "hello"}, {"x.json": "{"}, {"x.csv": b"\0\xff\xfe"}])
def test_a_source_without_images_is_refused(tmp_path: Path, files: dict):
    with pytest.raises(SourceError, match="holds no images with labels"):
        read(save_files(tmp_path, files))


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
@example('\\"')
@example("\\\\")
@example('", "')
def test_icdar_escapes_are_undone(text: str):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parse_icdar(f'word_1.png, "{escaped}"') == ("word_1.png", text)


def row(line: str, separator: str, quotes: Quotes) -> ListRow | None:
    return row_of(Columns(2, 0, 1), separator, 1, Dialect(separator, quotes).fields(line))


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])), st.sampled_from(",;"))
@example('say "hi", you', ",")
def test_quoted_fields_are_read_as_they_were_written(text: str, separator: str):
    line = io.StringIO()
    csv.writer(line, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="").writerow(["a.png", text])
    assert row(line.getvalue(), separator, "csv") == ListRow(1, "a.png", text)


@given(st.text(alphabet=st.characters(exclude_characters="\n")))
def test_unquoted_rows_keep_every_character_of_the_label(text: str):
    assert row(f"a.png\t{text}", "\t", "none") == ListRow(1, "a.png", text)
    assert row(f"a.png,{text}", ",", "none") == ListRow(1, "a.png", text)


@given(st.text(max_size=200), st.sampled_from(["none", "csv", "backslash"]))
def test_any_line_is_a_row_or_none(line: str, quotes: Quotes):
    row(line, ",", quotes)
    parse_icdar(line)


@given(st.text(st.characters(exclude_characters="_"), min_size=1), st.integers(0, 9))
def test_the_stem_before_the_underscore_is_the_label(word: str, number: int):
    assert label_part(f"{word}_{number}", "before") == word
    assert label_part(f"{number}_{word}", "after") == word
