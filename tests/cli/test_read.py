"""The command `read` on photos and PDF pages, with the starters; word images are tested in test_main."""

import os
import shutil

import pypdfium2
import pytest
from fpdf import FPDF
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from engine.cli import read
from engine.cli.main import main
from engine.documents.writers import written
from engine.documents.writers.tables import document_from_json
from engine.parsing import parse_xml
from tests.helpers.sheets import sheet

SAID = ["Winter begins again", "Summer storms will"]


@pytest.fixture(scope="module")
def scan(tmp_path_factory):
    """A page of two lines, as an image and as a PDF file of two pages."""
    image = sheet([SAID], (700, 500))
    folder = tmp_path_factory.mktemp("scan")
    image.save(folder / "scan.png")
    pdf = FPDF(unit="pt")
    for _ in range(2):
        pdf.add_page(format=(252, 180))  # points: 700 × 500 px at 200 per inch
        pdf.image(image, 0, 0, 252, 180)
    (folder / "scan.pdf").write_bytes(bytes(pdf.output()))
    return folder


def test_a_line_of_a_photo_or_page_is_a_line_of_the_table(workspace, scan, tmp_path, capsys):
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 nothing")
    assert main(["read", str(bad), str(scan / "scan.png"), str(scan / "scan.pdf")]) == 2
    seen = capsys.readouterr()
    assert "'bad.pdf' is no PDF file that can be opened" in seen.err
    rows = [line.split("\t") for line in seen.out.splitlines()]
    image, pdf = str(scan / "scan.png"), str(scan / "scan.pdf")
    assert [(name, text) for name, _, text in rows] == [
        (name, text) for name in (image, f"{pdf}:1", f"{pdf}:2") for text in SAID
    ]
    assert all(float(sure) > 0.8 for _, sure, _ in rows)


def test_a_photo_can_be_read_as_a_word_and_a_word_as_a_page(workspace, scan, capsys):
    assert main(["read", "--content", "word", str(scan / "scan.png")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("format", ["json", "pdf", "alto"])
def test_a_document_is_written_of_all_pages(workspace, scan, tmp_path, format):
    output = tmp_path / f"read.{format}.old"
    files = [str(scan / "scan.png"), str(scan / "scan.pdf")]
    assert main(["read", *files, "--format", format, "--output", str(output)]) == 0
    content = output.read_bytes()
    if format == "json":
        document = document_from_json(content, output.name)
        assert [page.text.splitlines() for page in document.pages] == [SAID] * 3
        assert [(page.name, page.number, page.dpi) for page in document.pages] == [
            ("scan.png", 1, 96.0),
            ("scan.pdf", 1, 200.0),
            ("scan.pdf", 2, 200.0),
        ]
    elif format == "pdf":
        file = pypdfium2.PdfDocument(content)
        texts = [page.get_textpage().get_text_bounded().splitlines() for page in file]
        assert [[line.strip() for line in lines] for lines in texts] == [SAID] * 3
        assert file[1].get_size() == pytest.approx((252, 180), abs=0.1)
        file.close()
    else:
        assert len(list(parse_xml(content).iter("{http://www.loc.gov/standards/alto/ns-v4#}Page"))) == 3


def test_a_file_that_is_gone_when_the_pdf_is_written_is_there_as_text_alone(
    workspace, scan, tmp_path, capsys, monkeypatch
):
    both = [shutil.copy(scan / name, tmp_path) for name in ("scan.pdf", "scan.png")]

    def written_late(*document):
        (tmp_path / "scan.pdf").unlink()
        return written(*document)

    monkeypatch.setattr(read, "written", written_late)
    assert main(["read", *map(str, both), "--output", str(tmp_path / "read.pdf")]) == 2
    assert "scan.pdf: The PDF file holds 2 pages as text alone, without a picture." in capsys.readouterr().err
    file = pypdfium2.PdfDocument(tmp_path / "read.pdf")
    assert [len(list(page.get_objects([FPDF_PAGEOBJ_IMAGE]))) for page in file] == [0, 0, 1]
    file.close()


@pytest.mark.parametrize("format", ["json", "pdf"])
def test_a_file_whose_name_is_no_utf_8_is_written(workspace, tmp_path, format):
    """Such names are left by other systems, and come as surrogates."""
    Image.new("RGB", (60, 20), "white").save(tmp_path / "word.png")
    word = (tmp_path / "word.png").rename(tmp_path / os.fsdecode(b"caf\xe9.png"))
    assert main(["read", str(word), "--output", str(tmp_path / f"read.{format}")]) == 0
    assert (tmp_path / f"read.{format}").stat().st_size > 200


def test_the_ending_of_the_output_tells_the_format(workspace, tmp_path, capsys):
    Image.new("RGB", (60, 20), "white").save(tmp_path / "word.png")
    words = ["read", str(tmp_path / "word.png"), "--output"]
    assert main([*words, str(tmp_path / "read.PDF")]) == 0
    assert (tmp_path / "read.PDF").read_bytes().startswith(b"%PDF-")
    assert capsys.readouterr().out == ""
    assert main([*words, str(tmp_path / "read.xml")]) == 2
    told = capsys.readouterr().err
    assert "read.xml' ends in none of .txt, .tsv, .json, .hocr, .alto.xml, .page.xml, .pdf." in told


def test_text_goes_to_standard_output_in_reading_order(workspace, scan, capfdbinary):
    assert main(["read", str(scan / "scan.png"), "--format", "text"]) == 0
    assert capfdbinary.readouterr().out.decode() == "\n".join(SAID) + "\n"


def test_a_word_image_is_a_page_of_one_word(workspace, scan, tmp_path, capfdbinary):
    word = tmp_path / "word.png"
    Image.open(scan / "scan.png").crop((50, 85, 205, 150)).save(word)
    assert main(["read", str(word), "--format", "tsv"]) == 0
    *_, row = capfdbinary.readouterr().out.decode().splitlines()
    assert row.split("\t")[6:10] == ["0", "0", "155", "65"]
    assert row.endswith("\tWinter")


def test_a_page_without_text_is_told_and_is_no_fault(workspace, tmp_path, capsys):
    Image.new("RGB", (800, 600), "white").save(tmp_path / "wall.png")
    assert main(["read", str(tmp_path / "wall.png")]) == 0
    assert (
        "wall.png: no text was found on page 1. If there is some, search at a larger --side" in capsys.readouterr().err
    )
