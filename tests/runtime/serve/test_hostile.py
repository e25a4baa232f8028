"""Images that take long to open, or much memory: others are read all the same, and memory stays bounded."""

import json
from io import BytesIO
from pathlib import Path

import psutil
from PIL import Image

from bench.serving.clients import ask_all, post
from bench.serving.server import ReaderServer, reader_server
from tests.runtime.serve.test_reading import FORM, WORD, form


def endless_scans(side: int, count: int) -> bytes:
    """Return a progressive JPEG of so many pixels a side whose last scan is there as often as said."""
    target = BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(target, "JPEG", progressive=True, quality=1)
    content = target.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last : last + 150] * count + b"\xff\xd9"


def test_an_image_that_takes_for_ever_costs_its_own_request_alone():
    with reader_server("--locator", "none") as server:
        ask_all(server.port, [post(WORD, "image/png")], 1)
        [before] = psutil.Process(server.process.pid).children()
        requests = [post(endless_scans(1400, 50_000), query="?kind=word"), *[post(WORD, "image/png")] * 9]
        hostile, *words = ask_all(server.port, requests, 3)
        [after] = psutil.Process(server.process.pid).children()
    assert (hostile.status, hostile.json()["code"]) == (422, "unreadable-image")
    assert "took over 10 s" in hostile.json()["detail"]
    assert [answer.json()["images"][0]["text"] for answer in words] == ["Silver"] * 9
    assert before.pid != after.pid


def flat(width: int, height: int) -> bytes:
    target = BytesIO()
    Image.new("RGB", (width, height), "white").save(target, "PNG")
    return target.getvalue()


def peak(server: ReaderServer) -> int:
    """Return the most bytes of the server's own process that were resident."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def test_large_words_take_neither_the_memory_of_all_nor_the_turns_of_others(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    with reader_server("--locator", "none", log=log) as server:
        ask_all(server.port, [post(WORD, "image/png")] * 9, 3)
        before = peak(server)
        large = form(*[("a.png", flat(3500, 3500)), ("b.png", flat(7000, 1750))] * 2)
        ask_all(server.port, [post(large, FORM, "?kind=word"), *[post(WORD, "image/png")] * 9], 3)
        grown = peak(server) - before
    assert grown < 180e6  # one image has 37 MB, in a few copies while it is opened
    asked = [line for line in map(json.loads, log.read_text().splitlines()) if line.get("path") == "/v1/read"]
    assert [line["images"] for line in asked[9:]] == [1] * 9 + [4]
    assert {line["status"] for line in asked} == {200}


def test_a_request_whose_images_each_take_long_leaves_the_others_their_turn(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    with reader_server("--locator", "none", "--threads", "1", log=log) as server:
        ask_all(server.port, [post(WORD, "image/png")] * 9, 3)
        slow = form(*[(f"{number}.jpg", endless_scans(1000, 4000)) for number in range(6)])
        ask_all(server.port, [post(slow, FORM, "?kind=word"), *[post(WORD, "image/png")] * 9], 3)
    asked = [line for line in map(json.loads, log.read_text().splitlines()) if line.get("path") == "/v1/read"]
    assert [line["bytes"] == len(WORD) for line in asked[9:]] == [True] * 9 + [False]
