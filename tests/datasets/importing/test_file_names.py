"""Labels in the names of images: which part of them, and what may hold labels beside them."""

from pathlib import Path

import pytest

from engine.errors import SourceError
from engine.sources.questions import ImportQuestion
from tests.datasets.importing.test_gather import gathered
from tests.helpers.sources import save_files

NAMED: dict[str, tuple[list[str], list[str]]] = {
    "a number behind": (["Main_0.jpg", "12_1.jpg", "old road_2.jpg"], ["12", "Main", "old road"]),
    "a number before": (["0_Main.jpg", "1_Street.jpg", "2_B.jpg"], ["Main", "Street", "B"]),
    "numbers on both sides, as of MJSynth": (["1_Main_7.jpg", "2_Street_9.jpg"], ["Main", "Street"]),
    "no number": (["2b827.png", "d22bd.png"], ["2b827", "d22bd"]),
    "numbers alone, as of plates": (["1234.png", "9876.png"], ["1234", "9876"]),
}


@pytest.mark.parametrize("case", NAMED)
def test_the_label_in_a_name_is_the_part_beside_the_numbers(tmp_path: Path, case: str):
    names, labels = NAMED[case]
    assert sorted(gathered(save_files(tmp_path, dict.fromkeys(names, b"")))[0].values()) == sorted(labels)


@pytest.mark.parametrize(
    ("names", "value", "label"),
    [
        (("main_road.png", "old_lane.png"), "whole", "main_road"),
        (("main_road.png", "old_lane.png"), "before", "main"),
        (("main_road.png", "old_lane.png"), "after", "road"),
        (("img0001.png", "img0002.png", "img0003.png"), "whole", "img0001"),
        (("scan (1).png", "scan (2).png"), "whole", "scan (1)"),
    ],
)
def test_names_whose_numbers_tell_no_label_are_asked_about(tmp_path: Path, names: tuple, value: str, label: str):
    save_files(tmp_path, dict.fromkeys(names, b""))
    with pytest.raises(ImportQuestion) as asked:
        gathered(tmp_path)
    assert ("name_part", value) in [(remedy.setting, remedy.value) for remedy in asked.value.remedies]
    assert gathered(tmp_path, name_part=value)[0][names[0]] == label


COUNTED: dict[str, tuple[list[str], dict[str, str]]] = {
    "a hyphen": (["name", "name-1", "road"], {"name-1": "name", "road": "road"}),
    "a hyphen from one on": (["name-1", "name-2", "road-1"], {"name-2": "name", "road-1": "road"}),
    "filled up with zeros": (["name-001", "name-002"], {"name-001": "name"}),
    "a point": (["name.1", "name.2", "12"], {"name.1": "name", "12": "12"}),
    "brackets": (["name", "road (1)"], {"road (1)": "road"}),
    "brackets of a number": (["12", "12 (2)"], {"12 (2)": "12"}),
    "a blank": (["name 1", "name 2", "road"], {"name 1": "name"}),
    "a dash between blanks": (["name", "name - 2"], {"name - 2": "name"}),
    "a copy of Windows": (["name", "name - Copy", "road - Copy (2)"], {"road - Copy (2)": "road"}),
    "a copy of macOS": (["name", "name copy", "road copy 2"], {"name copy": "name"}),
    "running on through all": (["name-1", "road-2", "hill-3"], {"road-2": "road"}),
    "the same behind all": (["name-1", "road-1"], {"road-1": "road"}),
    "a tilde": (["name~1", "road~2"], {"road~2": "road"}),
    "square brackets": (["name", "road[2]"], {"road[2]": "road"}),
    "another case": (["Name", "name-1"], {"name-1": "name"}),
    "a hyphen in the text": (["sars-cov", "sars-cov-1"], {"sars-cov-1": "sars-cov", "sars-cov": "sars-cov"}),
}


@pytest.mark.parametrize("case", COUNTED)
def test_a_counter_behind_a_name_is_asked_about(tmp_path: Path, case: str):
    stems, labels = COUNTED[case]
    save_files(tmp_path, {f"{stem}.png": b"" for stem in stems})
    with pytest.raises(ImportQuestion, match="seem to end with a counter") as asked:
        gathered(tmp_path)
    assert [(remedy.setting, remedy.value) for remedy in asked.value.remedies[:2]] == [
        ("name_part", "counter"),
        ("name_part", "whole"),
    ]
    found = gathered(tmp_path, name_part="counter")[0]
    assert {stem: found[f"{stem}.png"] for stem in labels} == labels
    assert sorted(gathered(tmp_path, name_part="whole")[0].values()) == sorted(stems)


