"""The server as it is shipped: on this machine only, for its own pages only."""

import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection

import psutil
import pytest

from bench.browser import HOST, ROOT, Server, command, dashboard
from engine.workspace import Workspace


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with dashboard(Workspace(tmp_path_factory.mktemp("server"))) as running:
        yield running


def handshake(server: Server, host: str, origin: str) -> int:
    """Ask for the pages' WebSocket and return the status."""
    connection = HTTPConnection(HOST, server.port, timeout=20)
    connection.putrequest("GET", "/_stcore/stream", skip_host=True)
    headers = {
        "Host": host,
        "Origin": origin,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_listens_on_loopback_only(server: Server):
    listening = [c for c in psutil.Process(server.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert {connection.laddr.ip for connection in listening} == {HOST}


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("evil.test", "http://evil.test", 403),  # a name that was bound to this machine (DNS rebinding)
        ("127.0.0.1:{port}", "http://evil.test", 403),  # another site's page
    ],
)
def test_only_its_own_pages_may_open_a_session(server: Server, host: str, origin: str, status: int):
    assert handshake(server, host.format(port=server.port), origin.format(port=server.port)) == status


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
