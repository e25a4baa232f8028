"""The process of a server: how it starts, what it refuses to start with, and how it ends under load."""

from pathlib import Path

import pytest

from bench.serving.clients import ask_all, ask_until_closed, post
from bench.serving.server import reader_server
from engine.workspace import Workspace
from glyphlab_read.serve.command import main
from tests.helpers.tiny_bundles import draw, save_run_bundle
from tests.runtime.serve.test_reading import WORD


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.2", "lab.example.com", ""])
def test_it_refuses_to_be_open_without_a_token(host: str, capsys: pytest.CaptureFixture[str]):
    assert main(["starter", "--host", host]) == 2
    told = capsys.readouterr().err
    for word in (repr(host), "no token", "127.0.0.1", "--token-file", "GLYPHLAB_TOKEN"):
        assert word in told


def test_help_tells_each_limit_with_its_unit(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "largest file of one image (10,000,000 bytes)" in told
    assert "a request's body may take (10 s)" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing"], ("missing",)),
        (["starter", "--images", "0"], ("images", "0", "greater than or equal to 1")),
        (["starter", "--held-bytes", "10000000"], ("held-bytes is 10,000,000", "20,000,000", "lower body-bytes")),
        (["starter", "--port", "99999"], ("--port: 99999", "1 to 65535")),
        (["starter", "--port", "0"], ("--port: 0", "1 to 65535")),
        (["starter", "--threads", "0"], ("--threads: 0", "Give 1 or more")),
        (["starter", "--locator", "missing"], ("missing",)),
        (["starter", "--token-file", "missing"], ("missing", "cannot be read")),
    ],
)
def test_it_says_what_is_wrong_and_does_not_start(
    arguments: list[str], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == 2
    told = capsys.readouterr().err
    for word in words:
        assert word in told
    assert "Traceback" not in told


def test_a_short_token_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "token"
    file.write_text("short\n")
    assert main(["starter", "--token-file", str(file)]) == 2
    assert "holds 5 characters" in capsys.readouterr().err


def test_a_run_s_own_bundle_is_served_by_its_id(workspace: Workspace, tmp_path: Path):
    bundle = save_run_bundle(workspace, "attention")
    word = tmp_path / "word.png"
    draw("abca").save(word)
    with reader_server("--locator", "none", model=str(bundle.folder)) as server:
        [answer] = ask_all(server.port, [post(word.read_bytes(), "image/png")], 1)
    expected = "aabbccaa"  # two frames a character, which attention reads one by one
    assert (answer.json()["model"], answer.json()["images"][0]["text"]) == (bundle.manifest.run, expected)


def test_it_answers_what_it_has_accepted_when_it_is_told_to_close():
    with reader_server("--locator", "none") as server:
        tally = ask_until_closed(server.port, post(WORD, "image/png"), 20, 0.5, server.terminate)
        assert server.process.wait(timeout=30) == 0
    assert tally.lost == 0
    assert tally.answered >= 20
    assert tally.refused == 20
