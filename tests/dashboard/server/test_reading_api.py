"""The routes by which programs read with the lab's models, in the lab's own server."""

import asyncio
import contextlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from starlette.datastructures import Headers

from bench.browser import dashboard
from bench.serving.clients import ask_all, get, post
from dashboard.server import reading_api
from engine.workspace import Workspace
from glyphlab_read.serve.photos import PhotoLane
from glyphlab_read.serve.refusals import Refusal
from tests.dashboard.server.conftest import Configure
from tests.helpers.tiny_bundles import draw_apart, save_run_bundle
from tests.helpers.tiny_locators import save_locator

EXAMPLES = Path(__file__).parents[3] / "dashboard" / "home" / "example_images"
TOKEN = "a token of a test, long enough"
Answer = TypeVar("Answer")


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


def answered(asked: Coroutine[Any, Any, Answer]) -> Answer:
    """Await it in a thread of its own: Playwright's browser, which tests share, has a running loop in this one."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, asked).result()


def test_a_locator_that_came_later_finds_the_text_for_readers_that_are_open(workspace: Workspace):
    save_run_bundle(workspace)
    models = reading_api.LabModels(workspace)
    before = answered(models.find(None))
    newer = save_locator(workspace)
    found, [listed, _] = answered(models.find(None)), answered(models.listed())
    assert (before.locator_id, found.locator_id, listed["locator"]) == ("starter", newer.name, newer.name)
    assert found.reader is before.reader


def test_a_locator_that_cannot_be_opened_is_told(workspace: Workspace):
    graph = save_locator(workspace).folder / "network.onnx"
    graph.write_bytes(bytes(graph.stat().st_size))
    model = answered(reading_api.LabModels(workspace).find("starter"))
    photos = PhotoLane(1, 1_000_000)
    with contextlib.closing(photos), pytest.raises(Refusal, match=r"network\.onnx") as refused:
        answered(photos.read((EXAMPLES / "signs.jpg").read_bytes(), model))
    assert (refused.value.status, refused.value.name) == (422, "unusable-model")


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
