"""The server of readers, measured: `python -m bench.serve [PART …] --images FOLDER --photos FOLDER`.

Parts: start (time until it is ready), speed (8 clients, every answer compared with a reading alone), words and photos
(memory, within 512 MB where a group of control can be made), malformed (10,000 uploads that are none, 200 clients),
close (SIGTERM under load), describe (`--schemathesis ST`, of an environment of its own, against the description). All
but the last by default. Images are words that were cut out; both folders hold test images that are read only.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.browser import HOST
from bench.command import run
from bench.machine import print_machine
from bench.serving.clients import Answer, ask_all, ask_until_closed, get, post, read_answer
from bench.serving.malformed import broken_lines, malformed
from bench.serving.server import ReaderServer, reader_server
from glyphlab_read import Reader
from glyphlab_read.images.sources import image_files

ROOT = Path(__file__).parents[1]
_EXAMPLES = ROOT / "dashboard" / "home" / "example_images"
_LIMIT = 512 << 20  # bytes that a small host has
_WORDS_ALONE = ("--locator", "none")
_CLIENTS = 8


def start(options: argparse.Namespace) -> None:
    """Print the time until a server takes requests."""
    times = []
    for _ in range(6):
        began = time.perf_counter()
        with reader_server(*_WORDS_ALONE):
            times.append(time.perf_counter() - began)
    _tell("ready after start, median of 5", f"{statistics.median(times[1:]):.2f} s")


def speed(options: argparse.Namespace) -> None:
    """Print the rate and the times of single words by many clients, and how many differ from a reading alone."""
    images = _words(options, 2000)
    reader = Reader.open()
    alone = [reader.read(image) for image in images]
    requests = [post(image, "application/octet-stream", "?kind=word") for image in images]
    with reader_server(*_WORDS_ALONE) as server:
        ask_all(server.port, requests[:200], _CLIENTS)
        began = time.perf_counter()
        answers = ask_all(server.port, requests * options.rounds, _CLIENTS)
        seconds = time.perf_counter() - began
    times = sorted(1000 * answer.seconds for answer in answers)
    pairs = [(answer.json()["images"][0], one) for answer, one in zip(answers, alone * options.rounds, strict=True)]
    differ = sum(read["text"] != one.text for read, one in pairs)
    apart = max(abs(read["confidence"] - one.confidence) for read, one in pairs)
    _tell(f"{_CLIENTS} clients, a word a request", f"{len(answers) / seconds:.0f} images/s")
    _tell(
        "time to the answer, median and 99th percentile", f"{_share(times, 0.5):.0f} and {_share(times, 0.99):.0f} ms"
    )
    _tell("texts that differ from the single reading", f"{differ} of {len(answers):,}")
    _tell("largest difference of a confidence", f"{apart:.5f}")


def words(options: argparse.Namespace) -> None:
    """Print the memory after 100 and after many words of random widths."""
    rng = random.Random(1)
    images = [_resized(image, rng.randrange(20, 600)) for image in _words(options, 1000)]
    requests = [post(image, "image/png", "?kind=word") for image in images]
    with reader_server(*_WORDS_ALONE, limit=_LIMIT) as server:
        _check(ask_all(server.port, requests[:100], _CLIENTS))
        early = server.resident()
        _check(ask_all(server.port, [rng.choice(requests) for _ in range(options.requests)], _CLIENTS))
        late = server.resident()
        _tell("words: resident after 100 requests", _megabytes(early))
        _tell(
            f"words: after {options.requests:,} more, of random widths", f"{_megabytes(late)}, {late / early:.2f} times"
        )
        _tell_peak(server)


def photos(options: argparse.Namespace) -> None:
    """Print the memory of whole photos, one of the most pixels among them."""
    files = list(image_files([options.photos])) if options.photos else [_EXAMPLES / "signs.jpg"] * 20
    large = BytesIO()
    with Image.open(files[0]) as image:
        image.convert("RGB").resize((4080, 3060)).save(large, "JPEG", quality=85)
    requests = [post(path.read_bytes(), "application/octet-stream", "?kind=photo") for path in files[: options.most]]
    with reader_server(limit=_LIMIT) as server:
        most, times = 0, []
        for request in requests:
            [answer] = answers = ask_all(server.port, [request], 1)
            _check(answers)
            times.append(answer.seconds)
            most = max(most, server.resident())
        _tell(f"photos: most resident after each of {len(requests)}", _megabytes(most))
        _tell("photos: median time to the answer", f"{statistics.median(times):.2f} s")
        _tell_peak(server)
        _check(ask_all(server.port, [post(large.getvalue(), query="?kind=photo")] * 4, 4))
        _tell("photos: resident after four of 12.5 million pixels at once", _megabytes(server.resident()))
        _tell_peak(server)


def malformed_uploads(options: argparse.Namespace) -> None:
    """Print what becomes of uploads that are none, by 200 clients at once, and the memory before and after."""
    images = _words(options, 50)
    requests = malformed(options.requests, images)
    with reader_server(*_WORDS_ALONE, "--body-seconds", "2", "--head-seconds", "2", limit=_LIMIT) as server:
        _check(ask_all(server.port, [post(image, "application/octet-stream", "?kind=word") for image in images], 8))
        ask_all(server.port, requests[:1000], 200)
        before = server.resident()
        answers = ask_all(server.port, requests, 200)
        lines = asyncio.run(_spoken(server.port, broken_lines(images)))
        _check(ask_all(server.port, [get("/healthz"), post(images[0], "application/octet-stream", "?kind=word")], 1))
        statuses = Counter(answer.status for answer in answers)
        told = sum(bool(answer.json()["detail"]) for answer in answers)
        _tell("malformed: statuses, 200 clients", ", ".join(f"{count:,} × {one}" for one, count in statuses.items()))
        _tell("malformed: with a reason", f"{told:,} of {len(answers):,}")
        for name, status in lines:
            _tell(f"malformed: {name}", str(status))
        _tell("malformed: resident before and after", f"{_megabytes(before)}, {_megabytes(server.resident())}")
        _tell_peak(server)


def close(options: argparse.Namespace) -> None:
    """Print what became of requests while the server was told to close."""
    [image] = _words(options, 1)
    request = post(image, "application/octet-stream", "?kind=word")
    lost = answered = 0
    for _ in range(5):
        with reader_server(*_WORDS_ALONE) as server:
            tally = ask_until_closed(server.port, request, 20, 1.0, server.terminate)
            code = server.process.wait(timeout=60)
        lost, answered = lost + tally.lost, answered + tally.answered
    _tell("SIGTERM under 20 clients, 5 times", f"{answered:,} answered, {lost} lost, returned {code}")


def describe(options: argparse.Namespace) -> None:
    """Print what schemathesis finds."""
    hooks = Path(__file__).parent / "serving"
    variables = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "SCHEMATHESIS_IMAGES": str(options.images)}
    with reader_server() as server:
        command = [options.schemathesis, "run", f"{server.url}/openapi.json", "--seed", "1", "--no-color"]
        environment = {**os.environ, **variables, "PYTHONPATH": str(hooks)}
        with tempfile.TemporaryDirectory() as folder:  # it keeps what it found where it runs
            ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=1800)
    _tell("schemathesis", ended.stdout.strip().splitlines()[-1].strip("= "))
    if ended.returncode:
        print(ended.stdout)


PARTS = {
    "start": start,
    "speed": speed,
    "words": words,
    "photos": photos,
    "malformed": malformed_uploads,
    "close": close,
}


def _tell(what: str, figure: str) -> None:
    print(f"{what:<58} {figure}", flush=True)


def _tell_peak(server: ReaderServer) -> None:
    peak = server.peak()
    _tell("  most memory of its group of 512 MB, files included", "no group here" if peak is None else _megabytes(peak))


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.0f} MB"


def _share(times: Sequence[float], share: float) -> float:
    return times[min(int(share * len(times)), len(times) - 1)]


def _words(options: argparse.Namespace, most: int) -> list[bytes]:
    return [path.read_bytes() for path in list(image_files([options.images]))[:most]]


def _resized(content: bytes, width: int) -> bytes:
    target = BytesIO()
    with Image.open(BytesIO(content)) as image:
        image.convert("RGB").resize((width, 40)).save(target, "PNG")
    return target.getvalue()


def _check(answers: Sequence[Answer]) -> None:
    """End the command where an answer is none."""
    for answer in answers:
        if answer.status != 200:
            sys.exit(f"{answer.status}: {answer.body.decode()}")


async def _spoken(port: int, lines: Sequence[tuple[str, bytes, bool]]) -> list[tuple[str, int]]:
    found = []
    for name, content, ends in lines:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(content)
        if ends:
            writer.write_eof()
        found.append((name, (await read_answer(reader))[0]))
        writer.close()
    return found


def main() -> None:
    """Print the figures of all parts, or of those that are named."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"any of {', '.join(PARTS)}, describe")
    parser.add_argument("--images", type=Path, default=_EXAMPLES, help="folder of word images (the examples of Home)")
    parser.add_argument("--photos", type=Path, help="folder of whole photos (an example of Home)")
    parser.add_argument("--most", type=int, default=100, help="photos that are read (100)")
    parser.add_argument("--requests", type=int, default=10_000, help="requests of `words` and `malformed` (10,000)")
    parser.add_argument("--rounds", type=int, default=5, help="times that `speed` asks for each image (5)")
    parser.add_argument("--schemathesis", help="the command `st` of an environment that has it, for `describe`")
    options = parser.parse_args()
    print_machine()
    chosen = {**PARTS, "describe": describe}
    for name in options.parts or (*PARTS, *(["describe"] if options.schemathesis else [])):
        chosen[name](options)


if __name__ == "__main__":
    run(main)
