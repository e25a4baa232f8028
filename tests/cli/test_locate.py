import numpy as np
import pytest

from engine.cli.main import main
from engine.regions.polygons import ious
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12)]


def test_a_line_is_printed_for_each_box_and_bad_photos_are_passed_over(workspace, tmp_path, capsys):
    bundle = save_locator(workspace)
    photo, bad, empty = (tmp_path / name for name in ("photo.png", "bad.png", "empty.png"))
    paint((256, 128), WORDS).save(photo)
    paint((256, 128), []).save(empty)
    bad.write_text("no photo")
    assert main(["locate", "--bundle", str(bundle.folder), str(bad), str(empty), str(photo)]) == 2
    seen = capsys.readouterr()
    assert "bad.png: These bytes are no PNG" in seen.err
    lines = [line.split("\t") for line in seen.out.splitlines()]
    assert [(name, float(score) > 0.9) for name, score, _ in lines] == [(str(photo), True)] * 2
    found = [np.array(corners.split(","), np.float32).reshape(4, 2) for _, _, corners in lines]
    assert (ious(WORDS, found).max(axis=1) > 0.8).all()


@pytest.mark.parametrize(
    ("options", "said"), [(["--side", "9"], "side: 9 was given"), (["--level", "line"], "level: 'line' was given")]
)
def test_what_the_locator_cannot_do_is_said_once(workspace, tmp_path, capsys, options, said):
    bundle = save_locator(workspace, "mask")
    assert main(["locate", "--bundle", str(bundle.folder), *options, "a.png", "b.png"]) == 2
    assert capsys.readouterr().err.count(said) == 1


def test_a_reader_locates_nothing(workspace, capsys):
    bundle = save_run_bundle(workspace)
    assert main(["locate", "--bundle", str(bundle.folder), "a.png"]) == 2
    assert "Choose a locator's instead" in capsys.readouterr().err
