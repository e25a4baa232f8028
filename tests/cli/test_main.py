"""The command line in one process: what it prints, its exit codes, and the faults that users make."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.cli.main import build, main
from engine.commands import engine_command
from engine.config.generate import GenerateConfig
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.files import write_json
from engine.jobs import KINDS, State, paths
from engine.synth.saved_recipes import save_recipe
from engine.workspace import Workspace
from tests.helpers.labs import Lab, MakeFolder
from tests.helpers.tiny_bundles import draw, save_run_bundle

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("train --dataset nope", "There is no dataset"),
        ("train", "dataset: no value was given"),
        ("train --reader.decodr ctc", "Did you mean decoder"),
        ("train --preset slow", "'slow' is no preset"),
        ("generate --seed " + "1" * 5000, "seed: '1111"),
        ("train --batch", "--batch: no value was given"),
        ("generate --images -4", "images: '-4' was given. Input should be greater than or equal to 10"),
        ("generate --images ten", "images: 'ten' was given. Input should be a valid integer"),
        ("generate --config missing.yaml", "'missing.yaml' cannot be read"),
        ("evaluate --run nope --folder .", "There is no run"),
        ("fit --recipe nope --crops x", "'nope' is no recipe here. There are 'starter'"),
        ("sweep --run.dataset " + "0" * 26, "on the command line --vary SETTING=VALUES"),
        ("fit --crops a --path b", "--crops is 'a' and --path is 'b', which mean the same. Give one of them"),
        ("convert-model starter --run " + "0" * 26, "RUN is 'starter' and --run is '000"),
        ("generate --preset x", "There are: 'starter', 'clean print'"),
        ("fit --crops nowhere", "'nowhere' is not there, or not below a data root"),
        ("runs show", "There is no run yet"),
        ("runs stop " + "0" * 26, "There is no run"),
        ("read --run latest x.png", "There is no run yet"),
        ("read --beam 99 x.png", "beam: 99 was given"),
        ("locate --run latest x.png", "There is no run yet"),
    ],
)
def test_a_user_s_error_is_reported_on_stderr_with_code_2_and_no_traceback(
    workspace: Workspace, capsys: Capture, words: str, message: str
):
    assert main(words.split()) == 2
    seen = capsys.readouterr()
    assert message in seen.err
    assert "Traceback" not in seen.err
    assert seen.out == ""


@pytest.mark.parametrize("words", ["", "dance", "runs", "runs dance", "train --foo 1", "read"])
def test_what_is_no_command_shows_the_usage(capsys: Capture, words: str):
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert end.value.code == 2
    assert f"usage: {engine_command()}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", ["--help", "generate --help", "train --help", "evaluate --help", "read --help", "locate --help"]
)
def test_help_says_what_comes_next(capsys: Capture, words: str):
    with pytest.raises(SystemExit) as end:
        main(words.split())
    assert end.value.code == 0
    printed = capsys.readouterr().out
    assert engine_command() in printed
    assert ("--preset NAME" in printed) == (words in ("generate --help", "train --help"))
    if words in ("generate --help", "train --help", "evaluate --help"):
        assert "settings:" in printed
        assert "[required]" in printed or words != "train --help"


def test_help_names_what_the_command_itself_takes(capsys: Capture):
    printed = {}
    for command in ("train", "generate", "fit"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        printed[command] = capsys.readouterr().out
    assert "--recipe" not in printed["train"]
    assert "such as --reader.encoder light" in printed["train"]
    assert all("--recipe NAME" in printed[command] for command in ("generate", "fit"))


def test_a_config_file_with_an_unknown_key_names_it_and_starts_nothing(workspace: Workspace, tmp_path: Path, capsys):
    (tmp_path / "my.yaml").write_text("images: 20\ncolour: red\n")
    assert main(["generate", "--config", str(tmp_path / "my.yaml")]) == 2
    assert "colour: unknown setting" in capsys.readouterr().err
    assert not (workspace.root / "datasets").exists()


@pytest.mark.parametrize("content", [b"", b"- 1\n", b"just words", b"\xff\xfe", b"a: [", b"{", b"[" * 9999, b"&a [*a]"])
def test_a_file_that_holds_no_settings_is_refused(workspace: Workspace, tmp_path: Path, capsys, content: bytes):
    (tmp_path / "my.yaml").write_bytes(content)
    assert main(["generate", "--config", str(tmp_path / "my.yaml")]) == 2
    assert "my.yaml" in capsys.readouterr().err


def test_jobs_are_listed_shown_and_deleted_by_name_or_end_of_id(workspace: Workspace, make_folder: MakeFolder, capsys):
    folder = make_folder("finished", name="letters")
    write_json(folder / paths.SUMMARY, {"images": 12})
    assert main(["datasets", "list"]) == 0
    assert "letters" in capsys.readouterr().out
    for text in ("latest", "letters", folder.name, folder.name[-6:]):
        assert main(["datasets", "show", text]) == 0
        printed = capsys.readouterr().out
        assert folder.name in printed
        assert "images: 12" in printed
        assert engine_command("generate --name letters") in printed
    assert main(["datasets", "trash", "letters"]) == 0
    assert not folder.exists()
    assert main(["datasets", "restore", "letters"]) == 0
    assert folder.exists()
    assert main(["datasets", "trash", "letters"]) == 0
    assert main(["datasets", "erase", "letters"]) == 0
    assert main(["datasets", "restore", "letters"]) == 2
    assert "There is no dataset in the trash" in capsys.readouterr().err
    assert main(["datasets", "deleted"]) == main(["datasets", "list"]) == 0
    listed = capsys.readouterr()
    assert not listed.out
    assert "There is no dataset in the trash" in listed.err
    assert "There is no dataset yet. Make one with" in listed.err


def test_what_is_deleted_is_listed_and_nothing_is_deleted_that_was_not_named(
    workspace: Workspace, make_folder: MakeFolder, capsys: Capture
):
    kept, older, newer = (make_folder("finished", name=name) for name in ("kept", "older", "newer"))
    assert main(["datasets", "trash", "newer"]) == 0
    long_ago = time.time() - 60
    os.utime(Workspace(workspace.trash).folder("datasets", newer.name), (long_ago, long_ago))
    assert main(["datasets", "trash", "older"]) == 0
    for action in ("trash", "erase"):
        assert main(["datasets", action]) == 2
        assert f"{action} takes the job that is named" in capsys.readouterr().err
    assert kept.exists()
    assert main(["datasets", "deleted"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [older.name, newer.name]
    assert main(["datasets", "restore", "kept"]) == 2
    told = f"no dataset 'kept' in the trash. `{engine_command('datasets deleted')}` shows"
    assert told in capsys.readouterr().err
    assert main(["datasets", "restore"]) == 0
    assert (older.exists(), newer.exists()) == (True, False)  # the last deleted, whichever was made last


def test_a_pipe_that_closes_early_is_no_fault(workspace: Workspace, make_folder: MakeFolder):
    for _ in range(500):
        make_folder("finished", name="x" * 80)
    line = f"{sys.executable} -m engine datasets list | head -1"
    child = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert child.stdout.count("\n") == 1
    assert child.stderr == ""


def test_a_name_that_fits_two_is_not_guessed(workspace: Workspace, make_folder: MakeFolder, capsys: Capture):
    make_folder("finished", name="same")
    make_folder("finished", name="same")
    assert main(["datasets", "trash", "same"]) == 2
    assert "fits 2 datasets" in capsys.readouterr().err


def test_every_setting_that_names_datasets_takes_their_names(workspace: Workspace, make_folder: MakeFolder):
    drawn, mine = (make_folder("finished", name=name).name for name in ("drawn", "mine"))
    given = [
        ("dataset", "drawn"),
        ("mix", "[{dataset: mine, weight: 3}]"),
        ("validate_on", "mine"),
        ("watch_on", f"[{drawn}]"),
        ("test_on", "[mine, latest]"),
    ]
    config = build(workspace, KINDS["train"], None, None, given)
    assert isinstance(config, TrainConfig)
    assert (config.dataset, config.mix[0].dataset, config.validate_on) == (drawn, mine, mine)
    assert (config.watch_on, config.test_on) == ((drawn,), (mine, mine))


@pytest.mark.parametrize("given", [["skew 45", "whole"], ["whole", "skew 45"], ["skew 45"]])
def test_flags_change_a_recipe_that_is_named_wherever_its_name_stands(
    workspace: Workspace, tmp_path: Path, given: list[str]
):
    (tmp_path / "my.yaml").write_text("recipe: receipts\n")
    flags = {"whole": ("recipe", "receipts"), "skew 45": ("recipe.looks.0.skew", "45")}
    file = None if "whole" in given else tmp_path / "my.yaml"
    config = build(workspace, KINDS["generate"], None, file, [flags[one] for one in given])
    assert isinstance(config, GenerateConfig)
    assert config.recipe.name == "receipts"
    assert config.recipe.looks[0].skew == 45


def test_a_name_that_fits_several_recipes_is_not_guessed(workspace: Workspace):
    def named(name: str) -> Recipe:
        config = build(workspace, KINDS["generate"], None, None, [("recipe", name)])
        assert isinstance(config, GenerateConfig)
        return config.recipe

    first = save_recipe(workspace, PRESETS["receipts"], "receipts")
    assert named("receipts") == PRESETS["receipts"]  # both are the same
    again = save_recipe(workspace, PRESETS["Chinese"], "receipts")
    with pytest.raises(ConfigError, match="fits 2 saved recipes and a preset") as told:
        named("receipts")
    assert f"Give an id, or --preset receipts; the newest first: {again.id}, {first.id}" in str(told.value)
    assert named(again.id) == again.recipe
    save_recipe(workspace, PRESETS["Chinese"], "mine")
    save_recipe(workspace, PRESETS["receipts"], "mine")
    with pytest.raises(ConfigError, match=r"'mine' fits 2 saved recipes\. Give an id; "):
        named("mine")


def test_the_latest_run_is_one_that_does_what_is_asked(workspace: Workspace, make_folder: MakeFolder, capsys: Capture):
    def run_of(kind: str) -> str:
        folder = make_folder("finished", kind=kind)
        return folder.rename(workspace.collection("runs") / folder.name).name

    make_folder("finished", name="scenes")
    run_of("train-locator")
    assert main(["read", "--run", "latest", "x.png"]) == 2
    assert "There is no run of a reader yet" in capsys.readouterr().err
    reader = run_of("train")
    newest = run_of("train-locator")
    given = [("dataset", "scenes"), ("run", "latest")]
    pages = build(workspace, KINDS["evaluate-pages"], None, None, [*given, ("locator", "latest")])
    search = build(workspace, KINDS["evaluate-locator"], None, None, given)
    assert {**pages.plain(), "run": reader, "locator": newest} == pages.plain()
    assert {**search.plain(), "run": newest} == search.plain()


def test_a_broken_folder_is_listed_and_shown_as_such(workspace: Workspace, make_folder: MakeFolder, capsys: Capture):
    folder = make_folder("finished")
    (folder / paths.CONFIG).unlink()
    assert main(["datasets", "list"]) == 0
    assert main(["datasets", "show", "latest"]) == 0
    assert capsys.readouterr().out.count("unreadable") == 2


def test_a_config_file_makes_a_dataset_that_is_followed_to_its_end(lab: Lab, tmp_path: Path, capsys: Capture):
    (tmp_path / "my.json").write_text(json.dumps({"images": 1000, "processes": 1}))
    words = ["generate", "--config", str(tmp_path / "my.json"), "--images", "10", "--name", "ten"]
    assert main(words) == 0
    kind, id = capsys.readouterr().out.split("\n")[0].split()
    job = lab.job(id)
    assert (kind, job.state, job.name, job.config["images"]) == ("dataset", State.finished, "ten", 10)


def test_a_detached_job_is_stopped_by_name(lab: Lab, capsys: Capture):
    assert main(["generate", "--images", "1000000", "--processes", "1", "--detach", "--name", "long"]) == 0
    id = capsys.readouterr().out.split()[1]
    lab.wait(id, State.running)
    assert main(["datasets", "stop", "long"]) == 0
    assert lab.job(id).state in (State.stopping, State.stopped)


def test_reading_prints_file_confidence_and_text_and_goes_on_after_a_bad_image(
    workspace: Workspace, tmp_path: Path, capsys: Capture
):
    bundle = save_run_bundle(workspace)
    bad, good = tmp_path / "a.png", tmp_path / "b.png"
    bad.write_text("no image")
    draw("abca").save(good)
    draw("abca").convert("L").save(tif := tmp_path / "c.tif", compression="tiff_lzw")
    Image.new("L", (60, 32), 128).save(blank := tmp_path / "blank.png")
    assert main(["read", "--bundle", str(bundle.folder), *map(str, (bad, good, tif, blank))]) == 2
    seen = capsys.readouterr()
    first, second, third = seen.out.splitlines()
    assert second.split("\t")[2] == "abca"
    assert third == f"{blank}\t0.000\t"
    assert f"{blank}: The image is blank" in seen.err
    name, confidence, text = first.split("\t")
    assert (name, text) == (str(good), "abca")
    assert 0 < float(confidence) <= 1
    assert seen.err.startswith(f"{bad}: ")
    assert "Traceback" not in seen.err


def test_beam_search_prints_the_best_readings_with_their_probabilities(
    workspace: Workspace, tmp_path: Path, capsys: Capture
):
    bundle = save_run_bundle(workspace)
    image = tmp_path / "a.png"
    draw("abca").save(image)
    assert main(["read", "--bundle", str(bundle.folder), "--beam", "3", str(image)]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 3
    assert lines[0][::2] == [str(image), "abca"]
    probabilities = [float(probability) for _, probability, _ in lines]
    assert 1 >= probabilities[0] >= probabilities[1] >= probabilities[2] >= 0
