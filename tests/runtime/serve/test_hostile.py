"""An image that takes for ever to open: others are read all the same."""

from io import BytesIO

import psutil
from PIL import Image

from bench.serving.clients import ask_all, post
from bench.serving.server import reader_server
from tests.runtime.serve.test_reading import WORD


def endless_scans() -> bytes:
    """Return a progressive JPEG of 9 million pixels whose last scan is there fifty thousand times over."""
    target = BytesIO()
    Image.effect_noise((3000, 3000), 60).convert("RGB").save(target, "JPEG", progressive=True, quality=1)
    content = target.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last : last + 150] * 50_000 + b"\xff\xd9"


def test_an_image_that_takes_for_ever_costs_its_own_request_alone():
    with reader_server("--locator", "none") as server:
        ask_all(server.port, [post(WORD, "image/png")], 1)
        [before] = psutil.Process(server.process.pid).children()
        requests = [post(endless_scans(), query="?kind=word"), *[post(WORD, "image/png")] * 9]
        hostile, *words = ask_all(server.port, requests, 3)
        [after] = psutil.Process(server.process.pid).children()
    assert (hostile.status, hostile.json()["code"]) == (422, "unreadable-image")
    assert "took over 3 s" in hostile.json()["detail"]
    assert [answer.json()["images"][0]["text"] for answer in words] == ["Silver"] * 9
    assert before.pid != after.pid
