"""Labels from a terminal: a table of a transcript's images goes out, and what people say in it comes back whole."""

import io
from pathlib import Path
from threading import Timer

import pytest

from engine.adaptation.stages import StageJob, keep_stage
from engine.cli import follow as follow_module
from engine.cli.follow import follow
from engine.cli.main import main
from engine.commands import engine_command
from engine.config.adapting import AdaptConfig
from engine.config.reading import TranscribeConfig
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.events import EventWriter
from engine.sources.labelling import READING, ImageLabel, give_labels, labels_of
from engine.workspace import Workspace
from tests.dashboard import folders

Capture = pytest.CaptureFixture[str]
READ = {"a.png": ("cat", 0.9), "b.png": ("d0g", 0.2), "c.png": ('=1"', 0.5), "d.png": ("", 0.1)}


@pytest.fixture
def transcript(workspace: Workspace) -> Path:
    made = folders.job(workspace, "transcripts", "transcribe", "serials", TranscribeConfig(path="mine"), "finished")
    events = EventWriter(made.folder / paths.EVENTS)
    for image, (text, sure) in READ.items():
        row = {"image": image, "text": text, "confidence": sure, "sha256": "0" * 64, "problem": ""}
        events.append({"kind": READING, "step": None, **row})
    events.close()
    return made.folder


def asking(workspace: Workspace, stage: str, transcript: str, wanted: int, **summary: object) -> folders.Made:
    made = folders.job(workspace, "adaptations", "adapt", "mine", AdaptConfig(path="mine"), None)
    keep_stage(made.folder, stage, StageJob("transcripts", transcript))  # pyright: ignore[reportArgumentType]
    write_json(made.folder / paths.SUMMARY, {"asks": {transcript: wanted}, **summary})
    return made


def said(folder: Path) -> dict[str, tuple[str, str]]:
    return {image: (label.state, label.text) for image, label in labels_of(folder).items()}


def test_a_table_goes_out_is_filled_in_and_comes_back(transcript: Path, tmp_path: Path, capsys: Capture):
    table = tmp_path / "mine.tsv"
    give_labels(transcript, [ImageLabel("a.png", "ca", "typed"), ImageLabel("c.png", '=1"', "right")])
    assert main(["export-labels", transcript.name, "--output", str(table)]) == 0
    assert f"give-labels {transcript.name} {table}" in capsys.readouterr().out
    lines = table.read_text().splitlines()
    assert lines == [
        "image\tread\tconfidence\ttext\tstate",
        "d.png\t\t0.1000\t\t",
        "b.png\td0g\t0.2000\t\t",
        "c.png\t'=1\"\t0.5000\t'=1\"\tright",
        "a.png\tcat\t0.9000\t\t",  # what is half typed on a page is not confirmed here
    ]
    filled = [lines[0], f"{lines[1]}out", lines[2].replace("\t\t", "\tdog\t"), lines[3], f"{lines[4]}right"]
    table.write_text("\n".join(filled))
    assert main(["give-labels", "serials", str(table)]) == 0
    assert "2 images labelled, 1 left out, 1 as they were." in capsys.readouterr().out
    expected = {"a.png": ("right", "cat"), "b.png": ("right", "dog"), "c.png": ("right", '=1"'), "d.png": ("out", "")}
    assert said(transcript) == expected
    assert main(["export-labels", transcript.name, "--output", str(table)]) == 2  # it may hold labels
    assert "is there already" in capsys.readouterr().err
    assert table.read_text() == "\n".join(filled)
    assert main(["export-labels", transcript.name, "--output", str(tmp_path / "none" / "labels.tsv")]) == 2
    assert "there is no folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("b.png\tdog\t\nx.png\ta\t", "Line 3: 'x.png' is no image of this transcript"),
        ("b.png\tdog\t\nb.png\tdig\t", "Line 3: 'b.png' is on line 2 already"),
        ("a.png\tcat\t\nb.png\tdog\tyes", "Line 3, b.png: 'yes' is no state: it is right, out or empty"),
        ("a.png\tcat\t\nd.png\t\tright", "Line 3, d.png: A text of 0 characters cannot be a label"),
        (f"a.png\tcat\t\nb.png\t{'x' * 1001}\t", "Line 3, b.png: A text of 1,001 characters"),
    ],
)
def test_of_a_table_with_a_fault_nothing_is_kept(
    transcript: Path, tmp_path: Path, capsys: Capture, lines: str, told: str
):
    (tmp_path / "mine.tsv").write_text(f"image\ttext\tstate\n{lines}\n")
    assert main(["give-labels", transcript.name, str(tmp_path / "mine.tsv")]) == 2
    assert told in capsys.readouterr().err
    assert said(transcript) == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "needs the headings"), (b"a,b\n", "needs the headings"), (b"image\ttext\n\xff\t", "UTF-8")],
)
def test_what_is_no_such_table_is_refused(transcript: Path, tmp_path: Path, capsys: Capture, content: bytes, told: str):
    (tmp_path / "mine.tsv").write_bytes(content)
    assert main(["give-labels", transcript.name, str(tmp_path / "mine.tsv")]) == 2
    assert told in capsys.readouterr().err
    assert main(["give-labels", transcript.name, str(tmp_path / "gone.tsv")]) == 2
    assert "'gone.tsv' cannot be read" in capsys.readouterr().err


