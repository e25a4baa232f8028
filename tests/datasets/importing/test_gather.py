"""Layouts that other programs leave: the right column, the right file, and a word of all that is not used."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.datasets.importing.formats import gather
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.formats.kinds import Kind, kind_of
from engine.datasets.importing.formats.listing import Listing
from engine.datasets.tfrecord import ImageRecord, encode_example, frame
from engine.errors import SourceError
from engine.sources.folder import FolderTree
from engine.sources.questions import ImportQuestion
from tests.helpers.sources import save_files

Files = dict[str, bytes | str]

IMAGES: Files = {f"w{number}.png": b"" for number in (1, 2, 3)}
THREE = {"w1.png": "one", "w2.png": "two", "w3.png": "three"}
QUAD = "377,117,463,117,465,130,378,130,Genaxis Theatre\n"
IAM = "w1 ok 154 408 768 27 51 AT {}\nw2 ok 154 507 766 213 48 NN two\nw3 err 154 796 764 70 50 TO three\n"


def gathered(root: Path, **config: object) -> tuple[dict[str, str], dict[str, str]]:
    """Gather a folder: labels by image, and reasons with details by what is not used."""
    entries = gather(Listing(FolderTree(root), ImportConfig.parse({"path": "x", **config}))).entries
    labels = {entry.name: entry.label for entry in entries if isinstance(entry, Item)}
    return labels, {
        entry.name: f"{entry.reason}: {entry.detail}" for entry in entries if isinstance(entry, ImportIssue)
    }


READ: dict[str, Files] = {
    "IAM's words": {"words.txt": "#--- words.txt ---#\n#\n" + IAM.format("one")},
    "IAM's lines": {
        "lines.txt": "# lines\nw1 ok 154 19 408 746 1661 89 one\nw2 ok 1 2 3 4 5 6 two\nw3 err 1 2 3 4 5 6 three\n"
    },
    "class and text": {"a.csv": "filename,label,text\nw1.png,0,one\nw2.png,0,two\nw3.png,1,three\n"},
    "text and class": {"a.csv": "class;Beschriftung;bild\n0;one;w1.png\n0;two;w2.png\n1;three;w3.png\n"},
    "index, size and split": {
        "a.tsv": "0\tw1.png\t9\tone\ttrain\n1\tw2.png\t8\ttwo\ttest\n2\tw3.png\t9\tthree\ttrain\n"
    },
    "a split column without headings": {"a.csv": "w1.png,one,train\nw2.png,two,train\nw3.png,three,val\n"},
    "bars": {"metadata.csv": "w1.png|one\nw2.png|two\nw3.png|three\n"},
    "colons": {"gt.txt": "w1.png: one\nw2.png: two\nw3.png: three\n"},
    "names without an ending": {"gt.txt": "w1 one\nw2 two\nw3 three\n"},
    "the label first": {"gt.txt": "one w1.png\ntwo w2.png\nthree w3.png\n"},
    "JSON lines of Hugging Face": {
        "metadata.jsonl": "".join(json.dumps({"file_name": name, "text": text}) + "\n" for name, text in THREE.items())
    },
    "JSON lines of MMOCR": {
        "train.txt": "".join(json.dumps({"filename": name, "text": text}) + "\n" for name, text in THREE.items())
    },
    "JSON of MMOCR": {
        "train.json": json.dumps(
            {"metainfo": {}, "data_list": [{"img_path": n, "instances": [{"text": t}]} for n, t in THREE.items()]}
        )
    },
    "JSON of Donut": {
        "metadata.jsonl": "".join(
            json.dumps({"file_name": name, "ground_truth": json.dumps({"gt_parse": {"text": text}})}) + "\n"
            for name, text in THREE.items()
        )
    },
    "a JSON list of objects": {"x.json": json.dumps([{"filename": n, "text": t} for n, t in THREE.items()])},
    "a JSON list of pairs": {"x.json": json.dumps(list(THREE.items()))},
    "JSON objects by name": {"x.json": json.dumps({n: {"text": t, "width": 9} for n, t in THREE.items()})},
    "JSON of splits": {"x.json": json.dumps({"train": {"w1.png": "one", "w2.png": "two"}, "val": {"w3.png": "three"}})},
    "text_renderer": {
        "labels.json": json.dumps({"labels": {"w1": "one", "w2": "two", "w3": "three"}, "sizes": {"w1": [9, 9]}})
    },
    "JSON in UTF-16": {"labels.json": json.dumps(THREE).encode("utf-16")},
    "XML of ICDAR 2003": {
        "word.xml": "<imagelist>" + "".join(f'<image file="{n}" tag="{t}"/>' for n, t in THREE.items()) + "</imagelist>"
    },
    "XML of CVAT's tags": {
        "annotations.xml": "<annotations><version>1.1</version>"
        + "".join(
            f'<image id="{i}" name="{n}"><tag label="word"><attribute name="text">{t}</attribute></tag></image>'
            for i, (n, t) in enumerate(THREE.items())
        )
        + "</annotations>"
    },
    "SynthTIGER": {
        "gt.txt": "w1.png\tone\nw2.png\ttwo\nw3.png\tthree\n",
        "coords.txt": "w1.png\t1,2,3,4\t5,6,7,8\nw2.png\t1,2,3,4\nw3.png\t1,2,3,4\n",
        "masks/w1.png": b"",
    },
    "what tools keep beside": {
        "gt.txt": "w1.png\tone\nw2.png\ttwo\nw3.png\tthree\n",
        "scores.txt": "w1.png\t0.98\nw2.png\t0.5\nw3.png\t1.0\n",
        "sizes.csv": "file,width,height\nw1.png,10,20\nw2.png,10,22\nw3.png,9,20\n",
        "fileState.txt": "w1.png\t1\n",
        "splits.csv": "w1.png,train\nw2.png,val\nw3.png,test\n",
        "done.txt": "w1.png ok\nw2.png err\nw3.png ok\n",
        "train.txt": "w1.png\nw2.png\n",
    },
    "lists that agree": {"a.txt": "w1.png one\nw2.png two\nw3.png three\n", "train.tsv": "w1.png\tone\n"},
    "prose": {
        "a.tsv": "w1.png\tone\nw2.png\ttwo\nw3.png\tthree\n",
        "notes.txt": "Scans.\nw1.png is blurred.\nThanks.\n",
    },
    "prose that names most images": {
        "a.tsv": "w1.png\tone\nw2.png\ttwo\nw3.png\tthree\n",
        "TRY.txt": "Expected: w1.png one, w2.png two.\nNow: w3.png comes in as four.\n",
    },
    "a list without an ending": {"labels": "w1.png\tone\nw2.png\ttwo\nw3.png\tthree\n"},
    "uploads of Label Studio": {
        "project.json": json.dumps(
            [{"id": 1, "image": f"/data/upload/3/1a2b3c4d-{n}", "transcription": t} for n, t in THREE.items()]
        )
    },
    "addresses": {"a.csv": "url,text\n" + "".join(f"https://h/x/{n}?v=1,{t}\n" for n, t in THREE.items())},
    "arrows": {"gt.txt": "w1.png -> one\nw2.png -> two\nw3.png => three\n"},
    "JSON lists of one": {"x.json": json.dumps({name: [text] for name, text in THREE.items()})},
    "zeros in the names of texts": {f"w00{i}.gt.txt": text for i, text in enumerate(THREE.values(), 1)},
    "texts in another case": {f"W{i}.TXT": text for i, text in enumerate(THREE.values(), 1)},
    "texts in a folder apart": {f"labels/w{i}.gt.txt": text for i, text in enumerate(THREE.values(), 1)},
    "Calamari": {
        **{f"w{i}.gt.txt": text for i, text in enumerate(THREE.values(), 1)},
        **{f"w{i}.pred.txt": "misread" for i in (1, 2, 3)},
    },
}


@pytest.mark.parametrize("source", READ)
def test_the_texts_that_other_programs_keep_are_read(tmp_path: Path, source: str):
    labels, _ = gathered(save_files(tmp_path, IMAGES | READ[source]))
    assert labels == THREE


FIELDS: dict[str, tuple[str, str, str]] = {
    "two lines": ("a.csv", 'image,label\nw1.png,"two\nlines"\nw2.png,two\n', "two\nlines"),
    "two lines, tabs": ("a.tsv", 'image\tlabel\nw1.png\t"two\nlines"\nw2.png\ttwo\n', "two\nlines"),
    "doubled quotes, tabs": ("a.tsv", 'w1.png\t"say ""hi"""\nw2.png\ttwo\n', 'say "hi"'),
    "quotes of the text, tabs": ("a.tsv", 'w1.png\t"hi"\nw2.png\tsay "x\n', '"hi"'),
    "ICDAR without the blank": ("gt.txt", 'w1.png,"say \\"hi\\""\nw2.png,"a,b"\n', 'say "hi"'),
    "ICDAR with the blank": ("gt.txt", 'w1.png, "say \\"hi\\""\nw2.png, "a,b"\n', 'say "hi"'),
    "a quote that is not closed": ("a.csv", 'w1.png,"one\nw2.png,"two\n', '"one'),
    "a backslash at the end": ("a.csv", 'w1.png,"C:\\"\nw2.png,"x"\n', "C:\\"),
    "a comma in the last column": ("a.csv", "w1.png,Surname, Name\nw2.png,two\n", "Surname, Name"),
    "Excel's first line": ("a.csv", "sep=;\nimage;label\nw1.png;one\nw2.png;two\n", "one"),
    "a number of JSON": ("a.json", '{"w1.png": 1.50, "w2.png": "007"}', "1.50"),
    "MJSynth": ("annotation.txt", "1/115_Lube_45484.png 45484\n1/116_Two_3.png 3\n", "Lube"),
    "a number of a card": ("gt.txt", "w1.png 4929 1234 5678 9012\nw2.png 4929 1 2 3\n", "4929 1234 5678 9012"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_field_is_read_as_it_was_meant(tmp_path: Path, case: str):
    name, content, label = FIELDS[case]
    images = (
        {"1/115_Lube_45484.png": b"", "1/116_Two_3.png": b""} if case == "MJSynth" else {"w1.png": b"", "w2.png": b""}
    )
    labels, _ = gathered(save_files(tmp_path, images | {name: content}))
    assert next(iter(labels.values())) == label
    assert len(labels) == 2


@pytest.mark.parametrize("text", ["TEMPORARY", "待识别"])
def test_what_ppocrlabel_writes_where_nobody_typed_is_no_label(tmp_path: Path, text: str):
    rows = f"w1.png\tone\nw2.png\t{text}\nw3.png\tthree\n"
    assert gathered(save_files(tmp_path / "crops", IMAGES | {"rec_gt.txt": rows}))[0] == THREE | {"w2.png": ""}
    assert gathered(save_files(tmp_path / "own", IMAGES | {"labels.txt": rows}))[0] == THREE | {"w2.png": text}


def test_names_with_blanks_stand_before_labels_with_blanks(tmp_path: Path):
    files = {"my image 1.png": b"", "b c.png": b"", "gt.txt": "my image 1.png one two\nb c three\n"}
    assert gathered(save_files(tmp_path, files))[0] == {"my image 1.png": "one two", "b c.png": "three"}


ASKED: dict[str, tuple[str, str, str]] = {
    "columns without headings": ("a.tsv", "w1.png\tone\tAlice\nw2.png\ttwo\tBob\n", "3 columns and no headings"),
    "two headings of texts": (
        "a.csv",
        "image,medicine,substance\nw1.png,a,b\nw2.png,c,d\n",
        "2: medicine .--table.label 2.; or column 3: substance",
    ),
    "a class a column": ("gt.txt", "w1.png\t1\t4\t10\nw2.png\t1\t2\t10\n", "4 columns"),
    "a class a column, blanks": ("gt.txt", "w1.png 1 4 10\nw2.png 1 2 10\nw3.png 5 10 10\n", "up to 4 columns"),
    "a number before the text": ("gt.txt", "w1.png 0 one\nw2.png 1 two\nw3.png 0 three\n", "up to 3 columns"),
    "cut JSON": ("a.json", '{"w1.png": "one", "w2.png": "tw', "is no JSON .*line 1"),
    "words of photos": (
        "gt.csv",
        "".join(f"w{i}.png,1,2,3,4,{text}\n" for i in (1, 2, 3) for text in ("one", "two")),
        "several texts of each image",
    ),
    "several texts of one image": ("a.json", '{"w1.png": ["one", "uno"], "w2.png": ["two", "dos"]}', "it holds JSON"),
    "images that are not there": (
        "project.json",
        '[{"image": "x1.png", "text": "one"}]',
        "no format of labels",
    ),
    "JSON of each image": ("w1.json", '{"text": ["one", "two"]}', "belongs to an image by its name"),
    "polygons": ("gt_w1.txt", QUAD, "holds scenes.*import-scenes"),
    "polygons beside": ("w1.txt", QUAD + QUAD, "holds scenes.*import-scenes"),
    "boxes of YOLO": ("w1.txt", "0 0.5 0.5 0.1 0.1\n", "holds scenes"),
    "a page of PPOCRLabel": (
        "Label.txt",
        'w1.png\t[{"transcription": "x", "points": [[1,2],[3,2],[3,4]]}]\n',
        "scenes",
    ),
    "boxes of docTR": ("labels.json", '{"w1.png": {"polygons": [[[0,0],[1,0],[1,1],[0,1]]]}}', "holds scenes"),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_not_sure_is_asked_before_anything_comes_in(tmp_path: Path, case: str):
    name, content, message = ASKED[case]
    with pytest.raises(SourceError, match=message):
        gathered(save_files(tmp_path, IMAGES | {name: content, "fileState.txt": "w1.png\t1\n"}))


def test_prose_beside_images_that_are_named_by_their_texts_is_no_list(tmp_path: Path):
    prose = (
        "How to make these:\n\nRun it twice.\ntrdg writes NAME_mask.png beside NAME.jpg.\nhello_0.jpg is one.\nThanks."
    )
    files = {"hello_0.jpg": b"", "hello_0_mask.png": b"", "two_1.jpg": b"", "HOWTO.txt": prose}
    assert gathered(save_files(tmp_path, files))[0] == {"hello_0.jpg": "hello", "two_1.jpg": "two"}


def test_a_column_that_is_asked_for_can_be_named(tmp_path: Path):
    save_files(tmp_path, IMAGES | {"a.tsv": "w1.png\tone\tAlice\nw2.png\ttwo\tBob\n"})
    assert gathered(tmp_path, table={"label": "2"})[0] == {"w1.png": "one", "w2.png": "two"}


def test_two_lists_that_disagree_stop_the_import_until_one_is_trusted(tmp_path: Path):
    save_files(tmp_path, IMAGES | {"labels.csv": "image,label\nw1.png,one\nw2.png,two\n", "pred.txt": "w2.png\ttw0\n"})
    with pytest.raises(SourceError, match=r"'labels.csv' and 'pred.txt' disagree.*'w2.png'.*--lists labels.csv"):
        gathered(tmp_path)
    assert gathered(tmp_path, lists="labels.csv")[0] == {"w1.png": "one", "w2.png": "two"}
    assert gathered(tmp_path, lists="x.txt, pred.*")[0] == {"w2.png": "tw0"}
    with pytest.raises(SourceError, match="reads as labels in"):
        gathered(tmp_path, lists="none.txt")


def test_what_is_not_used_beside_a_list_is_named_with_its_reason(tmp_path: Path):
    _, told = gathered(save_files(tmp_path, IMAGES | READ["what tools keep beside"]))
    assert {name: reason for name, reason in told.items() if name.endswith((".txt", ".csv"))} == {
        "scores.txt": "beside: confidences",
        "sizes.csv": "beside: numbers",
        "fileState.txt": "beside: states",
        "splits.csv": "beside: splits, which count where the splits of the source do",
        "done.txt": "beside: states",
        "train.txt": "beside: names of images alone, of one split where the file's name says which",
    }
    save_files(tmp_path, {"metadata.jsonl": '{"file_name": "w1.png", "te', "prose.txt": "Nothing of images.\n"})
    _, told = gathered(tmp_path)
    assert told["metadata.jsonl"].startswith("unused: no format of labels fits it")
    assert "prose.txt" not in told


def test_lists_of_a_split_give_the_split_and_no_labels(tmp_path: Path):
    files: Files = {"labels.csv": "image,label\nw1.png,one\nw2.png,two\nw3.png,three\n", "val.txt": "w2.png\n"}
    save_files(tmp_path, IMAGES | files | {"splits.tsv": "w1.png\ttrain\nw3.png\teval\n"})
    entries = gather(Listing(FolderTree(tmp_path), ImportConfig(path="x"))).entries
    splits = {entry.name: entry.split for entry in entries if isinstance(entry, Item)}
    assert splits == {"w1.png": "train", "w2.png": "validation", "w3.png": "validation"}


def test_records_and_lists_come_in_together(tmp_path: Path):
    record = frame(encode_example(ImageRecord(b"x", "q", "")))
    labels, told = gathered(
        save_files(tmp_path, IMAGES | {"labels.csv": "w1.png,one\nw2.png,two\n", "x.tfrecords": record})
    )
    assert labels == {"w1.png": "one", "w2.png": "two", "x.tfrecords, record 1": "q"}
    assert told == {"w3.png": "unlabelled: "}


def test_records_packed_with_gzip_are_told_as_such(tmp_path: Path):
    save_files(tmp_path, {"x.tfrecord.gz": gzip.compress(b"x"), "y.tfrecord": b"\x1f\x8bcut"})
    assert gathered(tmp_path) == ({}, {"x.tfrecord.gz": "packed: ", "y.tfrecord": "packed: "})


def test_a_half_done_transcription_gives_the_lines_that_are_done(tmp_path: Path):
    labels, told = gathered(
        save_files(tmp_path, {f"l{i}.png": b"" for i in range(6)} | {"l0.gt.txt": "zero", "l0.txt": "0", "l4.txt": "4"})
    )
    assert labels == {"l0.png": "zero"}
    assert set(told) == {f"l{i}.png" for i in range(1, 6)}


def test_few_of_many_listed_images_come_in_and_the_others_are_told(tmp_path: Path):
    rows = "".join(f"x{i}.png\tt{i}\n" for i in range(60))
    labels, told = gathered(save_files(tmp_path, {"x57.png": b"", "labels.tsv": rows}))
    assert labels == {"x57.png": "t57"}
    assert len(told) == 59


def test_masks_and_versions_of_an_image_are_no_images_of_their_own(tmp_path: Path):
    names = ("hello_0.jpg", "hello_0_mask.png", "masks/hello_0.png", "foo_1.png", "foo_1_boxes.txt")
    labels, told = gathered(save_files(tmp_path / "trdg", dict.fromkeys(names, b"")))
    assert labels == {"hello_0.jpg": "hello", "foo_1.png": "foo"}
    assert told == {"hello_0_mask.png": "companion: ", "masks/hello_0.png": "companion: "}
    names = ("01.bin.png", "01.nrm.png", "02.png", "02.bin.png", "tif.tif")
    texts = {"01.gt.txt": "one", "01.txt": "0ne", "02.gt.txt": "two", "tif.gt.txt": "three"}
    labels, _ = gathered(save_files(tmp_path / "ocropus", dict.fromkeys(names, b"") | texts))
    assert labels == {"01.bin.png": "one", "02.png": "two", "tif.tif": "three"}


def test_a_row_that_names_an_image_better_has_it(tmp_path: Path):
    labels, told = gathered(
        save_files(tmp_path, {"1.png": b"", "2.png": b"", "a.tsv": "1.png\tone\n001.png\tother\n2.png\ttwo\n"})
    )
    assert labels == {"1.png": "one", "2.png": "two"}
    assert told["a.tsv, line 2"].startswith("missing")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["one", "2", "3"], "texts"),
        (["1", "2.5", "-3"], "numbers"),
        (["0.99", "1.0", ".5"], "scores"),
        (["1,2,3,4", "[5, 6, 7, 8]"], "boxes"),
        (["1,2,3,4\t5,6,7,8"], "boxes"),
        ([QUAD, "1,2,3,2,3,4,1,4,###"], "outlines"),
        (["train", "val"], "splits"),
        (["ok", "err"], "states"),
        (["same", "same"], "alike"),
        (["", " "], "nothing"),
        (['{"a": {"b": 1}}'], "structures"),
        (["030 1234", "030 5678"], "numbers"),
        (["1,000.50 EUR", "3 kg"], "texts"),
        (["12:30", "13:45"], "texts"),
        (["one"], "texts"),
    ],
)
def test_what_stands_beside_names_is_told_by_its_values(values: list[str], kind: Kind):
    assert kind_of(values) == kind


