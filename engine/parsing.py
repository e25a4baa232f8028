"""Bounded reading of settings and XML that people bring: within a second, or refused with what is wrong with it.

A text of a few hundred bytes can ask for hours of work (aliases of aliases, numbers of thousands of digits, nesting
without end). Everything that came from elsewhere is read here, and plain files and JSON by `glyphlab_read.parsing`; the
callers, who know what it should have been, add the remedy. This module knows no setting and no format of labels.
"""

import json
import re
from collections.abc import Callable, Hashable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import yaml
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from yaml.constructor import SafeConstructor

from glyphlab_read.parsing import BOM, ParseFault, parse_json

MAX_SETTINGS_BYTES = 64_000_000  # of JSON: an edit of a million labels
MAX_XML_BYTES = 20_000_000
_MAX_YAML_BYTES = 1_000_000  # a recipe has a few thousand
_MAX_YAML_VALUES = 50_000  # aliases counted for all that they stand for
_MAX_TAGS = 300_000  # of XML, start and end: a photo of 20,000 regions has 240,000
_MAX_ATTRIBUTES = 500_000
_MAX_DEPTH = 100
_MAX_DIGITS = 100  # of a number
_MAX_DIRECTIVES = 10  # lines of YAML that begin with %, which are compared with each other
_DIRECTIVE = re.compile("(?:^|[\n\r\x85\u2028\u2029])%")


def parse_settings(text: str) -> Any:
    """Return the values of a YAML or JSON text. A key that is given twice is a fault, as neither value is meant more.

    Raises:
        ParseFault: it is neither, or over a limit.
    """
    if text.lstrip(f"{BOM} \t\r\n")[:1] in ("{", "["):
        try:
            return parse_unique_json(text)
        except ParseFault:
            if len(text) > _MAX_YAML_BYTES:  # else it may be YAML, which has braces, too
                raise
    return parse_yaml(text)


def parse_unique_json(content: bytes | str) -> Any:
    """Return the values of a JSON text that has no key twice and no integer of over 100 digits. Raises ParseFault."""
    parse_json(content, MAX_SETTINGS_BYTES)  # bounds its size and nesting
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    return json.loads(text.removeprefix(BOM), object_pairs_hook=_unique, parse_int=_integer)


def parse_yaml(text: str) -> Any:
    """Return the values of a YAML text as JSON types; dates are texts. Raises ParseFault."""
    text = text.removeprefix(BOM)
    if len(text) > _MAX_YAML_BYTES:
        raise ParseFault(f"it has over {_MAX_YAML_BYTES / 1e6:.0f} MB, which is more than is read as YAML")
    if len(_DIRECTIVE.findall(text)) > _MAX_DIRECTIVES:
        raise ParseFault(f"it has over {_MAX_DIRECTIVES} lines that begin with %")
    try:
        _Bounds().check(yaml.parse(text, yaml.CSafeLoader))
        return yaml.load(text, _JsonTypes)  # a SafeLoader that makes less  # noqa: S506
    except yaml.MarkedYAMLError as error:
        raise ParseFault(f"{error.problem or error.context}{_line(error.problem_mark)}") from None
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise ParseFault(" ".join(str(error).split())[:200]) from None


def parse_json_as_written(text: str, make_object: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    """Return the values of a JSON text, numbers as the texts that they are written in.

    Args:
        text: the text.
        make_object: what to make of an object, given its pairs, of which two may have one key.

    Raises:
        ParseFault: as `parse_json` does.
    """
    parse_json(text)  # bounds its size, nesting and digits
    text = text.removeprefix(BOM)
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=make_object)


def parse_xml(content: bytes) -> Element:
    """Return the root of an XML text. No entity is followed, and no declaration adds attributes.

    Raises:
        ParseFault: it is no XML, or over a limit.
    """
    if len(content) > MAX_XML_BYTES or content.count(b"<") > _MAX_TAGS or content.count(b"=") > _MAX_ATTRIBUTES:
        raise ParseFault(
            f"it has over {MAX_XML_BYTES / 1e6:.0f} MB, {_MAX_TAGS:,} tags or {_MAX_ATTRIBUTES:,} attributes"
        )
    parser = DefusedXMLParser(target=TreeBuilder())
    parser.parser.AttlistDeclHandler = _refuse_declared_attributes
    try:
        parser.feed(content)
        root = parser.close()
    except DefusedXmlException as error:
        raise ParseFault(f"{type(error).__name__}: entities are not followed") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise ParseFault(str(error)[:200]) from None
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return root
    raise ParseFault(f"its elements are nested more than {_MAX_DEPTH} deep")


