"""A child opens what strangers send: the same pixels, the same words, and no harm done to us."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import psutil
import pytest
from PIL import Image

from engine.errors import ImageError, LargeImageError
from glyphlab_read.images.open import open_image
from glyphlab_read.images.sandbox import MEMORY_LIMIT, TIMEOUT, ImageSandbox
from tests.helpers.tiny_bundles import draw


@pytest.fixture
def opener() -> Iterator[ImageSandbox]:
    running = ImageSandbox()
    yield running
    running.close()


def png(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def child(opener: ImageSandbox) -> psutil.Process:
    return psutil.Process(opener.pid)


def test_images_and_refusals_are_those_of_open_image(opener: ImageSandbox):
    for image in (draw("abcd"), Image.new("LA", (3, 5)), Image.new("1", (1, 1)), Image.new("P", (7, 2))):
        content = png(image)
        assert opener.open(content).tobytes() == open_image(content).tobytes()
    for content in (b"", b"no image", png(draw("ab"))[:60], b"x" * 11_000_000):
        with pytest.raises(ImageError) as expected:
            open_image(content)
        with pytest.raises(ImageError) as found:
            opener.open(content)
        assert (type(found.value), str(found.value)) == (type(expected.value), str(expected.value))
    with pytest.raises(LargeImageError):
        opener.open(png(Image.new("L", (9000, 1))))


def test_threads_get_their_own_images(opener: ImageSandbox):
    texts = ["abcd"[n % 4] * (1 + n // 4) for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: opener.open(png(draw(text))), texts))
    assert [image.tobytes() for image in found] == [draw(text).convert("RGB").tobytes() for text in texts]


def test_the_child_has_little_memory_and_no_secrets(opener: ImageSandbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("A_SECRET", "canary")
    opener.open(png(draw("a")))
    assert child(opener).rlimit(psutil.RLIMIT_AS) == (MEMORY_LIMIT, MEMORY_LIMIT)
    assert "A_SECRET" not in child(opener).environ()


def test_an_image_that_takes_the_child_down_is_refused_and_the_next_is_opened(opener: ImageSandbox):
    opener.open(png(draw("a")))
    first = child(opener)
    first.suspend()
    with ThreadPoolExecutor(1) as pool:
        doomed = pool.submit(opener.open, png(draw("b")))
        time.sleep(0.1)
        os.kill(first.pid, signal.SIGKILL)
        with pytest.raises(ImageError, match=r"over 10 s or over 1\.5 GB"):
            doomed.result()
    assert opener.open(png(draw("c"))).size == draw("c").size
    assert not psutil.pid_exists(first.pid)


def test_an_image_that_takes_too_long_is_given_up(opener: ImageSandbox):
    opener.open(png(draw("a")))
    stuck = child(opener)
    stuck.suspend()
    opener.seconds = 0.1
    with pytest.raises(ImageError, match="was cancelled"):
        opener.open(png(draw("b")))
    opener.seconds = TIMEOUT
    assert opener.open(png(draw("c"))).size == draw("c").size
    assert not psutil.pid_exists(stuck.pid)
