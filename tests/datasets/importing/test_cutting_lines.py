"""Whole lines cut out of pages on import: their texts with spaces, straightened, whatever outlines them."""

from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.datasets.importing import ImportReport, make_report
from engine.datasets.importing.scan import load_image, scan
from engine.sources.folder import FolderTree
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.datasets.scenes.importing.sources import line
from tests.helpers.sources import encoded, picture, save_files

LINES = ImportConfig(path="mine", scenes="lines")
SIZE = (400, 120)
LONG = "A line of seventy characters and more, as pages of books have them, 1 to 9."
SECOND = "the last word is hyph-"

PAGE = f"""<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="page.png" imageWidth="400" imageHeight="120"><TextRegion><Coords points="0,0 400,0 400,120 0,120"/>
<TextLine><Coords points="10,10 390,10 390,30 10,30"/>
 <Word><Coords points="10,10 60,10 60,30 10,30"/><TextEquiv><Unicode>A</Unicode></TextEquiv></Word>
 <TextEquiv index="1"><Unicode>another reading</Unicode></TextEquiv>
 <TextEquiv index="0"><Unicode>{LONG.replace("more, as", "more,  as")}</Unicode></TextEquiv></TextLine>
<TextLine><Coords points="10,60 200,40 202,60 12,80"/>
 <Word><Coords points="10,60 60,55 60,75 12,80"/><TextEquiv><Unicode>the last word</Unicode></TextEquiv></Word>
 <Word><Coords points="70,54 200,40 202,60 72,74"/><TextEquiv><Unicode>is hyph-</Unicode></TextEquiv></Word></TextLine>
<TextLine><Coords points="10,90 390,90 390,110 10,110"/><TextEquiv><Unicode> </Unicode></TextEquiv></TextLine>
</TextRegion></Page></PcGts>"""

_BOX = 'HPOS="10" VPOS="{0}" WIDTH="380" HEIGHT="20"'
_STRINGS = "".join(f'<String {_BOX.format(10)} CONTENT="{word}"/>' for word in LONG.split())
_SPACED = "<SP/>".join(f'<String {_BOX.format(50)} CONTENT="{word}"/>' for word in SECOND.removesuffix("-").split())
ALTO = f"""<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description><MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>page.png</fileName></sourceImageInformation></Description><Layout>
<Page WIDTH="400" HEIGHT="120"><PrintSpace><TextBlock>
<TextLine {_BOX.format(10)}>{_STRINGS}</TextLine>
<TextLine {_BOX.format(50)}>{_SPACED}<HYP CONTENT="-"/></TextLine>
<TextLine {_BOX.format(90)}/></TextBlock></PrintSpace></Page></Layout></alto>"""


def _hocr_line(top: int, text: str) -> str:
    words = " ".join(
        f"<span class='ocrx_word' title='bbox 10 {top} 60 {top + 20}'>{word}</span>" for word in text.split()
    )
    return f"<span class='ocr_line' title='bbox 10 {top} 390 {top + 20}'>\n {words}\n</span>"


HOCR = f"""<html><body><div class="ocr_page" title='image "page.png"; bbox 0 0 400 120'>
{_hocr_line(10, LONG)}{_hocr_line(50, SECOND)}{_hocr_line(90, "")}</div></body></html>"""


def looked(root: Path, files: dict[str, str], config: ImportConfig = LINES) -> ImportReport:
    save_files(root, {**files, "page.png": encoded(picture(1, SIZE))})
    return make_report(scan(FolderTree(root), config), config)


@pytest.mark.parametrize(("name", "content"), [("page.xml", PAGE), ("page.xml", ALTO), ("page.hocr", HOCR)])
def test_lines_come_in_with_their_spaces_and_hyphens_and_empty_ones_stay(tmp_path: Path, name: str, content: str):
    report = looked(tmp_path, {name: content})
    assert [example.label for example in report.examples] == [LONG, SECOND]
    counted = {problem.reason: problem.count for problem in report.problems}
    assert counted["textless"] == 1
    assert counted["finer"] == content.count("<Word") + content.count("<String") + content.count("ocrx_word")
    assert (report.accepted, report.max_length, report.refusal) == (2, len(LONG), "")


def test_a_line_that_climbs_is_straightened(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    _, climbing = (example.item for example in looked(tmp_path / "mine", {"page.xml": PAGE}).examples)
    assert climbing
    width, height = load_image(workspace, LINES.changed(path=str(tmp_path / "mine")), climbing).size
    assert width == pytest.approx(191, abs=2)
    assert height == pytest.approx(20, abs=2)


def test_a_line_that_runs_down_is_asked_about_as_a_word_is(tmp_path: Path):
    rows = line(5, 5, 25, 5, 25, 115, 5, 115, "down the side") + line(
        40, 5, 390, 5, 390, 25, 40, 25, "from left to right"
    )
    asked = looked(tmp_path, {"gt_page.txt": rows})
    assert "runs down or up" in asked.refusal
    turned = looked(tmp_path, {"gt_page.txt": rows}, LINES.changed(rules={"upright": "down"}))
    assert (turned.accepted, turned.refusal) == (2, "")


def test_a_label_longer_than_any_reader_writes_falls_under_its_rule(tmp_path: Path):
    report = looked(tmp_path, {"page.xml": PAGE.replace("1 to 9.", LONG)})
    assert report.dropped["too_long"] == 1
