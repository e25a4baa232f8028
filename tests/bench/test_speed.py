from bench import speed
from tests.helpers.tiny_bundles import save_labelled_folder, save_run_bundle


def test_it_names_the_machine_and_times_reading(workspace, tmp_path, capsys, monkeypatch):
    labels = save_labelled_folder(tmp_path / "images", {"1.png": "abc", "2.png": "d"})
    bundle = save_run_bundle(workspace, "attention")
    monkeypatch.setattr(speed, "print_machine", lambda: print("the machine\n"))
    speed.main(["--bundle", str(bundle.folder), "--images", str(labels.parent), "--generate", "0"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[4:]] == [
        "open the reader",
        "read one image, median",
        "read one image, 95th percentile",
        "read 2 images together",
    ]
    assert lines[0] == "the machine"
    assert float(lines[5].split("|")[2].removesuffix("ms ")) > 0
