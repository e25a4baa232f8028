"""Guard of the server: who may speak to it, and what a browser may do with its answers: one layer before every route.

A page of another site can send a browser here: by a frame that one is made to click into, by a WebSocket, by a name
that it binds to this machine. So the Host of a request must be a name of ours, its Origin, where there is one, exactly
the address that it was sent to, and no answer may be framed. Behind a proxy Streamlit's own settings say what is ours:
`server.allowedHosts`, `server.corsAllowedOrigins`, `browser.serverAddress` and `browser.serverPort`.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from dashboard.server.login import has_login
from glyphlab_read.serve.guard import is_loopback

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, whatever the route."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_POLICY_VIOLATION = 1008


class Guard:
    """ASGI middleware that refuses strangers with 403 and adds HEADERS to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = reason_to_refuse(scope)
        if refusal is None:
            await self._app(scope, receive, send_guarded)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})  # before it is accepted: a 403
        else:
            await PlainTextResponse(refusal, 403)(scope, receive, send_guarded)


def reason_to_refuse(scope: Scope) -> str | None:
    """Return why a request comes from a stranger, with the remedy; None for one of ours."""
    headers = Headers(scope=scope)
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    address, port = scope.get("server") or (None, None)
    if _is_elsewhere(address) and not has_login():
        return "Nobody has to log in here, so that only this machine is answered. README, Who may use it, says more."
    if len(hosts) != 1 or not _is_ours(hosts[0], port):
        return (
            f"{', '.join(hosts)[:100]!r} is no address of this server. Open the one that it printed, or name this one "
            "by server.allowedHosts and its port by browser.serverPort."
        )
    if any(origin not in _origins(scope, hosts[0]) for origin in origins):
        return (
            f"A page of {', '.join(origins)[:100]!r} may not speak to this server. Open the address that it printed, "
            "or name the page's by server.corsAllowedOrigins."
        )
    return None


def _is_elsewhere(address: str | None) -> bool:
    """Say whether a request came in by an address that other machines can reach."""
    try:
        return address is not None and not ip_address(address).is_loopback
    except ValueError:
        return False  # the path of a socket in the file system


def _is_ours(host: str, port: int | None) -> bool:
    """Say whether a Host header is a name of this server with a port of it."""
    name, given = _split(host)
    if name is None:
        return False
    ports = {port, config.get_option("server.port"), config.get_option("browser.serverPort")}
    allowed = [each.strip().lower().rstrip(".") for each in config.get_option("server.allowedHosts") or ["*"]]
    named = any(each in ("*", name) or (each.startswith("*.") and name.endswith(each[1:])) for each in allowed)
    if name in _LOOPBACK or name == _own_address():
        return named and (given or 80) in ports  # Streamlit's WebSocket asks for the name, too
    return named and (given is None or given in {*ports, *_DEFAULT_PORTS.values()})


def _split(host: str) -> tuple[str | None, int | None]:
    """Return the name and the port of a Host header; no name where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None, None
    bare = f"[{name}]" if name and ":" in name else name
    if name is None or host.lower() not in (bare, f"{bare}:{port}"):
        return None, None  # a user, a path, a second port: more than a name
    return name.rstrip("."), port


def _own_address() -> str | None:
    address = config.get_option("server.address")
    return address.lower() if address and is_loopback(address) else None


def _origins(scope: Scope, host: str) -> set[str]:
    """Return the origins whose pages may send a request that came with this Host."""
    name, _ = _split(host)
    proxied = name not in _LOOPBACK
    own = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    schemes = ("http", "https") if proxied else (own,)  # a proxy speaks TLS for us
    found = {f"{scheme}://{host.lower()}" for scheme in schemes} | set(config.get_option("server.corsAllowedOrigins"))
    if config.is_manually_set("browser.serverAddress"):
        address, port = config.get_option("browser.serverAddress"), config.get_option("browser.serverPort")
        said = config.is_manually_set("browser.serverPort")
        for scheme, usual in _DEFAULT_PORTS.items():
            found |= {f"{scheme}://{address}:{port}"} if said else set()
            found |= {f"{scheme}://{address}"} if not said or port == usual else set()
    return found