@pytest.mark.parametrize("more", [{}, {"id": 0}, {"width": 24, "height": 12}])
def test_a_json_file_beside_each_image_says_its_text_and_never_the_name_of_a_field(tmp_path: Path, more: dict):
    for place, text in enumerate(("apple", "river")):
        save_files(tmp_path, {f"{place:06}.png": b"", f"{place:06}.json": json.dumps({"text": text} | more)})
    assert gathered(tmp_path)[0] == {"000000.png": "apple", "000001.png": "river"}


MANY = 1100
MANY_IMAGES: Files = {f"im/{number:05}.png": b"" for number in range(MANY)}


def test_a_file_beside_each_of_many_images_is_read(tmp_path: Path):
    texts: Files = {f"im/{number:05}.json": json.dumps({"text": f"{number}"}) for number in range(MANY)}
    labels, told = gathered(save_files(tmp_path, MANY_IMAGES | texts))
    assert labels == {name: str(int(name[3:8])) for name in MANY_IMAGES}
    assert told == {}


def test_what_stands_beside_each_of_many_images_does_not_hide_their_list(tmp_path: Path):
    fonts = ("Arial", "Lato", "Noto")
    files: Files = {
        f"im/{number:05}.json": json.dumps({"font": fonts[number // 4 % 3], "size": 7}) for number in range(MANY)
    }
    listed = "".join(f"{name},word {number}\n" for number, name in enumerate(MANY_IMAGES))
    save_files(tmp_path, MANY_IMAGES | files | {"labels.csv": f"image,label\n{listed}"})
    with pytest.raises(ImportQuestion, match=r"'labels.csv' and 'im/\*\.json' disagree") as asked:
        gathered(tmp_path)
    assert [remedy.value for remedy in asked.value.remedies] == ["labels.csv", "im/*.json"]
    assert gathered(tmp_path, lists="labels.csv")[0]["im/00007.png"] == "word 7"
    assert gathered(tmp_path, lists="im/*.json")[0]["im/00007.png"] == "Lato"


def test_files_beside_images_are_read_where_few_of_them_say_a_text(tmp_path: Path):
    files: Files = {name.replace(".png", ".json"): json.dumps({"text": None}) for name in MANY_IMAGES}
    files["im/00031.json"] = json.dumps({"text": "here"})
    labels, told = gathered(save_files(tmp_path, MANY_IMAGES | files | {"labels.csv": "im/00007.png,seven\n"}))
    assert len(told) == MANY - 2
    assert labels == {"im/00007.png": "seven", "im/00031.png": "here"}


def test_the_numbers_of_some_images_are_labels_where_files_of_others_hold_texts(tmp_path: Path):
    for image, text in {"a": "one", "b": "12", "c": "99"}.items():
        save_files(tmp_path, {f"{image}.png": b"", f"{image}.json": json.dumps({"text": text})})
    assert gathered(tmp_path)[0] == {"a.png": "one", "b.png": "12", "c.png": "99"}


def test_more_files_than_are_looked_into_are_asked_about(tmp_path: Path):
    notes: Files = {f"notes/n{number}.txt": "Nothing of images.\n" for number in range(MANY)}
    notes |= {f"notes/n{number}.npy": b"" for number in range(5)}
    save_files(tmp_path, IMAGES | notes | {"zz_labels.csv": "w1.png,one\nw2.png,two\nw3.png,three\n"})
    with pytest.raises(ImportQuestion, match=r"1,101 files that may list labels.*--lists zz_labels\.csv"):
        gathered(tmp_path)
    assert gathered(tmp_path, lists="zz_labels.csv")[0] == THREE
    (tmp_path / "zz_labels.csv").unlink()
    with pytest.raises(ImportQuestion, match=r"1,100 files that may list labels.*--format names"):
        gathered(tmp_path)


IN_ORDER_OF_NAMES = ["1.png", "10.png", *(f"{number}.png" for number in range(2, 10))]
SPOKEN = {name: f"of {name[:-4]}" for name in IN_ORDER_OF_NAMES}


def _coco(texts: dict[str, str], **more: object) -> dict[str, object]:
    images = [{"id": number, "file_name": name, "width": 24} for number, name in enumerate(texts, 1)]
    written = [
        {"id": 7, "image_id": number, "category_id": 1, "attributes": {"text": text} | more}
        for number, text in enumerate(texts.values(), 1)
    ]
    return {"images": images, "categories": [{"id": 1, "name": "word"}], "annotations": written}


NUMBERED: dict[str, object] = {
    "COCO": _coco(SPOKEN),
    "COCO, in an export": {"export": _coco(SPOKEN, occluded=False)},
    "COCO-Text": {
        "imgs": {str(id): {"id": id, "file_name": name} for id, name in enumerate(SPOKEN, 1)},
        "anns": {str(id): {"image_id": id, "utf8_string": text} for id, text in enumerate(SPOKEN.values(), 1)},
    },
    "pandas by column": {
        "image": {str(row): name for row, name in enumerate(SPOKEN)},
        "text": {str(row): text for row, text in enumerate(SPOKEN.values())},
    },
    "pandas by column, no endings": {
        "image": {str(row): name[:-4] for row, name in enumerate(SPOKEN)},
        "text": {str(row): text for row, text in enumerate(SPOKEN.values())},
    },
    "pandas by image": {"font": dict.fromkeys(SPOKEN, "Lato"), "text": SPOKEN},
    "pandas by row": {str(row): {"image": name, "text": text} for row, (name, text) in enumerate(SPOKEN.items())},
    "pandas by parts": {"columns": ["image", "text"], "data": [list(pair) for pair in SPOKEN.items()]},
    "lists": {"image": list(SPOKEN), "text": list(SPOKEN.values())},
    "texts as keys": {text: {"image": name} for name, text in SPOKEN.items()},
}


@pytest.mark.parametrize("source", NUMBERED)
def test_numbers_of_rows_and_records_name_no_image(tmp_path: Path, source: str):
    images = dict.fromkeys(SPOKEN, b"") | {"0.png": b""}
    save_files(tmp_path, {**images, "words.json": json.dumps(NUMBERED[source])})
    assert gathered(tmp_path) == (SPOKEN, {"0.png": "unlabelled: "})


def test_numbers_that_nothing_joins_with_a_name_are_no_names(tmp_path: Path):
    apart = {"pictures": [{"key": i, "file": f"{9 - i}.png"} for i in range(1, 9)]}
    texts = [{"image_id": i, "text": f"word {i}"} for i in range(1, 9)]
    save_files(tmp_path, {f"{i}.png": b"" for i in range(1, 9)} | {"words.json": json.dumps(apart | {"texts": texts})})
    with pytest.raises(SourceError, match=r"words\.json"):
        gathered(tmp_path)


@pytest.mark.parametrize("regions", [1, 2])
def test_hashes_of_photos_are_not_their_labels(tmp_path: Path, regions: int):
    outline = [[10, 10], [60, 10], [60, 30], [10, 30]]
    listed = {
        f"w{place}.png": {
            "img_dimensions": [100, 200],
            "img_hash": hashlib.sha256(bytes([place])).hexdigest(),
            "polygons": [outline] * regions,
        }
        for place in range(2)
    }
    save_files(tmp_path, {"images/w0.png": b"", "images/w1.png": b"", "labels.json": json.dumps(listed)})
    with pytest.raises(SourceError, match=r"holds scenes.*docTR"):
        gathered(tmp_path)
    save_files(tmp_path, {"labels.json": json.dumps({name: each["img_hash"] for name, each in listed.items()})})
    with pytest.raises(SourceError, match=r"labels\.json.*hashes"):
        gathered(tmp_path)
