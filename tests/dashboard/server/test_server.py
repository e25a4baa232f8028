"""The server as it is shipped: on this machine only, for its own pages only."""

import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import psutil
import pytest

from bench.browser import HOST, ROOT, Server, command, dashboard
from engine.workspace import Workspace

OURS = "127.0.0.1:{port}"
STREAM = "/_stcore/stream"
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "streamlit",
}
ROUTES = (
    STREAM,
    "/",
    "/watch",
    "/_stcore/health",
    "/_stcore/host-config",
    "/media/a.png",
    "/static/index.html",
    "/v1/models",
    "/nothing",
)
FOREIGN_HOSTS = (  # names that somebody bound to this machine (DNS rebinding), and what is more than a name
    "evil.test",
    "evil.test:{port}",
    "127.0.0.1:{other}",
    "127.0.0.1",
    "localhost.evil.test:{port}",
    "127.0.0.1.evil.test:{port}",
    "127.0.0.1:{port}.evil.test",
    "127.0.0.1:{port}@evil.test",
    "evil.test@127.0.0.1:{port}",
    "127.0.0.1:{port}/evil",
    "127.0.0.1:0{port}",
    "127.0.0.1:{port}, evil.test",
    "0.0.0.0:{port}",
    "2130706433:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "",
)
FOREIGN_ORIGINS = (
    "http://evil.test",
    "http://127.0.0.1:{port}.evil.test",
    "http://127.0.0.1:{other}",
    "http://127.0.0.1",
    "https://127.0.0.1:{port}",
    "http://localhost:{port}",  # ours, but not the one that this request is sent to
    "http://127.0.0.1:{port}/",
    "http://evil@127.0.0.1:{port}",
    "http://127.0.0.1:{port}@evil.test",
    "http://127.0.0.1:{port} http://evil.test",
    "http://2130706433:{port}",
    "chrome-extension://abcdefgh",
    "file://",
    "null",
    "",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with dashboard(Workspace(tmp_path_factory.mktemp("server"))) as running:
        yield running


def status_of(server: Server, path: str, method: str = "GET", *, host: str = OURS, origin: str | None = None) -> int:
    """Send a request, a handshake for the pages' WebSocket where that is asked for, and return the status."""
    return answer(server, path, method, host=host, origin=origin).status


def answer(
    server: Server, path: str, method: str = "GET", *, host: str = OURS, origin: str | None = None
) -> HTTPResponse:
    """Likewise return all of the answer."""
    connection = HTTPConnection(HOST, server.port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    headers = {"Host": host, "Origin": origin, "Content-Length": "0"} | (HANDSHAKE if path == STREAM else {})
    for name, value in headers.items():
        if value is not None:
            connection.putheader(name, value.format(port=server.port, other=server.port + 1))
    connection.endheaders()
    found = connection.getresponse()
    connection.close()
    return found


def test_it_listens_on_loopback_only(server: Server):
    listening = [c for c in psutil.Process(server.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {HOST}


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_refused_on_every_route(server: Server, path: str, host: str):
    assert status_of(server, path, host=host) == 403


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_foreign_page_is_refused_on_every_route(server: Server, path: str, origin: str):
    assert status_of(server, path, origin=origin) == 403


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}"])
def test_its_own_pages_open_a_session_and_read_every_route(server: Server, host: str):
    assert status_of(server, STREAM, host=host, origin=f"http://{host.lower()}") == 101
    assert status_of(server, STREAM, host=host) == 101  # a program that is no browser
    for path in ("/", "/watch", "/_stcore/health", "/_stcore/host-config"):
        assert status_of(server, path, host=host, origin=f"http://{host.lower()}") == 200


@pytest.mark.parametrize(
    ("method", "path", "host", "origin"),
    [
        ("GET", "/", OURS, None),
        ("GET", "/watch", OURS, None),
        ("GET", "/static/missing.js", OURS, None),
        ("GET", "/media/missing.png", OURS, None),
        ("GET", "/_stcore/health", OURS, None),
        ("OPTIONS", "/_stcore/host-config", OURS, None),
        ("POST", "/", OURS, None),
        ("GET", "/..%2f..%2fetc/passwd", OURS, None),
        ("GET", "/", "evil.test", None),
        ("GET", "/", OURS, "http://evil.test"),
    ],
)
def test_no_answer_may_be_framed_or_read_elsewhere(server: Server, method: str, path: str, host: str, origin: str):
    headers = answer(server, path, method, host=host, origin=origin).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers.get("Access-Control-Allow-Origin") != "*"


def test_an_upload_without_the_pages_token_is_refused(server: Server):
    connection = HTTPConnection(HOST, server.port, timeout=20)
    connection.request("PUT", "/_stcore/upload_file/session/file", body=b"x")
    assert connection.getresponse().status in (400, 403)
    connection.close()


def test_a_taken_port_ends_the_start_with_a_clear_line():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        start = subprocess.run(command(port), cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert start.returncode != 0
    assert str(port) in start.stdout + start.stderr
