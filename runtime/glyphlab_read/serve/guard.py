"""Guard of the server: the token, foreign names and pages, and what a browser may do with an answer.

Without a token only this machine is answered, by its own names, so that no page of another site can use the server
through somebody's browser. With one, whoever has it may ask by any name.
"""

import hmac
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glyphlab_read.errors import ConfigError
from glyphlab_read.formatting import cut
from glyphlab_read.serve.refusals import Refusal

OPEN_PATHS = frozenset({"/", "/docs", "/openapi.json", "/healthz", "/readyz"})
"""Addresses that need no token, and those below PAGE: they tell nothing of anybody's images."""

PAGE = "/page/"
TOKEN = "GLYPHLAB_TOKEN"  # noqa: S105  the name of a variable
"""The variable of the environment that holds the token."""

_LEAST_TOKEN = 16  # characters

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer of a server of its own."""


class TokenGuard:
    """ASGI middleware that refuses who may not ask, and adds HEADERS to every answer.

    Args:
        app: what is guarded.
        token: that clients must send; empty: none, and only this machine's names are answered.
    """

    def __init__(self, app: ASGIApp, token: str = "") -> None:
        self._app, self._token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        headers = Headers(scope=scope)
        refusal = check_token(scope["path"], headers, self._token) if self._token else _stranger(headers)
        if refusal is None:
            await self._app(scope, receive, send_guarded)
        else:
            await refusal.response()(scope, receive, send_guarded)


def needs_token(path: str) -> bool:
    """Say whether an address needs a token, where there is one."""
    return path not in OPEN_PATHS and not path.startswith(PAGE)


def check_token(path: str, headers: Headers, token: str) -> Refusal | None:
    """Return the refusal of a request without the token, if its address needs one."""
    if not needs_token(path):
        return None
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and hmac.compare_digest(_digest(given.strip()), _digest(token)):
        return None
    what = "Another token was given" if given else "No token was given"
    detail = f"{what}. This server answers who has its token. Send it in the header: Authorization: Bearer TOKEN."
    return Refusal(401, "token", detail, {"WWW-Authenticate": 'Bearer realm="glyphlab"'})


def checked_token(token: str, place: str) -> str:
    """Return a token that is hard to guess and that every client can send.

    Args:
        token: that was set.
        place: where, for the message.

    Raises:
        ConfigError: it is too short, or holds other than letters, digits and signs of ASCII.
    """
    if len(token) < _LEAST_TOKEN or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"{place} holds {len(token)} characters. A token has at least {_LEAST_TOKEN}, letters, digits and signs of "
            "ASCII. Make one: python3 -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token


def is_loopback(address: str | None) -> bool:
    """Say whether an address to listen on is this machine's alone; none at all means every address."""
    if address is None:
        return False
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()


def _stranger(headers: Headers) -> Refusal | None:
    """Return the refusal of a request that came by a foreign name, or from the page of another site."""
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    if len(hosts) != 1 or not _is_ours(hosts[0]):
        return Refusal(
            403,
            "foreign-host",
            f"Host: {cut(', '.join(hosts), 80)!r} was given. Without a token this server answers this machine's own "
            "names, as localhost. Use one of them, or start it with a token.",
        )
    if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
        return Refusal(
            403,
            "foreign-page",
            f"Origin: {cut(', '.join(origins), 80)!r} was given. Without a token this server answers its own page "
            "only. Open that page, or start the server with a token and have a server of yours ask it.",
        )
    return None


@lru_cache(64)
def _is_ours(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and is_loopback(name) and "@" not in host and "/" not in host
