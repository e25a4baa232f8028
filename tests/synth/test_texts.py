"""Texts keep to the rules of their source, and every source tells its longest text."""

import datetime
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from engine.config.recipe import Recipe
from engine.config.style import Style
from engine.config.text_sources import (
    AmountFormats,
    Amounts,
    CaseWeights,
    Characters,
    DateFormats,
    Dates,
    Digits,
    NumberFormats,
    Numbers,
    Pattern,
    TextSource,
    WordList,
    Words,
)
from engine.errors import ConfigError
from engine.synth.asset_resolver import AssetResolver
from engine.synth.assets import add_list
from engine.synth.samples import draw_sample
from engine.synth.texts import draw_text
from engine.workspace import Workspace

COUNT = 200


def texts(source: TextSource, assets: AssetResolver | None = None, count: int = COUNT) -> list[str]:
    assets = assets or AssetResolver()
    return [draw_text(source, lambda name, i=i: Random(f"{i}/{name}"), assets) for i in range(count)]


def only(formats: type, name: str):
    return formats(**{**dict.fromkeys(formats.model_fields, 0), name: 1})


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("bare", r"\d+\.\d{2}"),
        ("comma", r"\d{1,3}(,\d{3})*\.\d{2}"),
        ("point", r"\d{1,3}(\.\d{3})*,\d{2}"),
        ("space", r"\d{1,3}( \d{3})*,\d{2}"),
        ("apostrophe", r"\d{1,3}('\d{3})*\.\d{2}"),
    ],
)
def test_numbers_lie_between_their_bounds_in_their_format(name: str, form: str):
    source = Numbers(low=7, high=1_234_567, min_decimals=2, max_decimals=2, formats=only(NumberFormats, name))
    drawn = texts(source)
    whole = [int(re.sub(r"\D", "", text)) // 100 for text in drawn]
    assert all(re.fullmatch(form, text) for text in drawn)
    assert all(7 <= number <= 1_234_567 for number in whole)
    assert {len(str(number)) for number in whole} == set(range(1, 8))


def test_a_share_of_numbers_is_negative():
    drawn = texts(Numbers(negative=0.5))
    assert 0.3 < sum(text.startswith("-") for text in drawn) / COUNT < 0.7


def test_nothing_is_less_than_nothing():
    assert set(texts(Numbers(low=0, high=0, negative=1, formats=only(NumberFormats, "bare")))) == {"0"}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("iso", "%Y-%m-%d"),
        ("dots", "%d.%m.%Y"),
        ("slashes", "%d/%m/%Y"),
        ("american", "%m/%d/%Y"),
        ("short", "%d.%m.%y"),
        ("words", "%d %B %Y"),
        ("abbreviated", "%d %b %Y"),
        ("american_words", "%B %d, %Y"),
        ("chinese", "%Y年%m月%d日"),
        ("clock", "%H:%M"),
    ],
)
def test_dates_can_be_read_back(name: str, form: str):
    for text in texts(Dates(first_year=1999, last_year=2003, formats=only(DateFormats, name))):
        day = datetime.datetime.strptime(text, form)
        assert name == "clock" or 1999 <= day.year <= 2003


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("bare", r"[\d,]+\.\d\d"),
        ("comma", r"[\d.]+,\d\d"),
        ("dollar", r"\$[\d,]+\.\d\d"),
        ("pound", r"£[\d,]+\.\d\d"),
        ("euro", r"[\d.]+,\d\d €"),
        ("euro_first", r"€[\d,]+\.\d\d"),
        ("euro_code", r"EUR [\d,]+\.\d\d"),
        ("dollar_code", r"[\d,]+\.\d\d USD"),
        ("yen", r"¥[\d,]+"),
        ("yuan", r"[\d,]+\.\d\d元"),
    ],
)
def test_amounts_have_their_format(name: str, form: str):
    drawn = texts(Amounts(high=99_999, formats=only(AmountFormats, name)))
    assert all(re.fullmatch(form, text) for text in drawn)
    assert 0 < sum(bool(re.search(r"\d[.,]\d{3}", text)) for text in drawn) < COUNT


