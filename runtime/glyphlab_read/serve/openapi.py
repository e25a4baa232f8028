"""Description of the routes in OpenAPI 3.1, with the limits of the server that gives it."""

from typing import Any

import glyphlab_read
from glyphlab_read.reading.onnx_network import WIDEST_BEAM
from glyphlab_read.serve.bodies import FIELD, FORM, RAW_TYPES
from glyphlab_read.serve.limits import ServerLimits
from glyphlab_read.serve.refusals import MEDIA_TYPE
from glyphlab_read.serve.requests import KINDS

_Schema = dict[str, Any]

_SHARE: _Schema = {"type": "number", "minimum": 0, "maximum": 1}
_COUNT: _Schema = {"type": "integer", "minimum": 0}
_TEXT: _Schema = {"type": "string"}

_REFUSALS = {
    "400": "The body is damaged or was cut short.",
    "401": "The token is missing or another one.",
    "403": "The request came by a foreign name or from the page of another site.",
    "404": "No model has this id.",
    "408": "The body took too long.",
    "413": "A file, the request, an image's pixels or the number of images is over a limit.",
    "415": "The body is of another media type.",
    "422": "A setting is wrong, or an image cannot be opened or read.",
    "429": "Too much is being worked on: come again after the seconds in Retry-After.",
}


def description(limits: ServerLimits) -> dict[str, Any]:
    """Return the description as JSON types."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Glyphlab reader",
            "version": glyphlab_read.__version__,
            "description": "Reads words and whole photos. Images stay in memory and are forgotten with the answer.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/v1/read": {"post": _read(limits)},
            "/v1/models": {"get": _get("models", "The models that read", _ref("Models"), ("401", "403"))},
            "/healthz": {"get": _get("health", "Whether the server lives", _ref("Status"), ("403",), False)},
            "/readyz": {"get": _get("ready", "Whether it takes requests", _ref("Status"), ("403", "503"), False)},
            "/metrics": {"get": _metrics()},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The token the server was started with."}
            },
        },
        "security": [{"token": []}, {}],
    }


def _read(limits: ServerLimits) -> _Schema:
    binary: _Schema = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "properties": {FIELD: {"type": "array", "items": binary, "minItems": 1, "maxItems": limits.images}},
        "required": [FIELD],
        "additionalProperties": False,
    }
    bodies: _Schema = {FORM: {"schema": form}} | {kind: {"schema": binary} for kind in RAW_TYPES}
    return {
        "operationId": "read",
        "summary": "Read images",
        "description": (
            f"One image as the body, or several as parts named {FIELD} of a form: PNG, JPEG, WebP, BMP or TIFF. At "
            f"most {limits.images} images of {limits.image_bytes / 1e6:g} MB and {limits.pixels / 1e6:g} million "
            f"pixels each, {limits.body_bytes / 1e6:g} MB together. If one is refused, all are."
        ),
        "parameters": [
            _parameter("kind", "What images show; auto: told by their size.", {"enum": list(KINDS), "default": "auto"}),
            _parameter(
                "beam",
                "Texts that are followed at once, for candidates of words; 0: greedy, the fastest, without any.",
                {"type": "integer", "minimum": 0, "maximum": WIDEST_BEAM, "default": 0},
            ),
            _parameter("model", "The id of a model; without one the first is meant.", {"type": "string"}),
        ],
        "requestBody": {"required": True, "content": bodies},
        "responses": {"200": _answer("What they say, in their order", _ref("Answer")), **_refused(*_REFUSALS)},
    }


def _get(name: str, summary: str, schema: _Schema, refusals: tuple[str, ...], guarded: bool = True) -> _Schema:
    found: _Schema = {
        "operationId": name,
        "summary": summary,
        "responses": {"200": _answer(summary, schema), **_refused(*refusals)},
    }
    return found if guarded else {**found, "security": []}


def _metrics() -> _Schema:
    text = {"description": "In Prometheus' text format", "content": {"text/plain": {"schema": _TEXT}}}
    return {
        "operationId": "metrics",
        "summary": "Counts and times",
        "responses": {"200": text, **_refused("401", "403")},
    }


def _parameter(name: str, text: str, schema: _Schema) -> _Schema:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _answer(text: str, schema: _Schema) -> _Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _refused(*statuses: str) -> _Schema:
    texts = {**_REFUSALS, "503": "The server is closing."}
    content = {MEDIA_TYPE: {"schema": _ref("Problem")}}
    return {status: {"description": texts[status], "content": content} for status in statuses}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: _Schema) -> _Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: _Schema) -> _Schema:
    return {"type": "array", "items": items}


def _schemas() -> _Schema:
    image = {"name": _TEXT, "width": _COUNT, "height": _COUNT, "text": _TEXT, "confidence": _SHARE}
    corner = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    quad = {"type": "array", "items": corner, "minItems": 4, "maxItems": 4}
    quad["description"] = "Corners in px of the image as it was sent, clockwise, the first where reading starts."
    direction = {"enum": ["ltr", "rtl", "ttb"]}
    turned = {"type": "integer", "minimum": 0, "maximum": 3}
    turned["description"] = "Quarter turns clockwise that made the photo upright before it was read."
    skew = {"type": "integer", "minimum": -90, "maximum": 90}
    skew["description"] = "Degrees clockwise at which the text runs, where a level view of it was read; 0: as it lies."
    nullable = {"type": ["string", "null"]}
    return {
        "Answer": _object(model=_TEXT, seconds={"type": "number"}, images=_list(_ref("Image"))),
        "Image": {"oneOf": [_ref("WordImage"), _ref("PhotoImage")]},
        "WordImage": _object(
            **image,
            kind={"const": "word"},
            characters=_list(_ref("Character")),
            candidates=_list(_ref("Candidate")),
            blank={"type": "boolean", "description": "Whether nothing is to be seen in it."},
            skew=skew,
        ),
        "PhotoImage": _object(
            **image,
            kind={"const": "photo"},
            turned=turned,
            blocks={**_list(_ref("Block")), "description": "In reading order, as the lines and words in them."},
        ),
        "Character": _object(char=_TEXT, confidence=_SHARE, start=_SHARE, end=_SHARE),
        "Candidate": _object(text=_TEXT, probability=_SHARE),
        "Block": _object(lines=_list(_ref("Line"))),
        "Line": _object(direction=direction, words=_list(_ref("Word"))),
        "Word": _object(text=_TEXT, confidence=_SHARE, quad=quad),
        "Models": _object(models=_list(_ref("Model"))),
        "Model": _object(
            id=_TEXT,
            run=_TEXT,
            step=_COUNT,
            created=_TEXT,
            charset=_TEXT,
            decoder={"enum": ["ctc", "attention"]},
            max_length=_COUNT,
            height=_COUNT,
            max_width=_COUNT,
            locator=nullable,
        ),
        "Status": _object(status=_TEXT),
        "Problem": _object(
            type=_TEXT, title=_TEXT, status={"type": "integer"}, code=_TEXT, detail={"type": "string", "minLength": 1}
        ),
    }