def test_what_an_adaptation_asks_for_comes_first_and_is_counted(
    workspace: Workspace, transcript: Path, tmp_path: Path, capsys: Capture
):
    made = asking(workspace, "ask", transcript.name, 2, asked=["a.png", "c.png"])
    table = tmp_path / "mine.tsv"
    with folders.alive(made):
        assert main(["export-labels", transcript.name, "--output", str(table)]) == 0
        assert "first the 2 that 'mine' asks for" in capsys.readouterr().out
        assert [line.split("\t")[0] for line in table.read_text().splitlines()[1:3]] == ["c.png", "a.png"]
        table.write_text("image\ttext\nb.png\tdog\nc.png\tcog\n")
        assert main(["give-labels", transcript.name, str(table)]) == 0
        assert "1 of 2 that 'mine' asks for are done" in capsys.readouterr().out


def test_images_that_judge_do_not_say_what_a_reader_reads(
    workspace: Workspace, transcript: Path, tmp_path: Path, capsys: Capture
):
    asking(workspace, "judge", transcript.name, 4)
    table = tmp_path / "mine.tsv"
    assert main(["export-labels", transcript.name, "--output", str(table)]) == 0
    assert "They judge" in capsys.readouterr().out
    assert "cat" not in table.read_text()
    table.write_text("image\ttext\tstate\na.png\t\tright\n")
    assert main(["give-labels", transcript.name, str(table)]) == 2
    assert "A text of 0 characters" in capsys.readouterr().err


def test_who_follows_an_adaptation_or_looks_at_it_is_told_where_it_is_answered(
    workspace: Workspace, transcript: Path, capsys: Capture
):
    made = asking(workspace, "ask", transcript.name, 2)
    out = io.StringIO()
    with folders.alive(made, "Waiting for you"):
        assert main(["adaptations", "show", made.id]) == 0
        assert "what it waits for:\n  It asks you to confirm or correct what was read" in capsys.readouterr().out
        Timer(0.6, folders.end, [made.folder]).start()
        follow(workspace, "adaptations", made.id, out)
    told = out.getvalue()
    assert "on the page Read, under Label" in told
    asked = engine_command(f"export-labels {transcript.name}")
    assert told.count(f"2 images of which it is least sure: {asked}") == 1


def test_ctrl_c_stops_no_adaptation_that_waits_for_people(
    workspace: Workspace, transcript: Path, monkeypatch: pytest.MonkeyPatch
):
    def press(_: float) -> None:
        raise KeyboardInterrupt

    made = asking(workspace, "ask", transcript.name, 2)
    monkeypatch.setattr(follow_module.time, "sleep", press)
    out = io.StringIO()
    out.isatty = lambda: True
    with folders.alive(made, "Waiting for you"):
        assert follow(workspace, "adaptations", made.id, out) == 130
    assert not (made.folder / paths.STOP).exists()
    assert "Ctrl-C leaves it waiting" in out.getvalue()
    assert "Left alone. It goes on when it is answered" in out.getvalue()