def test_words_have_marks_of_punctuation_and_sentences_begin_with_capitals():
    source = Words(min_words=4, max_words=9, max_length=80, alphabet="letters", punctuation=0.3)
    drawn = texts(source)
    marks = Counter(character for text in drawn for character in text if not character.isalpha() and character != " ")
    assert {",", ".", "(", ")", '"'} <= set(marks)
    assert marks["("] == marks[")"]
    assert 0.15 < sum(marks.values()) / sum(len(text.split()) for text in drawn) < 0.45
    followed = re.findall(r"[.?!] (.)", "\n".join(drawn))
    assert followed
    assert all(not letter.isalpha() or letter.isupper() for letter in followed)
    assert max(map(len, drawn)) <= source.max_length


def test_sentences_begin_with_the_capitals_of_their_language():
    case = CaseWeights(listed=0, lower=1)
    drawn = texts(Words(language="tr", min_words=4, max_words=6, max_length=60, case=case, punctuation=0.9))
    begun = {letter for text in drawn for letter in re.findall(r"[.?!] (.)", text)}
    assert "İ" in begun


@pytest.mark.parametrize(
    "source",
    [
        Words(max_words=3, max_length=12, case=CaseWeights(mixed=1)),
        Words(language="cn", min_words=2, max_words=5, spaces=False, max_length=5),
        Digits(max_length=3),
        Characters(max_length=4, symbols="#"),
        Pattern(pattern=r"(\d{2}|[A-F]{3}){1,3}"),
        Numbers(high=10**9, max_decimals=3, negative=0.5, formats=NumberFormats(comma=1, space=1)),
        *(Dates(formats=only(DateFormats, name)) for name in DateFormats.model_fields),
        *(Amounts(high=123_456, formats=only(AmountFormats, name)) for name in AmountFormats.model_fields),
    ],
    ids=lambda source: source.kind,
)
def test_no_text_is_longer_than_its_source_tells(source: TextSource):
    drawn = texts(source)
    assert max(map(len, drawn)) <= source.max_length
    assert all(text and text == text.strip() for text in drawn)


def test_mixed_case_writes_each_letter_either_way():
    drawn = texts(Words(alphabet="letters", case=CaseWeights(listed=0, mixed=1)))
    letters = "".join(drawn)
    assert 0.4 < sum(letter.isupper() for letter in letters) / len(letters) < 0.6


@pytest.fixture
def assets(tmp_path: Path) -> AssetResolver:
    return AssetResolver(Workspace(tmp_path))


def uploaded(tmp_path: Path, content: str, **rules) -> WordList:
    return WordList(asset=add_list(Workspace(tmp_path), content.encode(), "mine").id, **rules)


def test_lines_of_an_uploaded_list_are_taken_whole(tmp_path: Path, assets: AssetResolver):
    source = uploaded(tmp_path, "New York\r\n\n  Bad   Ems\nÅlesund\nUlm", max_length=9)
    assert set(texts(source, assets)) == {"New York", "Bad Ems", "Ålesund", "Ulm"}
    short = source.changed(max_length=4)
    assert set(texts(short, assets, 20)) == {"Ulm"}
    two = source.changed(min_words=2, max_words=2, max_length=20, alphabet="ascii")
    plain = ("New York", "Bad Ems", "Ulm")
    assert set(texts(two, assets)) == {f"{first} {second}" for first in plain for second in plain}


def test_words_of_an_uploaded_text_follow_one_another(tmp_path: Path, assets: AssetResolver):
    text = "one two three four\nfive six seven"
    source = uploaded(tmp_path, text, take="words", min_words=2, max_words=3, max_length=40)
    running = " ".join(text.split())
    drawn = texts(source, assets)
    assert all(f" {each} " in f" {running} " for each in drawn)
    assert {len(each.split()) for each in drawn} == {2, 3}


def test_a_list_that_nothing_fits_is_told(tmp_path: Path, assets: AssetResolver):
    with pytest.raises(ConfigError, match="the uploaded list"):
        texts(uploaded(tmp_path, "überlang", alphabet="letters"), assets, 1)


