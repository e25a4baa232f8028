import zlib

import numpy as np
import pytest
from fpdf import FPDF

from engine.documents import pdf_pages
from engine.documents.pdf_pages import PdfFile
from engine.documents.sources import PageImage, is_pdf, page_images
from engine.errors import ImageError, SourceError
from engine.images.encode import png_bytes
from glyphlab_read.images.open import open_image
from tests.helpers.tiny_locators import paint


def pdf(*sizes: tuple[float, float], password: str = "") -> bytes:
    """Return a PDF file of pages of some sizes in points, with a black square in the upper left of each."""
    file = FPDF(unit="pt")
    if password:
        file.set_encryption(owner_password="owner", user_password=password)
    for size in sizes:
        file.add_page(format=size)
        file.rect(0, 0, 36, 36, style="F")
    return bytes(file.output())


def test_pages_are_drawn_at_the_resolution_asked_for():
    with PdfFile(pdf((144, 72), (72, 288)), "two.pdf") as file:
        assert file.pages == 2
        first, second = file.draw(1, 100), file.draw(2)
    assert (first.image.size, first.dpi) == ((200, 100), 100)
    assert (second.image.size, second.dpi) == ((200, 800), 200)
    pixels = np.asarray(first.image)
    assert pixels[:48, :48].max() == 0
    assert pixels[52:].min() == 255


def test_huge_pages_are_drawn_coarser_and_those_beyond_are_told_while_the_others_are_drawn():
    content = pdf((14_000, 14_000), (5e6, 14), (72, 72))
    pages = list(page_images(content, "large.pdf"))
    large, beyond, small = pages
    assert isinstance(large, PageImage)
    assert large.image.size == (4995, 4995)
    assert not isinstance(beyond, PageImage)
    assert beyond.problem.startswith("Page 2 of 'large.pdf' is so large a page")
    assert isinstance(small, PageImage)
    assert (small.number, small.image.size) == (3, (200, 200))


@pytest.mark.parametrize("size", [(1683.78, 2383.94), (2383.94, 3370.39), (14_000, 2_000), (841.89, 7_000)])
def test_large_pages_are_images_that_can_be_opened(size):
    """They are A1, A0, and two that are long."""
    with PdfFile(pdf(size), "large.pdf") as file:
        drawn = file.draw(1).image
    assert open_image(png_bytes(drawn)).size == drawn.size


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no PDF file that can be opened"),
        (b"%PDF-1.7\n", "no PDF file that can be opened"),
        (pdf((72, 72))[:400], "no PDF file that can be opened"),
        (pdf((72, 72), password="secret"), "is locked by a password. Save it without one"),
    ],
)
def test_files_that_cannot_be_opened_say_why(content, said):
    with pytest.raises(SourceError, match=f"'bad.pdf' .*({said})"):
        PdfFile(content, "bad.pdf")


def file_of(*objects: bytes) -> bytes:
    """Return a PDF file of objects, numbered from 1, of which the first is the catalogue."""
    content, offsets = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def test_a_page_that_unpacks_without_end_is_cancelled_and_the_next_one_drawn():
    packer = zlib.compressobj()
    packed = packer.compress(b"0 0 1 1 re f " * 80_000) + packer.flush(zlib.Z_FULL_FLUSH)  # 1 MB, as it may be repeated
    unpacks = zlib.compress(packed[:2] + 1000 * packed[2:] + b"\x03\x00")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]%b>>"
    content = file_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>",
        page % b"/Contents 5 0 R",
        page % b"",
        b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (len(unpacks), unpacks),
    )
    bomb, blank = page_images(content, "bomb.pdf")
    assert not isinstance(bomb, PageImage)
    assert bomb.problem.startswith("Page 1 of 'bomb.pdf' took over 30 s or over 1.5 GB of memory to open")
    assert isinstance(blank, PageImage)
    assert blank.image.size == (200, 200)


def test_a_page_that_is_not_there_is_told():
    content = file_of(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    [page] = page_images(content, "cycle.pdf")
    assert not isinstance(page, PageImage)
    assert page.problem == "Page 1 of 'cycle.pdf' is damaged and cannot be drawn. Save the file again, then try again."


def test_limits_of_bytes_and_pages_are_told(monkeypatch):
    content = pdf((72, 72), (72, 72))
    monkeypatch.setattr(pdf_pages, "MAX_PDF_PAGES", 1)
    with pytest.raises(SourceError, match=r"'long.pdf' has 2 pages; at most 1 are read at once. Split it"):
        PdfFile(content, "long.pdf")
    monkeypatch.setattr(pdf_pages, "MAX_PDF_BYTES", 100)
    with pytest.raises(SourceError, match="at most 0 MB are opened"):
        PdfFile(content, "large.pdf")


def test_a_child_that_died_is_replaced():
    with PdfFile(pdf((72, 72), (72, 72)), "two.pdf") as file:
        assert file.draw(1).image.size == (200, 200)
        file._child.close()
        assert file.draw(2).image.size == (200, 200)


def test_an_image_is_one_page_and_files_are_told_by_their_bytes():
    content = png_bytes(paint((30, 20), []))
    [page] = page_images(content, "scan.pdf")
    assert isinstance(page, PageImage)
    assert (page.image.size, page.number, page.name) == ((30, 20), 1, "scan.pdf")
    assert is_pdf(b"\n\n%PDF-1.4")
    assert not is_pdf(content)
    with pytest.raises(ImageError):
        list(page_images(b"nothing", "scan.png"))
