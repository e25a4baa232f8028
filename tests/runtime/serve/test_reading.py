"""Answers of a running server: words, photos, several at once, and what it tells of itself."""

import json
from io import BytesIO
from typing import Any

import jsonschema
import pytest
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from bench.serving.clients import Answer, ask_all, get, post
from bench.serving.server import ReaderServer
from glyphlab_read import PageReader, Reader
from tests.runtime.serve.conftest import EXAMPLES

WORD, PHOTO = (EXAMPLES / "Silver.png").read_bytes(), (EXAMPLES / "signs.jpg").read_bytes()
BOUNDARY = "aW1hZ2Vz"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


def form(*images: tuple[str, bytes]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'.encode() + content
        for name, content in images
    ]
    return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def ask(server: ReaderServer, *requests: bytes, clients: int = 1) -> list[Answer]:
    return ask_all(server.port, requests, clients)


def described(server: ReaderServer, name: str) -> dict[str, Any]:
    [answer] = ask(server, get("/openapi.json"))
    document = answer.json()
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def test_a_word_and_its_candidates_are_read_as_the_package_reads_them(server: ReaderServer):
    greedy, beam = ask(server, post(WORD, "image/png"), post(WORD, "application/octet-stream", "?beam=3&kind=word"))
    expected = Reader.open().read(WORD, beam=3)
    [word], [searched] = greedy.json()["images"], beam.json()["images"]
    assert (greedy.status, word["kind"], word["text"]) == (200, "word", "Silver")
    assert word["candidates"] == []
    assert searched["candidates"] == expected.plain()["candidates"]
    assert word["confidence"] == pytest.approx(expected.confidence, abs=1e-3)


def test_a_form_brings_words_and_a_photo_and_answers_keep_its_order(server: ReaderServer):
    [answer] = ask(server, post(form(("a.png", WORD), ("signs.jpg", PHOTO), ("b.png", WORD)), FORM))
    first, photo, last = answer.json()["images"]
    page = PageReader.open().read(PHOTO)
    assert [first["name"], photo["name"], last["name"]] == ["a.png", "signs.jpg", "b.png"]
    assert (first["text"], photo["text"], last["text"]) == ("Silver", page.text, "Silver")
    assert photo["blocks"] == page.plain()["blocks"]
    jsonschema.validate(answer.json(), described(server, "Answer"))


def test_a_photo_on_its_side_has_its_boxes_where_they_are_in_the_file(server: ReaderServer):
    turned = BytesIO()
    with Image.open(BytesIO(PHOTO)) as image:
        image.transpose(Image.Transpose.ROTATE_90).save(turned, "JPEG", quality=90)
        height = image.height
    straight, lying = ask(server, post(PHOTO), post(turned.getvalue()))
    [upright], [found] = straight.json()["images"], lying.json()["images"]
    words = {word["text"]: word for block in found["blocks"] for line in block["lines"] for word in line["words"]}
    assert (found["turned"], found["height"]) == (1, upright["width"])
    for word in (word for block in upright["blocks"] for line in block["lines"] for word in line["words"]):
        if word["text"] == "HEDONISM":
            x, y = word["quad"][0]
            assert words["HEDONISM"]["quad"][0] == pytest.approx([y, found["height"] - x], abs=0.05 * height)


def test_many_clients_get_the_answers_to_their_own_images(server: ReaderServer):
    names = ("Silver", "coffee", "Pharmacy")
    requests = [post((EXAMPLES / f"{name}.png").read_bytes(), "image/png") for name in names] * 20
    answers = ask(server, *requests, clients=8)
    assert [answer.json()["images"][0]["text"] for answer in answers] == list(names) * 20


def test_what_it_tells_of_itself(server: ReaderServer):
    models, health, ready, metrics = ask(server, get("/v1/models"), get("/healthz"), get("/readyz"), get("/metrics"))
    jsonschema.validate(models.json(), described(server, "Models"))
    assert (models.json()["models"][0]["id"], models.json()["models"][0]["locator"]) == ("starter", "starter")
    assert (health.json(), ready.json()) == ({"status": "alive"}, {"status": "ready"})
    families = {family.name: family for family in text_string_to_metric_families(metrics.body.decode())}
    samples = {sample.name: sample.value for sample in families["glyphlab_batch_images"].samples}
    assert samples["glyphlab_batch_images_count"] >= 1
    assert families["glyphlab_images"].samples[0].value >= 1


def test_the_pages_load_nothing_from_elsewhere(server: ReaderServer):
    pages = ask(server, *(get(path) for path in ("/", "/docs", "/page/page.js", "/page/page.css", "/page/docs.js")))
    assert {answer.status for answer in pages} == {200}
    for answer in pages:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for text in answer.body.decode().split("http")[1:]:
            assert text.startswith(("://www.w3.org/2000/svg", "-equiv"))  # a name, which no browser asks for


def test_the_log_tells_sizes_and_statuses_a_line_and_no_text(server: ReaderServer):
    ask(server, post(WORD, "image/png"))
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert lines[0]["event"] == "listening"
    last = lines[-1]
    assert (last["path"], last["status"], last["images"], last["bytes"]) == ("/v1/read", 200, 1, len(WORD))
    assert "Silver" not in server.log.read_text()
