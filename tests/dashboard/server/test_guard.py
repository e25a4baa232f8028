"""Who is answered behind a proxy, and what is refused there. What is shipped is tested on a running server."""

import pytest
from starlette.types import Scope

from dashboard.server.guard import reason_to_refuse
from tests.dashboard.server.conftest import Configure


def request(host: str, origin: str | None = None, *, scheme: str = "http", to: str = "127.0.0.1") -> Scope:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    return {"type": "http", "scheme": scheme, "server": (to, 8501), "headers": headers}


@pytest.fixture
def proxied(configure: Configure) -> Configure:
    configure(server_allowedHosts=["localhost", "lab.example.com", "*.lab.example.com"], server_port=8501)
    return configure


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("lab.example.com", "https://lab.example.com"),  # a proxy with TLS that passes the name on
        ("lab.example.com", "http://lab.example.com"),
        ("lab.example.com", None),
        ("LAB.example.com:443", "https://lab.example.com:443"),
        ("a.lab.example.com", "https://a.lab.example.com"),
        ("lab.example.com:8501", "http://lab.example.com:8501"),
    ],
)
def test_a_name_that_the_settings_allow_is_answered(proxied: Configure, host: str, origin: str | None):
    assert reason_to_refuse(request(host, origin)) is None


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("example.com", None),
        ("evil-lab.example.com", None),
        ("lab.example.com.evil.test", None),
        ("lab.example.com:9000", None),
        ("lab.example.com", "https://a.lab.example.com"),
        ("lab.example.com", "https://lab.example.com:8443"),
        ("lab.example.com", "https://lab.example.com.evil.test"),
        ("lab.example.com", "wss://lab.example.com"),
        ("lab.example.com", "null"),
    ],
)
def test_all_others_are_refused(proxied: Configure, host: str, origin: str | None):
    assert reason_to_refuse(request(host, origin))


def test_a_proxy_that_says_its_own_name_for_ours_is_named_by_its_address(proxied: Configure):
    came = request("localhost:8501", "https://lab.example.com")
    assert "corsAllowedOrigins" in (reason_to_refuse(came) or "")
    proxied(server_corsAllowedOrigins=["https://lab.example.com"])
    assert reason_to_refuse(came) is None
    proxied(server_corsAllowedOrigins=[], browser_serverAddress="lab.example.com")
    assert reason_to_refuse(came) is None
    assert reason_to_refuse(request("localhost:8501", "https://lab.example.com.evil.test"))


def test_a_proxy_at_a_port_of_its_own_is_named_by_address_and_port(proxied: Configure):
    proxied(browser_serverAddress="lab.example.com", browser_serverPort=9443)
    for host in ("lab.example.com:9443", "lab.example.com", "localhost:8501"):  # what proxies pass on
        assert reason_to_refuse(request(host, "https://lab.example.com:9443")) is None
        assert reason_to_refuse(request(host, "https://lab.example.com:9444"))
    assert reason_to_refuse(request("localhost:8501", "https://lab.example.com"))  # another service of that host
    proxied(browser_serverPort=443)
    assert reason_to_refuse(request("localhost:8501", "https://lab.example.com")) is None


def test_this_machine_is_refused_a_page_too_where_the_settings_leave_out_its_names(configure: Configure):
    configure(server_allowedHosts=["lab.example.com"])
    assert "server.allowedHosts" in (reason_to_refuse(request("localhost:8501")) or "")


def test_a_tunnel_to_another_port_is_named_by_the_port(configure: Configure):
    assert "browser.serverPort" in (reason_to_refuse(request("localhost:9000")) or "")
    configure(browser_serverPort=9000)
    assert reason_to_refuse(request("localhost:9000", "http://localhost:9000")) is None


def test_two_hosts_or_two_origins_are_refused():
    twice = request("127.0.0.1:8501")
    twice["headers"] += [(b"host", b"evil.test")]
    assert reason_to_refuse(twice)
    pages = request("127.0.0.1:8501", "http://127.0.0.1:8501")
    pages["headers"] += [(b"origin", b"http://evil.test")]
    assert reason_to_refuse(pages)
    assert reason_to_refuse({"type": "http", "scheme": "http", "server": ("127.0.0.1", 8501), "headers": []})


def test_another_machine_is_answered_only_where_people_log_in(configure: Configure):
    came = request("127.0.0.1:8501", to="192.0.2.2")  # a name that anyone can write
    assert "log in" in (reason_to_refuse(came) or "")
    configure(server_trustedUserHeaders={"X-User": "name"})
    assert reason_to_refuse(came) is None