def _refuse_declared_attributes(*_: object) -> None:
    raise ParseFault("it declares attributes of elements")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ParseFault(f"{next(key for key in keys if keys.count(key) > 1)[:60]!r} is given twice")
    return values


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ParseFault(f"a number of {len(digits):,} digits, which is over {_MAX_DIGITS}")
    return int(digits)


def _line(mark: Any) -> str:
    return "" if mark is None else f" (line {mark.line + 1})"


class _Bounds:
    """Count of what a YAML text stands for, along its events, so that nothing is built before it is known to fit."""

    def __init__(self) -> None:
        self._open: list[tuple[str | None, set[Hashable] | None]] = []  # anchor; keys, of a mapping
        self._sizes = [0]  # values below each open node
        self._parts = [0]  # children of each open node
        self._anchored: dict[str, int] = {}

    def check(self, events: Iterator[Any]) -> None:
        """Raises ParseFault at the first event that is beyond a limit, or at a key that is given twice."""
        documents = 0
        for event in events:
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise ParseFault(f"it holds several documents{_line(event.start_mark)}")
            if isinstance(event, yaml.CollectionStartEvent):
                self._enter(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                anchor, _ = self._open.pop()
                self._parts.pop()
                self._add(anchor, self._sizes.pop() + 1, event)
            elif isinstance(event, yaml.NodeEvent):
                self._leaf(event)

    def _enter(self, event: Any) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise ParseFault(f"it is nested more than {_MAX_DEPTH} deep{_line(event.start_mark)}")
        self._open.append((event.anchor, set() if isinstance(event, yaml.MappingStartEvent) else None))
        self._sizes.append(0)
        self._parts.append(0)

    def _leaf(self, event: Any) -> None:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchored:
                raise ParseFault(f"*{event.anchor} stands for nothing that is complete{_line(event.start_mark)}")
            self._add(None, self._anchored[event.anchor], event)
            return
        keys = self._open[-1][1] if self._open else None
        if keys is not None and self._parts[-1] % 2 == 0:
            if event.value in keys:
                raise ParseFault(f"{event.value[:60]!r} is given twice{_line(event.start_mark)}")
            keys.add(event.value)
        self._add(event.anchor, 1, event)

    def _add(self, anchor: str | None, size: int, event: Any) -> None:
        self._sizes[-1] += size
        self._parts[-1] += 1
        if self._sizes[-1] > _MAX_YAML_VALUES:
            raise ParseFault(f"it stands for over {_MAX_YAML_VALUES:,} values{_line(event.start_mark)}")
        if anchor is not None:
            self._anchored[anchor] = size


class _JsonTypes(yaml.CSafeLoader):
    """Loader that makes JSON's types alone."""


def _number(kind: str) -> Any:
    make = SafeConstructor.yaml_constructors[f"tag:yaml.org,2002:{kind}"]

    def bounded(loader: Any, node: Any) -> Any:
        if len(str(node.value)) > _MAX_DIGITS:
            found = f"a number of {len(node.value):,} digits, which is over {_MAX_DIGITS}"
            raise yaml.constructor.ConstructorError(None, None, found, node.start_mark)
        return make(loader, node)

    return bounded


def _text(loader: Any, node: Any) -> str:
    return str(loader.construct_scalar(node))


_TAG = "tag:yaml.org,2002:"
_JsonTypes.yaml_constructors = {
    **{f"{_TAG}{kind}": SafeConstructor.yaml_constructors[f"{_TAG}{kind}"] for kind in ("null", "bool", "map", "seq")},
    **{f"{_TAG}{kind}": _number(kind) for kind in ("int", "float")},
    **{f"{_TAG}{kind}": _text for kind in ("str", "timestamp")},
    None: SafeConstructor.construct_undefined,
}
