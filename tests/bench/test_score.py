import pytest

from bench import score as bench_score
from engine.errors import DatasetError
from engine.workspace import STARTER
from tests.helpers.tiny_bundles import save_labelled_folder, save_run_bundle


def test_it_prints_a_line_for_each_folder(workspace, tmp_path, capsys):
    bundle = save_run_bundle(workspace)
    folders = [
        save_labelled_folder(tmp_path / "good", {"1.png": "abc"}).parent,
        save_labelled_folder(tmp_path / "mixed", {"1.png": "ab", "2.png": "cd"}),
    ]
    with open(folders[1], "a") as labels:
        labels.write("1.png\tAB\n2.png\tx\n")
    bench_score.main(["--run", bundle.name, "--images", *map(str, folders)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == bench_score.HEADER.splitlines()
    assert lines[2].startswith("| good | 1 | 100.0% | 20.7% to 100.0% |")
    assert lines[3].startswith("| mixed | 4 | 50.0% | 15.0% to 85.0% | 75.0% | 75.0% |")
    assert all(line.count("|") == 9 for line in lines)


def test_a_folder_without_labels_is_refused(workspace, tmp_path):
    with pytest.raises(DatasetError):
        bench_score.main(["--run", save_run_bundle(workspace).name, "--images", str(tmp_path)])


def test_a_reader_that_knows_likely_texts_has_a_second_line_by_the_image_alone(workspace, tmp_path, capsys):
    folder = save_labelled_folder(tmp_path / "signs", {"1.png": "abc"}).parent
    bench_score.main(["--run", STARTER, "--images", str(folder)])
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| signs", "| signs, by the image alone"]
