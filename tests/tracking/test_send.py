"""Runs to a tracker: what is sent, that it is sent once, and what a person is told when it cannot be."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.errors import TrackerError
from engine.files import write_json
from engine.jobs import annotate, list_jobs, paths
from engine.jobs.locks import held
from engine.tracking.mlflow import MlflowServer
from engine.tracking.send import SentRuns, send_runs
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.helpers.tiny_bundles import save_run_bundle
from tests.helpers.tracker import Tracker, tracker

NOTHING = SentRuns(created=0, points=0, files=0)


@pytest.fixture
def there() -> Iterator[Tracker]:
    with tracker() as server:
        yield server


def send(workspace: Workspace, to: Tracker | str, **options: object) -> SentRuns:
    address = to if isinstance(to, str) else to.address
    return send_runs(workspace, list_jobs(workspace, "runs"), address, "readers", **options)  # type: ignore[arg-type]


def curve(folder: Path, steps: int) -> None:
    """Give a run a curve of so many steps with four figures each."""
    figures = {"loss": 1.0, "perplexity": 2.0, "learning_rate": 0.001, "cpu": 0.5}
    events = [{"kind": "train", "step": step, "seconds": step, **figures} for step in range(1, steps + 1)]
    (folder / paths.EVENTS).write_text("".join(json.dumps(event) + "\n" for event in events))


def test_a_run_arrives_whole_with_its_times_and_a_second_call_changes_nothing(workspace: Workspace, there: Tracker):
    made = folders.run(workspace, "first <b>", learning_rate=0.002)
    curve(made.folder, 600)
    [run] = list_jobs(workspace, "runs")
    seen: list[float] = []
    sent = send(workspace, there, files=("settings",), report=lambda done, total, unit: seen.append(done / total))
    assert sent == SentRuns(created=1, points=2400, files=1)
    assert there.experiments == ["readers"]
    [told] = there.runs.values()
    assert (told["run_name"], told["status"]) == ("first <b>", "FINISHED")
    assert told["start_time"] == round(1000 * run.created.timestamp()) <= told["end_time"]
    assert (told["params"]["learning_rate"], told["params"]["dataset"]) == ("0.002", "0" * 26)
    assert told["tags"]["glyphlab.run"] == made.id
    points = [(metric["key"], metric["step"]) for metric in there.metrics]
    assert len(points) == len(set(points)) == 2400
    last = next(metric for metric in there.metrics if metric["step"] == 600)
    assert last["timestamp"] - told["end_time"] == pytest.approx(400_000, abs=1)  # 200 s of work, says its exit file
    assert json.loads(there.files["7/there0/artifacts/config.json"])["learning_rate"] == 0.002
    assert seen == sorted(seen)
    assert seen[-1] == 1
    there.asked.clear()
    assert send(workspace, there, files=("settings",)) == NOTHING
    assert there.writes == []


def test_a_run_that_goes_on_adds_its_new_points_and_its_end(workspace: Workspace, there: Tracker):
    made = folders.run(workspace, "live", reason=None)
    with folders.alive(made):
        curve(made.folder, 10)
        assert send(workspace, there).points == 40
        assert there.runs["there0"]["status"] == "RUNNING"
        curve(made.folder, 15)
        annotate(workspace, "runs", made.id, name="renamed", text="rather good")
        assert send(workspace, there) == SentRuns(created=0, points=20, files=0)
    send(workspace, there)
    assert there.runs["there0"]["status"] == "FAILED"  # it died without a word
    assert there.runs["there0"]["run_name"] == "renamed"
    assert there.runs["there0"]["tags"]["mlflow.note.content"] == "rather good"
    assert Counter(metric["step"] for metric in there.metrics) == dict.fromkeys(range(1, 16), 4)


def test_a_note_and_tags_that_were_taken_away_go_there_too(workspace: Workspace, there: Tracker):
    made = folders.run(workspace)
    annotate(workspace, "runs", made.id, text="rather good", tags=("paper",))
    send(workspace, there)
    tags = there.runs["there0"]["tags"]
    assert (tags["mlflow.note.content"], tags["glyphlab.tags"]) == ("rather good", "paper")
    assert "" not in tags.values()
    annotate(workspace, "runs", made.id, text="", tags=())
    send(workspace, there)
    assert (tags["mlflow.note.content"], tags["glyphlab.tags"]) == ("", "")
    there.asked.clear()
    assert send(workspace, there) == NOTHING
    assert there.writes == []


@pytest.mark.parametrize("batches", range(4))
def test_a_call_that_breaks_off_is_taken_up(workspace: Workspace, there: Tracker, batches: int):
    for name in ("one", "two"):
        curve(folders.run(workspace, name).folder, 300)
    there.batches_left = batches
    with pytest.raises(TrackerError, match=r"INTERNAL_ERROR: full\)"):
        send(workspace, there)
    there.batches_left = 10**6
    send(workspace, there)
    assert len(there.runs) == 2
    assert all(run["params"] for run in there.runs.values())
    points = Counter((metric["run"], metric["key"], metric["step"]) for metric in there.metrics)
    assert (len(points), set(points.values())) == (2400, {1})


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}, b""), "wants a login. Set MLFLOW_TRACKING_TOKEN"),
        ((302, {"Location": "http://elsewhere.test/"}, b""), "sends callers on to 'http://elsewhere.test/'"),
        ((502, {}, b"<html>"), "overloaded or not up: it answers with status 502. Try again later"),
        ((404, {}, b"<html>"), "is no MLflow server, for it answers with status 404"),
        ((200, {}, b"<html>"), "is no MLflow server, for its answer is no JSON"),
        ((200, {}, b"{}"), "is no MLflow server, for its answer has no 'experiment'"),
        ((400, {}, b'{"error_code": "BAD", "message": "no"}'), "refuses what was sent (BAD: no)"),
    ],
)
def test_a_server_that_refuses_is_told_in_a_sentence(
    workspace: Workspace, there: Tracker, answer: tuple[int, dict[str, str], bytes], said: str
):
    folders.run(workspace)
    there.answer = answer
    with pytest.raises(TrackerError) as fault:
        send(workspace, there)
    assert said in str(fault.value)
    assert there.address in str(fault.value)


def test_a_busy_server_is_asked_again_at_once_whatever_time_it_names(workspace: Workspace, there: Tracker):
    folders.run(workspace)
    there.first_answer = (503, {"Retry-After": "3600"}, b"")
    assert send(workspace, there).created == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:1", "nobody answers there. Start the server"),
        ("localhost:5000", "is no address of a server"),
        ("file:///etc/passwd", "is no address of a server"),
        ("http://x:99999/", "is no address of a server"),
        ("https://me:secret@host/", "a password in it"),
    ],
)
def test_a_wrong_address_is_told_with_its_remedy(workspace: Workspace, address: str, said: str):
    folders.run(workspace)
    with pytest.raises(TrackerError) as fault:
        send(workspace, address)
    assert said in str(fault.value)
    assert "secret" not in str(fault.value)


def test_a_proxy_that_refuses_is_named(workspace: Workspace, there: Tracker, monkeypatch: pytest.MonkeyPatch):
    folders.run(workspace)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(TrackerError, match=r"proxy lets nobody through\. Correct HTTP_PROXY or HTTPS_PROXY"):
        send(workspace, "https://mlflow.example")


def test_a_login_comes_from_the_environment_goes_to_its_own_server_only_and_stays_in_headers(
    workspace: Workspace, there: Tracker, monkeypatch: pytest.MonkeyPatch
):
    folders.run(workspace)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "hush-hush")
    send(workspace, there)
    assert {headers["Authorization"] for *_, headers in there.asked} == {"Bearer hush-hush"}
    assert "hush-hush" not in json.dumps([body for _, _, body, _ in there.asked])
    assert not [path for path in workspace.root.rglob("*") if path.is_file() and b"hush-hush" in path.read_bytes()]
    there.asked.clear()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://mlflow.example")
    send(workspace, there)
    assert not any("Authorization" in headers for *_, headers in there.asked)
    named = {"MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "pass", "MLFLOW_TRACKING_URI": there.address}
    MlflowServer(there.address, named).find_run("7", "glyphlab.run", "x")
    assert there.asked[-1][3]["Authorization"] == "Basic bWU6cGFzcw=="


def test_a_model_file_goes_along_once_for_each_newer_bundle(workspace: Workspace, there: Tracker):
    made = folders.run(workspace, "reader")
    for step, files in ((7, 1), (7, 0), (9, 1)):
        if files:
            save_run_bundle(workspace, run=made.id, step=step)
        write_json(made.folder / paths.SUMMARY, {"bundle_step": step})
        assert send(workspace, there, files=("model",)).files == files
    with zipfile.ZipFile(io.BytesIO(there.files["7/there0/artifacts/reader.zip"])) as model:
        assert json.loads(model.read("model.json"))["parts"][0]["step"] == 9


def test_files_go_below_the_root_that_names_this_server_and_to_no_other(workspace: Workspace, there: Tracker):
    folders.run(workspace, "own")
    there.artifact_root = f"mlflow-artifacts://{there.address.removeprefix('http://')}/7"
    assert send(workspace, there, files=("settings",)).files == 1
    assert list(there.files) == ["7/there0/artifacts/config.json"]
    folders.run(workspace, "elsewhere")
    for root in ("mlflow-artifacts://files.example:5000/7", "s3://files/7", "mlflow-artifacts://["):
        there.artifact_root = root
        with pytest.raises(TrackerError, match=r"keeps the files of runs at '.+send the runs without files"):
            send(workspace, there, files=("settings",))
    assert len(there.files) == 1


def test_a_damaged_run_is_left_out_and_those_after_it_arrive(workspace: Workspace, there: Tracker):
    damaged = folders.run(workspace, "damaged")
    (damaged.folder / paths.CONFIG).unlink()
    folders.run(workspace, "whole")
    sent = send(workspace, there, files=("settings",))
    assert [run["run_name"] for run in there.runs.values()] == ["whole"]
    assert sent.words.endswith(" 1 file. Left out: 1 run with a damaged folder.")
    assert send(workspace, there).words == "Nothing was sent. Left out: 1 run with a damaged folder."


def test_two_calls_at_once_do_not_double_a_run(workspace: Workspace, there: Tracker):
    folders.run(workspace)
    with held(workspace.nonces / "mlflow.lock"), pytest.raises(TrackerError, match="being sent already"):
        send(workspace, there)
    assert there.asked == []


def test_the_command_sends_the_named_runs(workspace: Workspace, there: Tracker, capsys: pytest.CaptureFixture[str]):
    folders.run(workspace, "first")
    folders.run(workspace, "second")
    assert main(["send-runs", "second", "--to", there.address]) == 0
    assert "Sent: 1 new run, " in capsys.readouterr().out
    assert [run["run_name"] for run in there.runs.values()] == ["second"]
    assert main(["send-runs", "second", "--to", there.address]) == 0
    assert "has all of it already" in capsys.readouterr().out