@pytest.mark.parametrize("stems", [["1-name", "2-road"], ["01 name", "02 road"], ["007. name", "008. road"]])
def test_a_counter_before_all_names_is_asked_about(tmp_path: Path, stems: list[str]):
    save_files(tmp_path, {f"{stem}.png": b"" for stem in stems})
    with pytest.raises(ImportQuestion, match="seem to begin with a counter") as asked:
        gathered(tmp_path)
    assert [remedy.value for remedy in asked.value.remedies[:2]] == ["counter_first", "whole"]
    assert sorted(gathered(tmp_path, name_part="counter_first")[0].values()) == ["name", "road"]


@pytest.mark.parametrize(
    "stems",
    [
        ["3f9a2c_0", "a1b2c3_1", "09ff1e_2"],
        ["1dd39048-cdb4-255d-74c6-224f6372099a_0", "6a4a2ead-250a-bf6e-5ac0-4ca47bd55800_1"],
        ["filmA_frame_0012", "filmB_frame_0099"],
        ["0001_text=name", "0002_text=road"],
        ["name@2x", "road@2x"],
        ["crop-name", "crop-road"],
        ["name-3f9a2c", "road-a1b2c3"],
        ["3f9a2c name", "a1b2c3 road"],
        ["side1_003", "side2_004"],
        ["name1", "road2", "hill3"],
    ],
)
def test_what_numbers_leave_of_names_is_no_label_where_tools_wrote_it(tmp_path: Path, stems: list[str]):
    save_files(tmp_path, {f"{stem}.png": b"" for stem in stems})
    with pytest.raises(ImportQuestion) as asked:
        gathered(tmp_path)
    assert "read" in [remedy.setting for remedy in asked.value.remedies]
    assert sorted(gathered(tmp_path, name_part="whole")[0].values()) == sorted(stems)


@pytest.mark.parametrize(
    "stems",
    [
        ["B-52", "A-10", "covid-19"],
        ["3.1", "3.2", "3.14"],
        ["AB-123", "AB-124", "CD-077"],
        ["10-1", "10-2"],
        ["555-1234", "555-1235"],
        ["v1.2.3", "v1.2.4"],
        ["photocopy", "copy"],
    ],
)
def test_numbers_that_may_be_part_of_a_text_stay_in_it(tmp_path: Path, stems: list[str]):
    stems = [*stems, "road"]
    save_files(tmp_path, {f"{stem}.png": b"" for stem in stems})
    assert sorted(gathered(tmp_path)[0].values()) == sorted(stems)


def test_one_name_in_parts_among_others_is_asked_about(tmp_path: Path):
    save_files(tmp_path, dict.fromkeys([*(f"w{letter}.png" for letter in "abcdefghijkl"), "old_road.png"], b""))
    with pytest.raises(ImportQuestion, match="'old_road'"):
        gathered(tmp_path)
    some = save_files(tmp_path / "numbered", dict.fromkeys(["main.png", "road.png", "road_1.png"], b""))
    assert sorted(gathered(some)[0].values()) == ["main", "road", "road"]


SAYS_NOTHING: dict[str, list[str]] = {
    "a camera": ["IMG_1204", "IMG_1207", "DSC00012", "_MG_1001"],
    "a telephone": ["PXL_20241103_101112345", "PXL_20241104_101112345.MP", "PXL_20241105_111112345.NIGHT"],
    "its clock": ["20241103_101112", "20241104_111113", "2024-11-05 12.13.14"],
    "a messenger": ["WhatsApp Image 2024-01-17 at 12.16.24 PM", "IMG-20240117-WA0003", "received_1234567890"],
    "a screen": [
        "Screenshot 2024-01-17 at 12.16.24",
        "Screenshot_20240118-121624",
        "Bildschirmfoto 2024-01-19 um 08.01.02",
    ],
    "a scanner": ["scan0001", "Scan (2)", "scan_3 copy"],
    "a browser": ["download", "download (1)", "unnamed", "image"],
    "a program": ["1dd39048-cdb4-255d-74c6-224f6372099a", "6a4a2ead-250a-bf6e-5ac0-4ca47bd55800"],
    "its content": ["cfcd208495d565ef66e7dff9f98764da", "c4ca4238a0b923820dcc509a6f75849b"],
    "a counter": ["1", "2", "3", "5", "6"],
    "a counter of one width": ["00007", "00008", "00009", "00010"],
    "milliseconds": ["1700861234323", "1700508861217"],
    "seconds": ["1700861234", "1700508861"],
    "short hashes": ["3f9a2c", "a1b2c3d4"],
    "short hashes of one length": ["2b827", "d22bd", "c0ffe"],
    "parts of hashes": ["3F9A2C01-AA12", "9E107D9D-B001"],
    "a film's address": ["dQw4w9WgXcQ", "9bZkp7q19f0", "a-3_dk9ZxQ0"],
    "a short id": ["V1StGXR8_Z5jdHi6B-myT", "Uakgb_J5m9g-0JDMbcJqL"],
    "an id with a time": ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01BX5ZZKBKACTAV9WEVGEMMVRZ"],
    "a moving picture": ["MVIMG_20190103_101112", "MVIMG_20190104_101112"],
    "lines of pages": ["page-001_line-3", "Seite_002_Zeile_1"],
}