SELDOM = {
    "two German words": Words(language="de", min_words=2, max_words=2),
    "short English ones": Words(alphabet="letters", min_words=2, max_words=2, max_length=12),
    "six in fifteen characters": Words(language="de", min_words=5, max_words=6),
    "eight of one letter": Words(language="de", min_words=8, max_words=8),
    "in capitals": Words(language="de", min_words=4, max_words=4, case=CaseWeights(listed=0, upper=1)),
    "in mixed case": Words(language="de", min_words=4, max_words=4, case=CaseWeights(listed=0, mixed=1)),
    "without spaces": Words(language="de", min_words=6, max_words=6, spaces=False, max_length=12),
}


@pytest.mark.parametrize("source", SELDOM.values(), ids=SELDOM)
def test_texts_that_seldom_fit_are_found(source: Words):
    drawn = texts(source, count=40)
    assert max(map(len, drawn)) <= source.max_length
    assert len(set(drawn)) > 20
    if source.spaces:
        assert {len(text.split()) for text in drawn} <= set(range(source.min_words, source.max_words + 1))


def test_each_text_that_fits_is_as_likely_as_the_others(tmp_path: Path, assets: AssetResolver):
    source = uploaded(tmp_path, "a\nb\ncc\n" + "\n".join(["longer"] * 400), min_words=2, max_words=2, max_length=4)
    counts = Counter(texts(source, assets, 1600))
    expected = {"a a", "a b", "b a", "b b", "a cc", "b cc", "cc a", "cc b"}
    assert set(counts) == expected
    assert 130 < min(counts.values()) <= max(counts.values()) < 280


def test_words_in_a_row_that_seldom_fit_are_found(tmp_path: Path, assets: AssetResolver):
    text = " ".join([*["interminable"] * 900, "so", "it", "is", *["interminable"] * 900])
    source = uploaded(tmp_path, text, take="words", min_words=2, max_words=3, max_length=9)
    assert set(texts(source, assets, 60)) == {"so it", "it is", "so it is"}


@pytest.mark.parametrize(
    ("content", "rules", "reason"),
    [
        (
            "überlang\nÄrger",
            {"alphabet": "letters"},
            "of the 2 words of the uploaded list none keeps to the alphabet 'letters'",
        ),
        ("four\nfives", {"min_words": 2, "max_words": 3, "max_length": 8}, "shortest 2 words .* 9 characters, and 8"),
        ("a bbbbbb a", {"take": "words", "min_words": 2, "max_words": 2, "max_length": 5}, "have 8 characters, and 5"),
        ("a b", {"take": "words", "min_words": 3, "max_words": 3}, "no 3 words in a row"),
        ("a é b", {"take": "words", "min_words": 2, "max_words": 2, "alphabet": "ascii"}, "no 2 words in a row"),
        ("ß", {"max_length": 1, "case": CaseWeights(listed=0, upper=1)}, "shortest 1 word .* 2 characters, and 1"),
        ("e\u0301\u0323\u0302x\u0302", {}, "none keeps to the alphabet 'any' and can be drawn"),
    ],
)
def test_why_nothing_fits_is_told_truly(tmp_path: Path, assets: AssetResolver, content: str, rules: dict, reason: str):
    with pytest.raises(ConfigError, match=reason):
        texts(uploaded(tmp_path, content, **rules), assets, 1)


def test_texts_that_must_be_cut_are_drawn_however_few_words_there_are(tmp_path: Path, assets: AssetResolver):
    content = "\n".join([*["überlang"] * 9000, "abcdefgh"])
    source = uploaded(tmp_path, content, alphabet="letters", cut=True, max_length=5, min_words=2, max_words=2)
    assert set(texts(source, assets, 3)) == {"abcde"}


def test_a_pattern_that_is_nearly_always_blank_is_drawn():
    assert set(texts(Pattern(pattern="(" + " |" * 150 + "x)"), count=20)) == {"x"}


def test_the_few_words_of_a_list_that_a_font_has_are_drawn(tmp_path: Path, assets: AssetResolver):
    source = uploaded(tmp_path, "\n".join([*["Ж"] * 150, "word"]))
    recipe = Recipe(texts=(source,), looks=(Style(fonts=("latin/Aller_Rg",)),))
    assert {draw_sample(recipe, 0, index, assets=assets).label for index in range(4)} == {"word"}


def test_without_a_workspace_nothing_uploaded_is_found(tmp_path: Path):
    with pytest.raises(ConfigError, match="Name the workspace"):
        texts(uploaded(tmp_path, "word"), AssetResolver(), 1)
