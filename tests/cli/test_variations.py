"""Several values of a setting: how they may be written, which runs they make, and what is refused before any starts."""

import shlex
from pathlib import Path

import pytest

from engine.cli.command import command
from engine.cli.main import main
from engine.config.sweeping import SweepConfig
from engine.config.train import TrainConfig
from engine.config.variations import Variation, combinations, parse_flag, parse_values, run_name, total_words
from engine.errors import ConfigError
from engine.files import read_json, write_json
from engine.jobs import control, list_jobs, paths
from engine.workspace import Workspace
from tests.dashboard import folders

ID = "01m8" + "0" * 22


@pytest.mark.parametrize(
    ("path", "text", "values"),
    [
        ("learning_rate", "0.003 and 0.0005", "0.003 0.0005"),
        ("Learning rate", "0.003, 0.0005", "0.003 0.0005"),
        ("learning-rate", "1e-3 3e-4", "1e-3 3e-4"),
        ("seed", "0..2", "0 1 2"),
        ("seed", "0 to 2", "0 1 2"),
        ("seed", "0-2", "0 1 2"),
        ("seed", "0 – 2", "0 1 2"),
        ("seed", "0, 2 to 4 and 9", "0 2 3 4 9"),
        ("seed", "5..3", "5 4 3"),
        ("seed", "0 to 1; 7", "0 1 7"),
        ("batch", "[16, 32]", "16 32"),
        ("minutes", "5 or none", "5 none"),
        ("reader.decoder", "ctc and attention", "ctc attention"),
        ("fresh", "on, off", "on off"),
        ("device", "cpu; gpu:0,1", "cpu gpu:0,1"),
        ("mix", "[[], [{weight: 2}]]", '[] [{"weight":2}]'),
        ("recipe.looks.0.skew", "0 and 5", "0 5"),
        ("recipe.looks.0.skew", "0, [2, 8]", "0 [2,8]"),
    ],
)
def test_values_are_written_as_people_write_them(path: str, text: str, values: str):
    assert " ".join(parse_values(TrainConfig, path, text).values) == values


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("learning_rate", "0,003 and 0,0005", "written with a point"),
        ("augment", "0,5 and 0,1", "'0' was given twice. Give each value once. Decimals"),
        ("learning_rate", "0.003 and 3e-3", "given twice"),
        ("seed", "0..1000", "more than 100 values"),
        ("seed", " , ", "no value was given"),
        ("seed", f"0..{'9' * 5000}", "no range of whole numbers"),
        ("seed", " ".join(map(str, range(20_000))), "20,000 values were given, and 100"),
        ("seeds", "1", "Did you mean seed"),
        ("mix", "a", "no list of lists"),
    ],
)
def test_what_is_no_list_of_values_is_refused_with_the_remedy(path: str, text: str, message: str):
    with pytest.raises(ConfigError, match=message):
        parse_values(TrainConfig, path, text)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("learning_rate", "0.0003 to 0.01 log", "0.0003..0.01 log"),
        ("learning rate", "0.0003 – 0.01", "0.0003..0.01 linear"),
        ("batch", "16..64, log", "16..64 log"),
        ("recipe.looks.0.skew", "0 to 5 linear", "0..5 linear"),
    ],
)
def test_a_range_is_two_ends_that_are_no_whole_numbers_or_say_how_they_are_gone_through(
    path: str, text: str, words: str
):
    one = parse_values(TrainConfig, path, text)
    assert one.words == words
    assert parse_values(TrainConfig, one.path, one.words) == one
    assert one.grid(2) == tuple(words.split()[0].split(".."))


def test_a_page_can_name_the_setting_as_its_form_does():
    with pytest.raises(ConfigError) as told:
        parse_values(TrainConfig, "learning_rate", "0.5 to 0.1")
    assert [path for path, _ in told.value.faults] == [("learning_rate",)]