@pytest.mark.parametrize("case", SAYS_NOTHING)
def test_names_that_nobody_gave_are_no_labels_and_a_reader_is_offered(tmp_path: Path, case: str):
    save_files(tmp_path, {f"{stem}.png": b"" for stem in SAYS_NOTHING[case]})
    with pytest.raises(ImportQuestion, match="python -m engine transcribe --path") as asked:
        gathered(tmp_path)
    assert [remedy.setting for remedy in asked.value.remedies] == ["read", "name_part"]
    labels = gathered(tmp_path, name_part="whole")[0]
    assert sorted(labels.values()) == sorted(SAYS_NOTHING[case])


@pytest.mark.parametrize(
    "stems",
    [
        ["page", "file", "Bild", "road"],
        ["A690424X", "C221778X", "B309090Z"],
        ["30395", "60034", "67634", "11002"],
        ["image", "imagination", "download", "photograph", "scanner", "frames"],
        ["deadbeef", "cafe", "babe"],
        ["1HGCM82633A004352", "WVWZZZ1JZXW000001"],
        ["AB12CD", "EF34AB", "FA56BC"],
        ["HelloWorld", "CamelCase", "iPhone15"],
        ["well-known", "high-end", "low-cost"],
        ["3-way", "road", "1-step"],
        ["MSCU1234567", "TGHU7654321"],
    ],
)
def test_names_that_may_be_texts_stay_labels(tmp_path: Path, stems: list[str]):
    save_files(tmp_path, {f"{stem}.png": b"" for stem in stems})
    assert sorted(gathered(tmp_path)[0].values()) == sorted(stems)


def test_numbers_that_begin_again_in_each_folder_leave_the_folders_names_as_an_answer(tmp_path: Path):
    save_files(tmp_path, {f"{word}/{number}.png": b"" for word in ("apple", "river") for number in (1, 2)})
    with pytest.raises(ImportQuestion, match="begin again in each folder") as asked:
        gathered(tmp_path)
    assert [remedy.value for remedy in asked.value.remedies][::2] == ["folder", "whole"]
    found = gathered(tmp_path, name_part="folder")[0]
    assert found == {f"{word}/{number}.png": word for word in ("apple", "river") for number in (1, 2)}


TABLE_IN_PROSE = "# The set\n\nWords of signs.\n\n| image | text |\n|---|---|\n" + "".join(
    f"| w{number}.png | word {number} |\n" for number in range(1, 5)
)
NOT_TAKEN: dict[str, tuple[str, str, str]] = {
    "a table in a README": ("README.md", TABLE_IN_PROSE, "'README.md'.*written for people"),
    "a list as a licence": ("LICENSE", "w1.png one\nw2.png two\nw3.png three\n", "'LICENSE'"),
    "a list in a log": ("out.log", "w1.png one\nw2.png two\nw3.png three\n", "'out.log'"),
    "JSON of each image elsewhere": ("ann/w1.png.json", '{"description": "one"}', "belongs to an image by its name"),
    "numbers of words in a lexicon": ("lexicon.txt", "one\ntwo\n", "'lexicon.txt' beside it seems to hold the words"),
    "boxes with texts, some of them numbers": ("w1.txt", "1,2,9,2,9,8,1,8,12\n1,2,9,2,9,8,1,8,Main\n", "holds scenes"),
}


@pytest.mark.parametrize("case", NOT_TAKEN)
def test_what_may_hold_labels_is_named_wherever_it_stands(tmp_path: Path, case: str):
    name, content, message = NOT_TAKEN[case]
    files = {f"w{number}.png": b"" for number in range(1, 5)} | {name: content}
    if "lexicon" in name:
        files["annotation.txt"] = "w1.png 17\nw2.png 4\nw3.png 90\nw4.png 3\n"
    with pytest.raises(SourceError, match=message):
        gathered(save_files(tmp_path, files))


def test_a_tree_of_files_or_one_example_in_a_readme_is_no_list(tmp_path: Path):
    prose = "# Words\n\n├── main_0.png\n├── road_1.png\n├── lane_2.png\n\nmain_0.png shows a street.\n"
    files = {"main_0.png": b"", "road_1.png": b"", "lane_2.png": b"", "README.md": prose}
    assert sorted(gathered(save_files(tmp_path, files))[0].values()) == ["lane", "main", "road"]


def test_several_images_may_share_a_row_as_in_lists_of_paddle(tmp_path: Path):
    files = {f"w{number}.png": b"" for number in range(1, 5)}
    rows = '["w1.png", "w2.png"]\tone, "two"\nw3.png\tthree\n["w4.png"]\t[4]\n'
    found = gathered(save_files(tmp_path, files | {"rec_gt_train.txt": rows}))[0]
    assert found == {"w1.png": 'one, "two"', "w2.png": 'one, "two"', "w3.png": "three", "w4.png": "[4]"}
