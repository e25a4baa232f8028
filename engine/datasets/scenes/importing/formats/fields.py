"""The field of a region that holds its text, where a format leaves that to its users."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.datasets.scenes.importing.formats.base import IGNORE_WORDS
from engine.errors import SourceError
from engine.sources.questions import ImportQuestion, Remedy

_TEXTS = ("utf8_string", "transcription", "transcript", "rec_text", "text", "ocr", "word", "content", "string", "value")
NO_TEXT = "none"
"""In place of a field, where none of them holds texts."""

_NEVER = ("id", "color", "colour", "confidence", "score", "area", "iscrowd", "language", "script", "legibility")
_LANGUAGES = ("language", "lang", "script")
_YES = ("true", "1", "yes", "on")
_MOST = 3  # different values of a field over many regions that make it a class
_MANY = 8
_SHOWN = 8  # fields that a question names


def text_field(regions: Iterable[Mapping[str, Any]], wanted: str) -> str:
    """Return the field that holds texts; empty where none does.

    Args:
        regions: the fields of each region of the source.
        wanted: the field that the user named, or NO_TEXT; empty: the one that is named as texts are, or else the only
            one that says something else for each region.

    Raises:
        SourceError: there are several, or the one that is wanted is not there.
    """
    known = list(regions)
    total, values = len(known), _values(known)
    if wanted == NO_TEXT and wanted not in values:
        return ""
    if wanted:
        if total and wanted not in values:
            raise SourceError(f"text_field: {wanted!r} was given. Regions have {_listed(values)}. Choose one of these.")
        return wanted
    found = {name: texts for name, texts in values.items() if texts}
    named = [name for known in _TEXTS for name in found if name.strip().casefold() == known]
    if len(named) == 1:
        return named[0]
    others = named or [name for name in found if not _is_told_otherwise(name, found[name], total)]
    if len(others) > 1 or (others and not named and total < _MANY):
        raise ImportQuestion(
            f"Texts may be in {_listed(others)} of the regions. Say which:",
            [
                *(Remedy(f"the text is in {name!r}", "text_field", name) for name in others[:_SHOWN]),
                Remedy("no text is known", "text_field", NO_TEXT),
            ],
        )
    return others[0] if others else ""


def named_text(fields: Mapping[str, str]) -> str | None:
    """Return the field of one region that is named as texts are; None where none is."""
    by_name = {name.strip().casefold(): value for name, value in fields.items()}
    return next((by_name[name] for name in _TEXTS if by_name.get(name, "").strip()), None)


def _values(regions: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return the different texts in each field."""
    values: dict[str, set[str]] = {}
    for fields in regions:
        for name, value in fields.items():
            texts = values.setdefault(name, set())
            if isinstance(value, str) and value.strip():
                texts.add(value)
    return values


def is_marked(fields: Mapping[str, Any]) -> bool:
    """Say whether a field says that a region does not count: one named ignore, illegible or difficult that is on."""
    for name, value in fields.items():
        on = value if isinstance(value, bool) else str(value).strip().casefold() in _YES
        key = name.strip().casefold()
        if (key in IGNORE_WORDS and on) or (key in ("legible", "readable") and _is_off(value)):
            return True
        if key in ("legibility", "type", "class", "state") and str(value).strip().casefold() in IGNORE_WORDS:
            return True
    return False


def kind_of(fields: Mapping[str, Any]) -> str | None:
    """Return what the fields call the class of a region, if they do."""
    return next((fields[key] for key in ("level", "class", "type") if isinstance(fields.get(key), str)), None)


def language_of(fields: Mapping[str, Any]) -> Any:
    """Return what the fields call the language or script of a region, if they do."""
    by_name = {name.strip().casefold(): value for name, value in fields.items()}
    return next((by_name[name] for name in _LANGUAGES if by_name.get(name)), None)


def _is_off(value: Any) -> bool:
    return value is False or str(value).strip().casefold() in ("false", "0", "no", "off")


def _is_told_otherwise(name: str, texts: set[str], total: int) -> bool:
    """Say whether a field holds something else than texts: a mark, a class or a number of each region."""
    key = name.strip().casefold()
    flags = {text.strip().casefold() for text in texts} <= {*_YES, "false", "0", "no", "off"}
    return key in _NEVER or key in IGNORE_WORDS or flags or (len(texts) <= _MOST and total >= _MANY)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, list(names)[:_SHOWN])) or "no fields"
