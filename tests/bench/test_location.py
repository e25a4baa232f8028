import numpy as np
import pytest
from PIL import Image

from bench import location as bench_location
from bench import other_locators
from engine.errors import ConfigError, DatasetError
from tests.helpers.rectangles import rectangle
from tests.helpers.tiny_locators import paint, save_locator

WORDS = [rectangle(60, 40, 60, 20), rectangle(180, 60, 50, 24, 12), rectangle(60, 120, 40, 20)]


@pytest.fixture
def photos(tmp_path):
    """Two photos: three words, of which one is not painted and one does not count, and a bar that is no word."""
    folder = tmp_path / "street"
    (folder / "images").mkdir(parents=True)
    (folder / "gt").mkdir()
    texts = ["SALE", "100,000", "###"]
    lines = [f"{','.join(str(round(x)) for x in word.ravel())},{text}" for word, text in zip(WORDS, texts, strict=True)]
    for name, painted in (("img_1", [WORDS[0], WORDS[2]]), ("img_2", [*WORDS, rectangle(200, 150, 40, 20)])):
        paint((256, 192), painted).save(folder / "images" / f"{name}.jpg", quality=95)
        (folder / "gt" / f"gt_{name}.txt").write_bytes(("\ufeff" + "\r\n".join(lines) + "\r\n").encode())
    return folder


@pytest.fixture(autouse=True)
def no_machine(monkeypatch):
    monkeypatch.setattr(bench_location, "print_machine", lambda: print("Machine: any"))


def test_it_prints_a_row_and_the_protocol(workspace, photos, capsys):
    bundle = save_locator(workspace)
    bench_location.main(["--photos", str(photos), "--bundle", str(bundle.folder), "--threads", "1"])
    out = capsys.readouterr().out
    (row,) = [line for line in out.splitlines() if line.startswith(f"| {bundle.name}")]
    assert f"| {bundle.name} step 7 | 2 | 0.750 | 0.750 | 0.750 | " in row
    assert " | 0.50 | " in row
    assert row.count("|") == bench_location.HEADER.splitlines()[0].count("|")
    assert "Machine: any\n1 threads" in out
    assert "2 photos, street; words, IoU > 0.5 one-to-one" in out
    assert "thresholds from bars" in out
    assert "recall by text height: 16 to 24 px 1.00 of 2, 24 to 32 px 0.50 of 2" in out


def test_pictures_show_what_was_hit_missed_and_found_wrongly(workspace, photos, tmp_path):
    bundle = save_locator(workspace)
    pictures = tmp_path / "pictures"
    bench_location.main(["--photos", str(photos), "--run", bundle.name, "--pictures", str(pictures)])
    assert sorted(path.name for path in pictures.iterdir()) == ["img_1.jpg", "img_2.jpg"]

    def has(name, colour):
        pixels = np.asarray(Image.open(pictures / name)).astype(int)
        return bool((np.abs(pixels - colour).sum(axis=-1) < 60).any())

    green, red, orange = (31, 170, 60), (224, 32, 32), (255, 140, 0)
    assert [has("img_1.jpg", colour) for colour in (green, red, orange)] == [True, True, False]
    assert [has("img_2.jpg", colour) for colour in (green, red, orange)] == [True, False, True]


def test_boxes_on_photos_without_text_are_counted_and_named(workspace, photos, tmp_path, capsys):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "list.txt").write_text("no photo")
    for name, bars in (("brick.png", WORDS[:2]), ("grass.jpg", []), ("sky.png", [])):
        paint((256, 192), bars).save(empty / name)
    run = save_locator(workspace).name
    bench_location.main(["--photos", str(photos), "--run", run, "--empty", str(empty)])
    assert "3 photos without text: 0.67 false boxes per photo (brick.png 2)" in capsys.readouterr().out


def test_other_packages_that_are_not_installed_are_named(photos, capsys, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(other_locators.importlib, "import_module", missing)
    bench_location.main(["--photos", str(photos), "--only-others"])
    out = capsys.readouterr().out
    assert out.count("is not installed here") == 2
    with pytest.raises(ConfigError, match="pip install rapidocr"):
        other_locators.rapidocr(1)


def test_other_locators_are_scored_by_the_same_protocol(photos, capsys, monkeypatch):
    seen = []

    def perfect(threads):
        seen.append(threads)
        return lambda image: other_locators._boxes([word[::-1] for word in WORDS[:2]], [0.9, 0.8])

    monkeypatch.setattr(bench_location, "OTHERS", {"perfect": perfect})
    bench_location.main(["--photos", str(photos), "--only-others", "--threads", "3"])
    assert "| perfect | 2 | 1.000 | 1.000 | 1.000 | 1.000 to 1.000 | 0.00 | " in capsys.readouterr().out
    assert seen == [3]


def test_labels_that_cannot_be_read_are_named(photos, tmp_path):
    (photos / "gt" / "gt_img_2.txt").write_text("1,2,3,4,5,6,7\n")
    with pytest.raises(DatasetError, match=r"Line 1 of gt_img_2\.txt"):
        bench_location.icdar_samples(photos)
    (photos / "gt" / "gt_img_2.txt").unlink()
    with pytest.raises(DatasetError, match=r"gt_img_2\.txt cannot be read"):
        bench_location.icdar_samples(photos)
    with pytest.raises(DatasetError, match="holds no images"):
        bench_location.icdar_samples(tmp_path)
