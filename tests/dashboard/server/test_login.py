"""The server is opened to other machines only where people log in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.runtime.secrets import secrets_singleton

from bench.browser import ROOT, free_port
from dashboard.server import login
from dashboard.server.login import refuse_open_server
from glyphlab_read.serve.guard import is_loopback
from tests.dashboard.conftest import Open
from tests.dashboard.server.conftest import Configure

OPEN = ("0.0.0.0", "::", "", None, "192.0.2.2", "lab.example.com", "127.0.0.1.evil.test", "2130706433")


@pytest.mark.parametrize("address", OPEN)
def test_an_address_that_others_reach_is_refused_without_a_login(configure: Configure, address: str | None):
    configure(server_address=address)
    with pytest.raises(SystemExit) as caught:
        refuse_open_server()
    for word in ("server.address", "ssh -L", "proxy", "[auth]", "server.trustedUserHeaders", "README"):
        assert word in str(caught.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_s_own_addresses_need_none(configure: Configure, address: str):
    configure(server_address=address)
    refuse_open_server()
    assert is_loopback(address)


@pytest.mark.parametrize("address", OPEN)
def test_a_proxy_that_says_who_comes_may_be_elsewhere(configure: Configure, address: str | None):
    configure(server_address=address, server_trustedUserHeaders={"X-User": "name"})
    refuse_open_server()


def test_a_visitor_of_whom_the_proxy_said_nothing_sees_no_page(configure: Configure, open_page: Open):
    configure(server_trustedUserHeaders={"X-User": "name"})
    app = open_page("data")
    assert "Nobody is logged in" in app.error[0].value
    assert not app.button


@pytest.fixture
def own_login(tmp_path: Path, configure: Configure):
    """Streamlit's own login is set up."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text('[auth]\nclient_id = "lab"\nredirect_uri = "http://localhost:8501/oauth2callback"\n')
    configure(secrets_files=[str(secrets)])
    secrets_singleton._reset()
    yield
    secrets_singleton._reset()


@pytest.mark.parametrize("address", ["::", "127.0.0.1"])
def test_streamlit_s_own_login_needs_its_library(own_login: None, configure: Configure, address: str):
    configure(server_address=address)
    with pytest.raises(SystemExit, match="Authlib"):
        refuse_open_server()


def test_a_login_that_lacks_settings_is_refused_at_the_start(own_login: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(login, "is_authlib_installed", lambda: True)
    with pytest.raises(SystemExit, match="cookie_secret"):
        refuse_open_server()


def test_a_visitor_who_is_not_logged_in_is_asked_to(own_login: None, open_page: Open):
    app = open_page("data")
    assert [button.label for button in app.button] == ["Log in"]


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        (["dashboard", "--server.address", "0.0.0.0"], {}, "server.address is '"),
        (["streamlit", "run", "dashboard/app.py"], {"STREAMLIT_SERVER_ADDRESS": "::"}, "server.address is '"),
        (["dashboard"], {"GLYPHLAB_TOKEN": "short"}, "The variable GLYPHLAB_TOKEN holds 5 characters"),
    ],
)
def test_both_commands_end_with_the_sentence(words: list[str], env: dict[str, str], told: str):
    start = subprocess.run(
        [sys.executable, "-m", *words, "--server.port", str(free_port())],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert start.returncode == 1
    assert told in start.stderr
    assert "Traceback" not in start.stderr
