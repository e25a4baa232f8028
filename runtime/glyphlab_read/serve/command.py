"""The command `glyphlab-serve`: a reader's bundle behind HTTP, on this machine alone unless there is a token."""

import argparse
import ctypes
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from uvicorn import Config

import glyphlab_read
from glyphlab_read.bundles.files import has_part
from glyphlab_read.bundles.folder import LOCATOR
from glyphlab_read.errors import ConfigError, GlyphlabError
from glyphlab_read.processes import write_to_any_terminal
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.reader import Reader
from glyphlab_read.serve.app import application
from glyphlab_read.serve.guard import TOKEN, checked_token, is_loopback
from glyphlab_read.serve.http import ClosingServer, TimedProtocol
from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.logs import log, log_to_stderr
from glyphlab_read.serve.models import OneModel, ServedModel
from glyphlab_read.serve.service import ReadingService

PORT = 8600
_STARTER, _NONE = "starter", "none"
_LAST_PORT = 65_535
_HEAD_BYTES = 16_384
_ARENA_MAX = -8  # of glibc's malloc.h
_SWITCH = 0.0002  # s that a thread which reads lets the one that answers wait


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 2 when the server cannot start."""
    write_to_any_terminal()
    options = _parser().parse_args(arguments)
    _keep_memory_in_one_place()
    sys.setswitchinterval(_SWITCH)
    try:
        _check_port(options.port)
        limits = ServerLimits.parse({name: getattr(options, name) for name in ServerLimits.model_fields})
        token = _token(options.token_file)
        _refuse_open_server(options.host, token)
        service = ReadingService(OneModel(_model(options)), limits, options.threads)
    except GlyphlabError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return _serve(service, options.host, options.port, token)


def _serve(service: ReadingService, host: str, port: int, token: str) -> int:
    log_to_stderr()
    service.start()
    protocol = type("Protocol", (TimedProtocol,), {"head_seconds": service.limits.head_seconds})
    config = Config(
        application(service, token),
        host=host,
        port=port,
        http=protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
    log("listening", host=host, port=port, token=bool(token), pid=os.getpid())
    server = ClosingServer(config, service.admission)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # uvicorn has its own while it runs, and sends itself the signal again
    try:
        server.run()
    except SystemExit:  # the port is taken, which uvicorn has told
        return 2
    finally:
        service.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="glyphlab-serve", description=__doc__)
    parser.add_argument("model", help=f"model file, folder of a bundle, or {_STARTER}: the reader that comes along")
    help = f"model file or folder of a locator's bundle (that of the model file, else {_STARTER}); {_NONE}: words alone"
    parser.add_argument("--locator", help=help)
    parser.add_argument("--level", choices=("word", "line"), default="word", help="what is cut out of photos (word)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port to listen on ({PORT})")
    parser.add_argument(
        "--token-file",
        type=Path,
        help=f"file with the token that clients send; without it the variable {TOKEN}",
    )
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--threads", type=int, default=cores, help=f"threads that read words ({cores}: a core each)")
    for name, field in ServerLimits.model_fields.items():
        extra = field.json_schema_extra
        unit = extra["unit"] if isinstance(extra, dict) else ""
        help = f"{str(field.description).rstrip('.').lower()} ({field.default:,.12g} {unit})"
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=type(field.default), default=field.default, metavar="N", help=help)
    version = f"glyphlab-serve {glyphlab_read.__version__}"
    parser.add_argument("--version", action="version", version=version)
    return parser


def _model(options: argparse.Namespace) -> ServedModel:
    """Open the reader, and look whether the locator will open."""
    if options.threads < 1:
        raise ConfigError(f"--threads: {options.threads} was given. At least one reads. Give 1 or more.")
    place = STARTER_FOLDER if options.model == _STARTER else Path(options.model)
    reader = Reader.open(place, try_first=True)
    id = reader.manifest.run
    if options.locator == _NONE:
        return ServedModel(id, reader)
    if importlib.util.find_spec("cv2") is None:
        raise ConfigError(
            "Whole photos need OpenCV, which is not installed. Install it (pip install opencv-python-headless), "
            f"or read words alone: --locator {_NONE}."
        )
    found = options.locator or (place if has_part(place, LOCATOR) else _STARTER)
    if found == _STARTER:  # nothing is loaded for it before the first photo
        return ServedModel(id, reader, lambda: glyphlab_read.Locator.open(), _STARTER, options.level)
    locator = glyphlab_read.Locator.open(found, try_first=True)
    locator.check(options.level)
    return ServedModel(id, reader, lambda: locator, locator.manifest.run, options.level)


def _keep_memory_in_one_place() -> None:
    """Have glibc's threads share one heap: each of its own would keep what it once took."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)


def _token(file: Path | None) -> str:
    """Return the token; empty where none is set."""
    if file is None:
        token, place = os.environ.get(TOKEN, "").strip(), f"The variable {TOKEN}"
    else:
        place = f"--token-file: {file.name!r}"
        try:
            token = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{place} cannot be read ({error}). Give a text file with one token.") from None
    return checked_token(token, place) if file is not None or token else ""


def _check_port(port: int) -> None:
    if not 1 <= port <= _LAST_PORT:
        raise ConfigError(f"--port: {port} was given. Ports have numbers from 1 to {_LAST_PORT}. Give one of these.")


def _refuse_open_server(host: str, token: str) -> None:
    if not token and not is_loopback(host):
        raise ConfigError(
            f"--host: {host!r} was given: whoever reaches this machine could use the server, as it has no token. Leave "
            f"it at 127.0.0.1, or set a token by --token-file or the variable {TOKEN}."
        )