def test_each_setting_is_tried_once_before_any_is_tried_again():
    found = combinations(
        [Variation(path="seed", values=("0", "1")), Variation(path="learning_rate", values=("3e-3", "5e-4"))]
    )
    assert [" ".join(text for _, text in pairs) for pairs in found] == ["0 3e-3", "0 5e-4", "1 3e-3", "1 5e-4"]
    assert run_name("", found[1]) == "seed 0, learning rate 5e-4"
    assert run_name("wide", found[1]) == "wide: seed 0, learning rate 5e-4"
    with pytest.raises(ConfigError, match="varied twice"):
        combinations([Variation(path="seed", values=("0",)), Variation(path="seed", values=("1",))])
    with pytest.raises(ConfigError, match="make 1,681 runs"):
        combinations([Variation(path=path, values=tuple(map(str, range(1, 42)))) for path in ("seed", "batch")])


def test_the_time_of_all_runs_together_is_told():
    five, epochs = TrainConfig(dataset="0" * 26), TrainConfig(dataset="0" * 26, minutes=None, epochs=3)
    assert total_words([five] * 6) == "6 runs, at most 30 min of work in all"
    assert total_words([epochs] * 2) == "2 runs: 6 epochs in all"
    assert total_words([epochs, five]) == "2 runs: 3 epochs in all, and at most 5 min"
    told = "2 runs: 6 epochs in all; about 2 min, if each is as fast as the first"
    assert total_words([epochs] * 2, 20) == told


def test_the_command_starts_them_as_a_sweep(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)  # no child: what is written is looked at
    dataset = folders.dataset(workspace, "letters").id
    words = "train --dataset letters --minutes 2 --vary learning_rate=0.003,0.0005 --vary seed=0..2 --detach"
    assert main(shlex.split(words)) == 0
    printed = capsys.readouterr().out.splitlines()
    (sweep,) = list_jobs(workspace, "sweeps")
    assert printed == ["6 runs, at most 12 min of work in all", f"sweep {sweep.id}"]
    config = SweepConfig.parse(sweep.config)
    assert (config.run.dataset, config.run.minutes, config.strategy) == (dataset, 2.0, "grid")
    runs = [config.run_with(one) for one in config.grid]
    assert [(run.learning_rate, run.seed) for run in runs] == [
        (rate, seed) for seed in (0, 1, 2) for rate in (0.003, 0.0005)
    ]


def test_a_sweep_of_a_file_and_flags_has_ids_and_the_network_of_its_parent(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    first, second = (folders.dataset(workspace, name).id for name in ("letters", "more"))
    file = tmp_path / "sweep.yaml"
    file.write_text(
        "run: {dataset: letters}\nspace:\n- {path: batch, values: [16, 32]}\n"
        "- {path: dataset, values: [letters, more]}\nstrategy: random\nruns: 8\n"
    )
    words = f"sweep --config {file} --run.start_from starter --vary validate_on=letters,more --runs 12 --detach"
    assert main(shlex.split(words)) == 0
    (sweep,) = list_jobs(workspace, "sweeps")
    config = SweepConfig.parse(sweep.config)
    assert [one.words for one in config.space] == ["16,32", f"{first},{second}", f"{first},{second}"]
    assert (config.run.dataset, config.runs) == (first, 12)
    assert config.run.reader.scale == 1.5


@pytest.mark.parametrize(
    ("path", "text", "flag"),
    [
        ("learning_rate", "0.003 and 0.0005", "learning_rate=0.003,0.0005"),
        ("device", "cpu; gpu:0,1", "'device=cpu;gpu:0,1;'"),
        ("mix", f"[[], [{{dataset: {ID}}}]]", f"""'mix=[[],[{{"dataset":"{ID}"}}]]'"""),
        ("mix", "[[]]", "'mix=[[]]'"),
        ("learning_rate", "0.0003 to 0.01 log", "'learning_rate=0.0003..0.01 log'"),
    ],
)
def test_the_command_that_a_page_shows_says_the_same_values(path: str, text: str, flag: str):
    wanted = parse_values(TrainConfig, path, text)
    config = SweepConfig(run=TrainConfig(dataset="0" * 26), space=(wanted,), strategy="random", runs=2)
    line = command("sweep", config)
    assert f"--vary {flag}" in line
    words = shlex.split(line)
    assert parse_flag(TrainConfig, words[words.index("--vary") + 1]) == wanted


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--vary learning_rate=0.003,99", "learning_rate: '99' was given"),
        ("--vary recipe.looks.0.skwe=1,2", "Did you mean skew"),
        ("--vary seed", "no values were given"),
        ("--vary learning_rate=0.01", "has 1 run, and it takes 2"),
        ("--vary device=cpu;gpu:7", "no device 'gpu:7'"),
        ("--vary dataset=letters,nope", "no dataset"),
        ("--vary recipe.looks.0.blur=0,99999", "blur: 99999"),
        ("--vary recipe.looks.7.blur=0,1", "place 7 of a list of 1"),
        ("--vary recipe.looks.0.blur=0,1 --vary dataset=letters,more", "dataset varies, and recipe.looks.0.blur draws"),
    ],
)
def test_where_one_of_them_cannot_start_none_does(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], words: str, message: str
):
    folders.dataset(workspace, "letters")
    folders.dataset(workspace, "more")
    assert main(["train", "--dataset", "letters", "--detach", *words.split()]) == 2
    assert message in capsys.readouterr().err
    assert not list_jobs(workspace, "sweeps")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("sweep --run latest --vary seed=0..2", "run: 'latest' was given"),
        ("train --dataset letters --reader ctc --start_from starter", "reader: 'ctc' was given"),
        ("sweep --run.dataset letters --space 3 --vary seed=0..2", "space: 3 was given"),
        ("sweep --run.dataset letters --space '[{path: [dataset], values: [letters]}]'", "space.0.path"),
        ("sweep --run.dataset letters --space '[{path: dataset, values: letters}]'", "space.0.values: 'letters'"),
    ],
)
def test_a_word_in_the_place_of_settings_is_refused_by_its_name(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], words: str, message: str
):
    folders.dataset(workspace, "letters")
    assert main(shlex.split(words)) == 2
    assert message in capsys.readouterr().err


