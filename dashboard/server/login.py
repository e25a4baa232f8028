"""Logins: whether anybody has to log in, the refusal to open the server to others without, and the page that asks.

Who can open Glyphlab can start processes. So it listens on this machine only, unless Streamlit knows who comes: by its
own login (OpenID Connect, the section [auth] in secrets.toml) or by what a proxy says (`server.trustedUserHeaders`).
"""

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section, is_authlib_installed, validate_auth_credentials
from streamlit.errors import StreamlitAuthError

from engine.commands import python_command
from glyphlab_read.serve.guard import is_loopback


def has_login() -> bool:
    """Say whether Streamlit's settings name a way to know who comes."""
    return bool(_asks_itself() or _trusted_keys())


def refuse_open_server() -> None:
    """End the start of a server that others could reach without a login, or whose login cannot work.

    Raises:
        SystemExit: with what to do.
    """
    if _asks_itself():
        _refuse_broken_login()
    address = st.get_option("server.address")
    if is_loopback(address):
        return
    where = f"{address!r}" if address else "not set, which means every address"
    if not has_login():
        raise SystemExit(
            f"server.address is {where}: whoever reaches this machine could start processes on it, as nobody has to "
            "log in. Leave it at 127.0.0.1 and open it from elsewhere through `ssh -L 8501:localhost:8501 HOST` or a "
            "proxy on this machine that asks for a login; or let Streamlit ask, by the section [auth] of "
            ".streamlit/secrets.toml (OpenID Connect); or name the headers by which a proxy on another machine says "
            "who logged in, by server.trustedUserHeaders. README, Who may use it, shows each."
        )


def _refuse_broken_login() -> None:
    """End the start of a server whose own login nobody could pass."""
    if not is_authlib_installed():
        raise SystemExit(
            "secrets.toml has a section [auth], but Streamlit's login needs Authlib, which is not installed, so nobody "
            f"could log in. Install it (`{python_command()} -m pip install 'streamlit[auth]'`) and start again."
        )
    try:
        validate_auth_credentials("default")
    except StreamlitAuthError as error:
        words = " ".join(str(error).split())
        raise SystemExit(f"Nobody could log in. {words} README, Who may use it, names what [auth] holds.") from None


def is_let_in() -> bool:
    """Say whether this session's visitor may see pages: anyone where no login is set up."""
    if _asks_itself():
        return bool(st.user.get("is_logged_in"))
    keys = _trusted_keys()
    return not keys or any(st.user.get(key) for key in keys)


def login_page() -> None:
    """Ask a visitor to log in, or say that the proxy should have."""
    st.title("Glyphlab")
    if _asks_itself():
        st.button("Log in", icon=":material/login:", type="primary", on_click=st.login)
    else:
        st.error("Nobody is logged in: the proxy before this server did not say who you are. Open the proxy's address.")


def _asks_itself() -> bool:
    return bool(get_secrets_auth_section())


def _trusted_keys() -> list[str]:
    """Return the names in `st.user` of what a proxy's headers say."""
    mapping = st.get_option("server.trustedUserHeaders")
    return list(mapping.values()) if isinstance(mapping, dict) else []
