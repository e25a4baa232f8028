"""Patterns: what they stand for is what `re` says they do, faults name their place, and none runs away."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.patterns import LONGEST, alphabet, longest, parse
from engine.config.text_sources import Pattern
from engine.errors import ConfigError
from engine.synth.texts import draw_pattern

SOUND = [
    r"[A-Z]{3}-\d{4}",
    r"(ab|c[de]?){1,3}x",
    r"\w{2,5}@\w{2,8}\.(com|org)",
    r"[\d\-\]]{4}",
    r"a?b?c?d",
    r"[-x][x-]",
    r"\$\d{1,3}\.\d{2}|\(\d{2}\)",
    r"((a|b)|(c|d)){4}",
    "京[A-Z]·[A-Z0-9]{5}",
]


@pytest.mark.parametrize("pattern", SOUND)
def test_every_text_of_a_pattern_matches_it(pattern: str):
    part, stream = parse(pattern), Random(1)
    texts = [draw_pattern(part, stream) for _ in range(300)]
    for text in texts:
        assert re.fullmatch(pattern, text), text
        assert len(text) <= longest(part)
        assert set(text) <= alphabet(part)
    assert max(map(len, texts)) == longest(part)
    assert set("".join(texts)) == alphabet(part)


@pytest.mark.parametrize(
    ("pattern", "place", "words"),
    [
        ("a*", 2, "'*' has no end; write {0,8}"),
        ("a+", 2, "{1,8}"),
        ("a{2,}", 5, "a number from 0 to 100"),
        ("a{3", 4, "{n} or {m,n}"),
        ("a{101}", 6, "0 to 100"),
        ("a{4,2}", 7, "smaller number first"),
        ("a{0}", 5, "stands for nothing"),
        ("a??", 3, "said twice"),
        ("[", 2, "not closed"),
        ("[]", 3, "empty"),
        ("[^a]", 2, "shut out"),
        ("[z-a]", 5, "from 'z' to 'a'"),
        ("[\x00-\U0010ffff]", 2, "shows nothing"),
        ("(a", 3, "write )"),
        ("a)", 2, "closes nothing"),
        ("()", 2, "nothing stands here"),
        ("a|", 3, "nothing stands here"),
        ("a.b", 2, r"write \."),
        ("^a", 1, "whole text"),
        ("a$", 2, r"\$ for a dollar"),
        ("\\", 2, "lone"),
        (r"\s", 2, r"\d and \w do"),
        ("a\u0301", 2, "shows nothing by itself"),
        ("\u212b", 1, "write 'Å'"),
        ("(" * 9 + "a" + ")" * 9, 10, "8 deep"),
    ],
)
def test_a_fault_names_its_place_and_the_remedy(pattern: str, place: int, words: str):
    with pytest.raises(ValueError, match=f"character {place}:") as caught:
        parse(pattern)
    assert words in str(caught.value)


@pytest.mark.parametrize("pattern", ["a{101}", "(a{50}){3}", "((a{10}){10}){2}", "((((a?){9}){9}){9}){9}"])
def test_no_pattern_stands_for_more_than_a_line(pattern: str):
    with pytest.raises(ValueError, match="100"):
        parse(pattern)


@given(st.text(alphabet=r"ab\d[]-(){}|?^$.*+,1290", max_size=30))
def test_any_text_is_parsed_or_refused_and_what_is_parsed_is_bounded(pattern: str):
    try:
        part = parse(pattern)
    except ValueError:
        return
    assert 1 <= longest(part) <= LONGEST
    assert len(draw_pattern(part, Random(0))) <= longest(part)


def test_a_source_says_what_is_wrong_with_its_pattern():
    with pytest.raises(ConfigError, match="character 2"):
        Pattern.parse({"pattern": "a*"})
    with pytest.raises(ConfigError, match="spaces alone"):
        Pattern.parse({"pattern": " {3}"})
    assert Pattern(pattern=r"[A-Z]{3}-\d{4}").max_length == 8
