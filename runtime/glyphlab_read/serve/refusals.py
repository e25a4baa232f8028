"""Refusals of the server: a status, and a sentence with the value, the rule and the remedy, as RFC 9457 has it.

Every answer with a status of 400 or more is one of these. This module knows no route.
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """The refusal of a request.

    Attributes:
        status: of HTTP, 400 or more.
        name: of the kind of problem, for programs and metrics: a few lower-case words joined by hyphens.
        detail: the sentence.
        headers: of the answer.
    """

    def __init__(self, status: int, name: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.name, self.detail = status, name, detail
        self.headers = dict(headers or {})

    def plain(self) -> dict[str, str | int]:
        """Return it as JSON types."""
        title = HTTPStatus(self.status).phrase
        return {"type": "about:blank", "title": title, "status": self.status, "code": self.name, "detail": self.detail}

    def response(self) -> JSONResponse:
        """Return it as an answer."""
        return JSONResponse(self.plain(), self.status, self.headers, media_type=MEDIA_TYPE)


def busy(detail: str) -> Refusal:
    """Return the refusal of a request that may come again in a second."""
    return Refusal(429, "busy", f"{detail} Try again in a second.", {"Retry-After": "1"})
