"""The real OCRmyPDF, which reads drawn pages by the starters and gives files whose text can be searched."""

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.helpers.sheets import COLUMNS, PAPER, WORDS, sheet

ROOT = Path(__file__).parents[2]
DPI = 150.0


def ocrmypdf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ocrmypdf", "--plugin", "engine.cli.ocrmypdf_plugin", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)


def lines_of(page: pypdfium2.PdfPage) -> list[str]:
    return [line.strip().lower() for line in page.get_textpage().get_text_bounded().splitlines()]


def test_pages_are_turned_levelled_and_made_searchable(workspace, tmp_path):
    image = sheet()
    pages = [image, image.rotate(180), image.rotate(90, expand=True), image.rotate(3, fillcolor=PAPER)]
    scan, out, text = (tmp_path / name for name in ("scan.pdf", "out.pdf", "text.txt"))
    pages[0].save(scan, save_all=True, append_images=pages[1:], resolution=DPI)
    done = ocrmypdf("--rotate-pages", "--deskew", "--sidecar", text, scan, out)
    assert done.returncode == 0, done.stderr
    file = pypdfium2.PdfDocument(out)
    assert [lines_of(page) for page in file] == [[row.lower() for rows in COLUMNS for row in rows]] * 4
    left, bottom, _, top = file[0].get_textpage().get_charbox(0, loose=True)
    assert left * DPI / 72 == pytest.approx(60, abs=12)
    assert bottom < file[0].get_height() - 110 * 72 / DPI < top  # within the height of the first line
    file.close()
    assert text.read_text().lower().split() == WORDS * 4


def test_a_page_that_lies_on_its_side_has_its_words_where_they_lie(workspace, tmp_path):
    sheet().rotate(90, expand=True).save(tmp_path / "scan.png", dpi=(DPI, DPI))
    done = ocrmypdf("--pdf-renderer", "fpdf2", tmp_path / "scan.png", tmp_path / "out.pdf")
    assert done.returncode == 0, done.stderr
    file = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    assert file[0].get_size() == pytest.approx((192, 480), abs=1)
    assert sorted(" ".join(lines_of(file[0])).split()) == sorted(WORDS)
    first = file[0].get_textpage().get_charbox(0, loose=True)  # of "Winter", which runs up from the lower left
    assert first[0] * DPI / 72 == pytest.approx(90, abs=25)
    assert first[1] * DPI / 72 == pytest.approx(60, abs=25)
    file.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--glyphlab-run", "nobody"], "There is no run yet"),
        (["--ocr-engine", "tesseract"], "--ocr-engine tesseract: with Glyphlab's plugin, Glyphlab reads"),
    ],
)
def test_choices_that_cannot_be_are_told_before_a_page_is_read(workspace, tmp_path, arguments, said):
    sheet().save(tmp_path / "scan.png", dpi=(DPI, DPI))
    done = ocrmypdf(*arguments, tmp_path / "scan.png", tmp_path / "out.pdf")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
