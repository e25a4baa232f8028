"""Dropping images on the Read page: answers come without a button, faults with rule and remedy."""

import struct
import zlib
from io import BytesIO

from streamlit.testing.v1 import AppTest

from dashboard.components.readings import tinted
from engine.reading.reader import Character
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.helpers.tiny_bundles import draw, save_run_bundle


def png(text: str) -> bytes:
    buffer = BytesIO()
    draw(text).save(buffer, "PNG")
    return buffer.getvalue()


def huge_png(side: int) -> bytes:
    """Return a PNG whose header promises side × side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, content in files:
        app.file_uploader(key="read-files").upload(name, content)
    return app.run()


def reading_page(workspace: Workspace, open_page: Open) -> AppTest:
    run = folders.run(workspace, "tiny one", None)
    save_run_bundle(workspace, run=run.id)
    app = open_page("read")
    assert not app.exception
    return app


def test_a_dropped_image_is_read_at_once_by_the_chosen_reader(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    app.pills(key="read-reader").set_value(_id(workspace)).run()
    drop(app, ("a.png", png("abca")))
    assert not app.exception
    assert any(plain(markdown.value) == "# abca" for markdown in app.markdown), said(app)
    assert len(app.get("image")) == 1


def test_bad_files_are_told_apart_and_do_not_stop_the_good_one(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    drop(app, ("notes.png", b"just text"), ("vast.png", huge_png(20_000)), ("good.png", png("abc")))
    assert not app.exception
    faults = [plain(error.value) for error in app.error]
    assert len(faults) == 2
    assert "no PNG, JPEG, WebP or BMP" in faults[0]
    assert "25 million" in faults[1]
    assert "smaller" in faults[1]
    assert len(app.get("image")) == 1


def test_a_damaged_bundle_is_said_and_not_run(workspace: Workspace, open_page: Open):
    bundle = save_run_bundle(workspace, run=folders.run(workspace, "tiny one", None).id)
    network = bundle.folder / "network.onnx"
    network.write_bytes(network.read_bytes()[:-1] + b"x")
    app = open_page("read")
    assert not app.exception
    assert "differs from its manifest" in plain(app.error[0].value)


def test_drawn_samples_are_read_where_no_image_is_at_hand(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    assert len(app.get("image")) == 6
    first = said(app)
    next(button for button in app.button if button.label == "Draw others").click()
    app.run()
    assert not app.exception
    assert len(app.get("image")) == 6
    assert said(app) != first


def test_doubtful_characters_are_tinted_and_every_character_is_only_text():
    characters = [
        Character(char, share, 0.0, 1.0) for char, share in (("<", 0.99), ("b", 0.7), ("*", 0.1), (" ", 0.99))
    ]
    text = tinted(characters)
    assert "<" not in text
    assert "*" not in text
    assert ":orange-background[b]" in text
    assert text.count(":red-background[") == 1


def plain(markdown: str) -> str:
    return markdown.replace("\u2060", "").replace("&#46;", ".").replace("&#44;", ",").replace("&#215;", "×")


def _id(workspace: Workspace) -> str:
    return next(workspace.collection("runs").iterdir()).name
