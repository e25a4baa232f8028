"""YAML, JSON and XML that somebody made to harm: refused in a sentence, quickly; what tools write is read as before."""

import itertools
import json
import os
import resource
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.config.recipe import Recipe
from engine.errors import ConfigError
from engine.files import read_json
from engine.parsing import parse_settings, parse_unique_json, parse_xml, parse_yaml
from glyphlab_read.parsing import ParseFault, parse_json, read_regular

_LETTERS = "abcdefghij"
_LONG = "x" * 9999
_LAUGHS = (
    "a: &a ["
    + ",".join("x" * 9)
    + "]\n"
    + "".join(f"{own}: &{own} [{','.join([f'*{below}'] * 9)}]\n" for below, own in itertools.pairwise(_LETTERS))
)
_MERGES = _LAUGHS.replace("[x,x,x,x,x,x,x,x,x]", "{k: v}").replace(" [*", " {<<: [*").replace("]\n", "]}\n")
HOSTILE_YAML = {
    "billion laughs": (_LAUGHS, "50,000 values"),
    "quadratic aliases": (f"a: &a [{'x,' * 9000}]\nb: [{'*a,' * 9000}]", "50,000 values"),
    "merges of merges": (_MERGES, "values"),
    "a list in itself": ("&a [*a]", "nothing that is complete"),
    "a merge of itself": ("a: &a {<<: *a}", "nothing that is complete"),
    "digits": ("seed: " + "1" * 5000, "5,000 digits"),
    "hexadecimal digits": ("seed: 0x" + "f" * 100_000, "digits"),
    "digits to the base of sixty": ("seed: " + ":".join(["59"] * 100_000), "digits"),
    "digits of a fraction": ("seed: " + ":".join(["59"] * 300) + ".5", "digits"),
    "digits in quotes, said to be a number": (f'seed: !!int "{"1" * 5000}"', "digits"),
    "brackets": ("[" * 200_000, "100 deep"),
    "braces": ("{a: " * 50_000, "100 deep"),
    "dashes": ("- " * 100_000, "100 deep"),
    "indents": ("".join(f"{' ' * depth}a:\n" for depth in range(500)), "100 deep"),
    "many values": (f"[{'a,' * 200_000}]", "50,000 values"),
    "many directives": ("".join(f"%TAG !{n}! tag:x:\n" for n in range(20_000)) + "--- a", "begin with %"),
    "directives after other line ends": ("\u2028".join(f"%TAG !{n}! tag:x:" for n in range(20_000)), "begin with %"),
    "many documents": ("---\n" * 100_000, "several documents"),
    "size": ("a: " + "b" * 1_000_001, "1 MB"),
    "a key twice": ("seed: 1\nseed: 2", "'seed' is given twice (line 2)"),
    "a class of Python": ("!!python/object:os.system {}", "python/object"),
    "half a character": ("a: \ud800", "surrogates"),
    "NUL": ("a: \0", "control characters"),
}  # fmt: off
HOSTILE_JSON = {
    "digits": (b"[" + b"1" * 5000 + b"]", "number"),
    "fewer digits": (b"[" + b"1" * 101 + b"]", "101 digits"),
    "nesting": (b"[" * 1_000_000, "recursion"),
    "nested objects": (b'{"a":' * 100_000, "recursion"),
    "many lists": (b"[" + b"[]," * 10_000_000 + b"0]", "10,000,000 lists"),
    "a key twice": (b'{"a": 1, "b": 2, "a": 3}', "'a' is given twice"),
    "half a character": (b'["\\ud800"]', "escape"),
    "bytes that are no text": (b'["\xff\xfe\xfd"]', "utf-8"),
}
HOSTILE_XML = {
    "entities": ('<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><a>&b;</a>', "entities"),
    "a file": ('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>', "entities"),
    "attributes of each element": (
        '<!DOCTYPE a [<!ATTLIST b c CDATA "' + "x" * 9999 + '">]><a>' + "<b/>" * 9999 + "</a>",
        "attributes",
    ),
    "nesting": ("<a>" * 20_000 + "</a>" * 20_000, "100 deep"),
    "many elements": ("<a>" + "<b/>" * 300_001 + "</a>", "tags"),
    "many attributes": ("<a " + " ".join(f"a{n}=''" for n in range(500_001)) + "/>", "attributes"),
    "no encoding that is known": ('<?xml version="1.0" encoding="rot13"?><a/>', "encoding"),
}


@pytest.mark.parametrize(("text", "words"), HOSTILE_YAML.values(), ids=HOSTILE_YAML)
def test_hostile_yaml_is_refused_as_a_recipe(text: str, words: str):
    with pytest.raises(ConfigError) as caught:
        Recipe.from_yaml(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(("content", "words"), HOSTILE_JSON.values(), ids=HOSTILE_JSON)
def test_hostile_json_is_refused(content: bytes, words: str):
    with pytest.raises(ParseFault, match=words):
        parse_unique_json(content)


@pytest.mark.parametrize(("content", "words"), HOSTILE_XML.values(), ids=HOSTILE_XML)
def test_hostile_xml_is_refused(content: str, words: str):
    with pytest.raises(ParseFault, match=words):
        parse_xml(content.encode())


def test_a_recipe_of_faults_alone_tells_the_first_of_them():
    with pytest.raises(ConfigError) as caught:
        Recipe.from_yaml("".join(f"unknown{number}: 1\n" for number in range(10_000)))
    assert str(caught.value).count("\n") == 20
    assert str(caught.value).endswith("And 9,980 faults more.")


_SCALARS = st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False) | st.text(max_size=20)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_what_was_written_as_yaml_or_json_is_read_as_it_was(values: object):
    assert parse_yaml(yaml.safe_dump(values)) == values
    assert parse_json(json.dumps(values, ensure_ascii=False)) == values
    assert parse_settings(json.dumps([values])) == [values]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_is_read_in_the_encodings_of_json(encoding: str):
    assert parse_json('{"é": ["ü", 1]}'.encode(encoding)) == {"é": ["ü", 1]}


def test_what_people_write_by_hand_is_read():
    shared = "base: &base {height: 32}\nlooks: [*base, {<<: *base, width: 100}]"
    assert parse_settings(shared)["looks"] == [{"height": 32}, {"height": 32, "width": 100}]
    assert parse_settings("{height: 32, name: 2024-01-01}") == {"height": 32, "name": "2024-01-01"}
    assert parse_settings("\ufeffa: yes") == {"a": True}


def test_a_document_type_that_declares_nothing_is_read():
    assert parse_xml(b'<!DOCTYPE a SYSTEM "http://example.test/a.dtd"><a><b/></a>').tag == "a"


def test_a_pipe_a_link_and_a_folder_are_no_files(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_regular(tmp_path / "file", 10) == b"{}"
    for name in ("pipe", "link", ".", "missing"):
        with pytest.raises((OSError, ValueError)):
            read_json(tmp_path / name)
    with pytest.raises(ValueError, match="over"):
        read_regular(tmp_path / "file", 1)


def test_hostile_text_takes_little_memory():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for text, _ in HOSTILE_YAML.values():
        with pytest.raises(ParseFault):
            parse_settings(text)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
