"""Addresses of tracking servers: checked before anything is sent, and never with a password in them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from engine.errors import TrackerError
from engine.labels import visible

KNOWN = "MLFLOW_TRACKING_URI"
"""The variable that names the only server to which the environment's login goes."""

LOGIN = "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
_PORTS = {"http": 80, "https": 443}


def known_address(environment: Mapping[str, str]) -> str:
    """Return the address that the environment names; empty where it may not be shown, or is none of HTTP."""
    try:
        return checked_address(environment.get(KNOWN, ""))
    except TrackerError:
        return ""


def checked_address(address: str) -> str:
    """Return an address without its last slash. Raises TrackerError where it is none, or holds a password."""
    try:
        parts = urlsplit(address.strip())
        valid = parts.scheme in _PORTS and parts.hostname and not (parts.query or parts.fragment) and parts.port != 0
    except ValueError:
        parts, valid = urlsplit(""), False
    if "@" in parts.netloc:
        raise TrackerError(
            f"The address of {parts.hostname!r} has a name or a password in it, which logs would show. Give it "
            f"without, and set {LOGIN} where Glyphlab is started."
        )
    if not valid:
        raise TrackerError(
            f"{visible(address)[:200]!r} is no address of a server: one begins with http:// or https:// and has "
            "nothing after ? or #. Give one such as http://localhost:5000."
        )
    return address.strip().rstrip("/")


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Return the scheme, the host and the port of an address; nothing of one that is none."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None
