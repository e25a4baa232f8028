"""Variants of what labelling tools and readers write: VIA 3, Supervisely, hOCR, and Total-Text's rectangles."""

import base64
import io
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.datasets.scenes.importing.formats.base import NOWHERE
from engine.documents.writers import written
from engine.errors import SourceError
from engine.markup import parse_html
from glyphlab_read.documents.document import Document
from glyphlab_read.parsing import ParseFault
from glyphlab_read.regions.quads import Points
from tests.datasets.scenes.importing.more_sources import MORE_SOURCES, SLANTED, TEXT, WORD
from tests.datasets.scenes.importing.sources import SOURCES, flat, listed, saved
from tests.datasets.scenes.importing.test_odd_sources import first_word, imported
from tests.helpers.documents import page

_ATTRIBUTES = {
    "1": {"aname": "text", "anchor_id": "FILE1_Z0_XY1", "type": 1, "options": {}},
    "2": {"aname": "legibility", "type": 4, "options": {"0": "legible", "1": "illegible"}},
}


def via3(shapes: list[list[Any]], values: list[dict[str, str]] | None = None, **more: Any) -> str:
    metadata = {
        f"1_{number}": {
            "vid": "1",
            "flg": 0,
            "z": [],
            "xy": shape,
            "av": (values or [{"1": TEXT}] * len(shapes))[number],
        }
        for number, shape in enumerate(shapes)
    }
    files = {
        str(i): {"fid": str(i), "fname": f"{name}.jpg", "type": 2, "src": f"{name}.jpg"}
        for i, name in ((1, "a"), (2, "b"))
    }
    views = {id: {"fid_list": [id]} for id in files}
    project = {
        "project": {"pid": "__VIA__"},
        "config": {},
        "attribute": _ATTRIBUTES,
        "file": files,
        "metadata": metadata,
    }
    return json.dumps({**project, "view": views, **more})


def test_a_project_of_via_3_has_its_texts_by_name_and_its_choices_by_their_words(tmp_path: Path):
    project = via3([[7, *flat(WORD)], [7, *flat(SLANTED)]], [{"1": TEXT, "2": "0"}, {"1": "x", "2": "1"}])
    report, regions = imported(saved(tmp_path, {"via.json": project}))
    assert (report.accepted, report.ignored) == (2, 1)
    assert first_word(regions) == (WORD, TEXT)