def test_a_finished_sweep_is_extended_from_a_terminal(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    run = {"dataset": folders.dataset(workspace).id}
    seeds, batches = (
        SweepConfig.parse({"run": run, "space": [{"path": path, "values": [1, 2]}]}) for path in ("seed", "batch")
    )
    folders.job(workspace, "sweeps", "sweep", "seeds", seeds, "finished")
    made = folders.job(workspace, "sweeps", "sweep", "batches", batches, "finished")
    assert main(["extend", "batches", "0"]) == 2
    assert "0 more runs are none" in capsys.readouterr().err
    assert main(["extend", "seeds", "3"]) == 2
    assert "so there are no further runs" in capsys.readouterr().err
    assert main(["extend", "batches", "3", "--detach"]) == 0
    assert '"more": 3' in (made.folder / "extended.json").read_text()
    assert main(["sweeps", "show", "batches"]) == 0
    assert "--vary batch=1,2" in capsys.readouterr().out


def test_the_best_of_a_sweep_is_trained_for_longer_from_a_terminal(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)
    run = folders.run(workspace, "a run", dataset_id=folders.dataset(workspace).id, minutes=2, seed=1)
    config = SweepConfig.parse(
        {"run": read_json(run.folder / paths.CONFIG), "space": [{"path": "seed", "values": [1]}]}
    )
    sweep = folders.job(workspace, "sweeps", "sweep", "seeds", config, "finished")
    assert main(["train-longer", "seeds", "--detach"]) == 2
    assert "No run of 'seeds' has finished yet" in capsys.readouterr().err
    best = {"run": run.id, "value": 0.9, "combination": {"seed": "1"}}
    write_json(sweep.folder / paths.SUMMARY, {"metric": "word_accuracy", "runs": 1, "best": best}, durable=False)
    for factor in ("1", "nan", "inf"):
        assert main(["train-longer", "seeds", factor, "--detach"]) == 2
        assert "is not longer. Give a number above 1" in capsys.readouterr().err
    assert main(["train-longer", "seeds", "2.5", "--detach"]) == 0
    longer = list_jobs(workspace, "runs")[0]
    assert capsys.readouterr().out == f"run {longer.id}\n"
    assert (longer.name, longer.config["minutes"], longer.config["seed"]) == ("a run, 2.5 times as long", 5.0, 1)
