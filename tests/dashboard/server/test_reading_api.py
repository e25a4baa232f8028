"""The routes by which programs read with the lab's models, in the lab's own server."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from bench.browser import dashboard
from bench.serving.clients import ask_all, get, post
from dashboard.server import reading_api
from engine.workspace import Workspace
from tests.dashboard.server.conftest import Configure
from tests.helpers.tiny_bundles import draw_apart, save_run_bundle

EXAMPLES = Path(__file__).parents[3] / "dashboard" / "home" / "example_images"
TOKEN = "a token of a test, long enough"


def test_programs_read_with_any_run_and_the_starter(workspace: Workspace, tmp_path: Path):
    run = save_run_bundle(workspace).manifest.run
    drawn = tmp_path / "word.png"
    draw_apart("abba").save(drawn)
    silver, photo = (EXAMPLES / "Silver.png").read_bytes(), (EXAMPLES / "signs.jpg").read_bytes()
    with dashboard(workspace) as server:
        host = {"Host": f"127.0.0.1:{server.port}"}
        asked = [
            get("/v1/models"),
            post(drawn.read_bytes(), "image/png"),
            post(silver, "image/png", "?model=starter"),
            post(photo, "image/jpeg", "?model=starter"),
            post(silver, "image/png", "?model=nobody"),
            get("/healthz"),
        ]
        named = [one.replace(b"Host: 127.0.0.1\r\n", f"Host: {host['Host']}\r\n".encode()) for one in asked]
        models, newest, starter, page, unknown, health = ask_all(server.port, named, 1)
        [foreign] = ask_all(server.port, [post(silver, "image/png").replace(b"127.0.0.1", b"evil.test")], 1)
    assert [one["id"] for one in models.json()["models"]] == [run, "starter"]
    assert newest.status == 200, newest.body
    assert (newest.json()["model"], newest.json()["images"][0]["text"]) == (run, "abba")
    assert starter.json()["images"][0]["text"] == "Silver"
    assert "HEDONISM" in page.json()["images"][0]["text"]
    assert (unknown.status, unknown.json()["code"]) == (404, "unknown-model")
    assert run in unknown.json()["detail"]
    assert (health.status, foreign.status) == (200, 403)


def test_where_people_log_in_programs_need_a_token(configure: Configure, monkeypatch: pytest.MonkeyPatch):
    configure(server_trustedUserHeaders={"X-User": "name"})
    nobody, guest = Headers({}), Headers({"Authorization": f"Bearer {TOKEN}"})
    refused = reading_api._check("/v1/read", nobody)
    assert refused is not None
    assert "GLYPHLAB_TOKEN" in refused.detail
    assert reading_api._check("/healthz", nobody) is None
    monkeypatch.setenv("GLYPHLAB_TOKEN", TOKEN)
    assert reading_api._check("/v1/read", guest) is None
    assert reading_api._check("/v1/read", nobody) is not None