SHAPES = {
    "rectangle": ([2, 10, 20, 40, 20], [10, 20, 50, 40]),
    "circle": ([3, 40, 40, 10], [30, 30, 50, 50]),
    "ellipse": ([4, 40, 40, 10, 5], [30, 35, 50, 45]),
    "polyline": ([6, *flat(WORD)], [10, 20, 50, 40]),
    "extreme points": ([8, 10, 30, 30, 20, 50, 30, 30, 40], [10, 20, 50, 40]),
    "circle through three points": ([9, 30, 40, 50, 40, 40, 50], [30, 30, 50, 50]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_of_via_3_is_placed(tmp_path: Path, name: str):
    shape, sides = SHAPES[name]
    _, scenes, issues = listed(saved(tmp_path, {"via.json": via3([shape])}))
    corners = scenes["photos/a.jpg"].regions[0].corners
    assert [*corners.min(axis=0), *corners.max(axis=0)] == pytest.approx(sides, abs=0.01)
    assert issues == []


@pytest.mark.parametrize("shape", [[7], [2, 1], [99, 1, 2], ["x"], [9, 1, 1, 2, 2, 3, 3], [3, None, 2, 1]])
def test_a_damaged_shape_of_via_3_costs_no_other_photo(tmp_path: Path, shape: list[Any]):
    metadata = {"1": {"vid": "1", "xy": shape, "av": {}}, "2": {"vid": "2", "xy": [7, *flat(WORD)], "av": {"1": TEXT}}}
    report, regions = imported(saved(tmp_path, {"via.json": via3([], metadata=metadata)}))
    assert first_word(regions) == (WORD, TEXT)
    assert report.problems


def test_sounds_views_of_several_files_and_moments_of_a_film_are_no_regions(tmp_path: Path):
    project = json.loads(via3([[7, *flat(WORD)]]))
    project["file"]["3"] = {"fid": "3", "fname": "c.mp4", "type": 4, "src": "c.mp4"}
    project["view"]["3"] = {"fid_list": ["1", "2"]}
    project["metadata"]["3_x"] = {"vid": "3", "xy": [7, *flat(WORD)], "av": {}}
    project["metadata"]["1_z"] = {"vid": "1", "xy": [], "z": [1.5], "av": {}}
    _, scenes, issues = listed(saved(tmp_path, {"via.json": json.dumps(project)}))
    assert (len(scenes["photos/a.jpg"].regions), issues) == (1, [])


def supervisely(**shape: Any) -> str:
    value = {"classTitle": "word", "tags": [{"name": "transcription", "value": TEXT}, {"name": "checked"}], **shape}
    return json.dumps({"size": {"width": 100, "height": 80}, "objects": [value]})


def packed_mask(*boxes: tuple[int, int, int, int]) -> str:
    image = Image.new("P", (60, 40))
    image.putpalette([0, 0, 0, 255, 255, 255])
    for left, top, right, bottom in boxes:
        image.paste(1, (left, top, right, bottom))
    content = io.BytesIO()
    image.save(content, "PNG", transparency=0)
    return base64.b64encode(zlib.compress(content.getvalue())).decode()


SUPERVISELY_SHAPES = {
    "rectangle": {"geometryType": "rectangle", "points": {"exterior": [[10, 20], [50, 40]], "interior": []}},
    "mask": {"geometryType": "bitmap", "bitmap": {"data": packed_mask((5, 10, 45, 30)), "origin": [5, 10]}},
    "mask in parts": {
        "geometryType": "bitmap",
        "bitmap": {"data": packed_mask((5, 10, 20, 30), (30, 10, 45, 30)), "origin": [5, 10]},
    },
}


@pytest.mark.parametrize("name", SUPERVISELY_SHAPES)
def test_shapes_of_supervisely_are_one_region_each(tmp_path: Path, name: str):
    files = {"ds/ann/a.jpg.json": supervisely(**SUPERVISELY_SHAPES[name]), "ds/ann/b.jpg.json": supervisely()}
    _, (region,) = imported(saved(tmp_path, files))
    assert [*region.polygon.min(axis=0), *region.polygon.max(axis=0)] == pytest.approx([10, 20, 50, 40], abs=0.6)
    assert region.text == TEXT


def test_two_tags_of_supervisely_that_may_be_the_text_are_asked_about(tmp_path: Path):
    shape = SUPERVISELY_SHAPES["rectangle"]
    tags = [{"name": "reading", "value": "SALE"}, {"name": "shop", "value": "Zara"}]
    root = saved(tmp_path, {"ann/a.jpg.json": supervisely(**shape, tags=tags)})
    with pytest.raises(SourceError, match="'reading', 'shop'"):
        imported(root)
    _, regions = imported(root, text_field="reading")
    assert first_word(regions)[1] == "SALE"


PAGE = "<div class=ocr_page title='image a.jpg; bbox 0 0 100 80'>{}</div>"
CARELESS = {
    "no quotes": PAGE.format("<span class=ocrx_word title='bbox 10 20 50 40'>SALE, 5</span>"),
    "unclosed": PAGE.format("<p><br><b><span class=ocrx_word title='bbox 10 20 50 40'>SALE,&nbsp;5<img src=x></span>"),
    "upper case": PAGE.format("<SPAN CLASS='ocrx_word' TITLE='bbox 10 20 50 40'>SALE, <EM>5</EM></SPAN>"),
    "script and comment": PAGE.format(
        "<!-- <span class='ocrx_word' title='bbox 1 1 9 9'>x</span> --><script>if (1<2) '<p class=ocrx_word>'</script>"
        "<span class='ocrx_word' title='bbox 10 20 50 40'>SALE, 5</span>"
    ),
    "polygon": PAGE.format(
        "<span class='ocrx_word' title='bbox 9 9 60 60; poly 10 20 50 20 50 40 10 40'>SALE, 5</span>"
    ),
    "a line alone": PAGE.format("<span class='ocr_line' title='x_size 9; bbox 10 20 50 40'>SALE, 5</span>"),
    "XHTML": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>'
    + PAGE.format('<span class="ocrx_word" title="bbox 10 20 50 40">SALE, 5</span>')
    + "</body></html>",
    "a photo of another name": PAGE.replace("a.jpg", '"C:\\scans\\unknown.png"').format(
        "<span class='ocrx_word' title='bbox 10 20 50 40'>SALE, 5</span>"
    ),
}


@pytest.mark.parametrize("name", CARELESS)
def test_careless_hocr_is_read(tmp_path: Path, name: str):
    _, regions = imported(saved(tmp_path, {"a.html": CARELESS[name]}))
    assert first_word(regions) == (WORD, TEXT)
    assert len(regions) == 1


ENCODED = {
    "stated in HTML": ('<meta charset="iso-8859-1">', "latin-1", {}),
    "stated in XML": ("<?xml version='1.0' encoding='ISO-8859-1'?>", "latin-1", {}),
    "UTF-16": ("", "utf-16", {}),
    "said": ("", "cp1252", {"encoding": "cp1252"}),
}


@pytest.mark.parametrize("name", ENCODED)
def test_hocr_in_another_encoding_is_read_by_it(tmp_path: Path, name: str):
    head, encoding, settings = ENCODED[name]
    content = head + CARELESS["no quotes"].replace("SALE, 5", "Straße")
    _, regions = imported(saved(tmp_path, {"a.html": content.encode(encoding)}), **settings)
    assert [region.text for region in regions] == ["Straße"]


def test_hocr_in_an_encoding_that_nobody_says_is_refused(tmp_path: Path):
    content = CARELESS["no quotes"].replace("SALE, 5", "Straße").encode("latin-1")
    report, regions = imported(saved(tmp_path, {"a.html": content}))
    assert regions == []
    assert any("give the right one" in example.detail for each in report.problems for example in each.examples)


def test_pages_of_one_hocr_file_find_their_photos(tmp_path: Path):
    word = "<span class='ocrx_word' title='bbox 10 20 50 40'>{}</span>"
    pages = [PAGE.replace("a.jpg", f'"{name}.jpg"').format(word.format(name)) for name in ("a", "b", "missing")]
    _, scenes, issues = listed(saved(tmp_path, {"book.hocr": "".join(pages)}))
    assert [scene.regions[0].text for scene in scenes.values()] == ["a", "b"]
    assert [issue.reason for issue in issues] == ["missing"]


def test_words_of_hocr_come_back_with_the_blanks_between_them(tmp_path: Path):
    content = written(Document((page(("Hello wide world", "Next"), name="a.jpg"),)), "hocr")
    assert "".join(parse_html(content).itertext()).split()[-3:] == ["wide", "world", "Next"]
    for name, file in {"own": content, "glued": content.replace(b"</span> <span", b"</span><span")}.items():
        _, scenes, _ = listed(saved(tmp_path / name, {"read.hocr": file}))
        texts = [region.text for region in scenes["photos/a.jpg"].regions if region.level == "line"]
        assert texts == ["Hello wide world", "Next"]


def test_letters_and_marks_around_words_of_hocr_stay_where_they_are(tmp_path: Path):
    line = "<span class='ocr_line' title='bbox 1 1 90 20'>({})</span>"
    word = "<b><span class='ocrx_word' title='bbox 1 1 40 20'>{}</span></b>"
    letters = "".join(f"<span class='ocrx_cinfo' title='bbox 1 1 9 20'>{letter}</span>" for letter in "one")
    body = line.format(word.format(letters) + word.format("two") + "," + word.format("three"))
    _, scenes, _ = listed(saved(tmp_path, {"a.hocr": f"<div class='ocr_page' title='image a.jpg'>{body}</div>"}))
    assert scenes["photos/a.jpg"].regions[0].text == "(one two,three)"


def test_a_web_page_beside_photos_is_no_hocr(tmp_path: Path):
    with pytest.raises(SourceError):
        listed(saved(tmp_path, {"index.html": "<html><p>Our photos</p></html>"}))


@pytest.mark.parametrize("content", [b"<a>" * 400_000, b"<a>" * 2_000, b"<" * 20_000_001])
def test_html_beyond_a_limit_is_refused(content: bytes):
    with pytest.raises(ParseFault):
        parse_html(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<",
        b"<a",
        b"</a></a>",
        b"<!--",
        b"<script>",
        b"<a x='",
        b"<a " + b"x" * 10_000,
        b"&#" + b"9" * 9_000 + b";",
    ],
)
def test_html_that_ends_anywhere_is_read_as_far_as_it_goes(content: bytes):
    assert parse_html(content).tag == "html"


def test_rectangles_of_total_text_stand_back_behind_its_polygons(tmp_path: Path):
    files = {
        f"{folder}/{name}": content for folder in ("Polygon", "Rectangular") for name, content in _mats(folder).items()
    }
    name, scenes, _ = listed(saved(tmp_path, files))
    corners: list[Points] = [region.corners for region in scenes["photos/a.jpg"].regions]
    assert (name, len(corners)) == ("total-text-mat", 2)
    assert np.concatenate([*corners, NOWHERE])[4:].tolist() == SLANTED
    report, _ = imported(tmp_path, format="total-text-boxes")
    assert (report.regions, report.ignored) == (2, 1)


def _mats(folder: str) -> dict[str, bytes]:
    source = MORE_SOURCES["total-text-mat" if folder == "Polygon" else "total-text-boxes"]
    return {name: content for name, content in source.items() if isinstance(content, bytes)}


def _with(name: str, *changes: tuple[str, str]) -> dict[str, bytes | str]:
    files = {}
    for file, content in MORE_SOURCES.get(name, SOURCES.get(name, {})).items():
        assert isinstance(content, str)
        files[file] = content
        for before, after in changes:
            files[file] = files[file].replace(before, after)
    return files


SPOKEN = {
    "mlt": ("Latin", MORE_SOURCES["mlt"]),
    "art": ("Latin", MORE_SOURCES["art"]),
    "hocr": ("eng", MORE_SOURCES["hocr"]),
    "via": ("Thai", _with("via", (f'"text": "{TEXT}"', f'"text": "{TEXT}", "Script": "Thai"'))),
    "cvat": ("Thai", _with("cvat", ("</attribute>", '</attribute><attribute name="language">Thai</attribute>'))),
    "coco": ("english", _with("coco", ('"text": ', '"language": "english", "text": '))),
    "page": (
        "Arabic",
        _with("page", ("<TextLine", '<TextLine primaryLanguage="Arabic"'), ("<Word", '<Word language="Arabic"')),
    ),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_the_language_of_a_region_is_kept(tmp_path: Path, name: str):
    language, files = SPOKEN[name]
    _, regions = imported(saved(tmp_path, files))
    assert language in [region.language for region in regions if region.text == TEXT]
