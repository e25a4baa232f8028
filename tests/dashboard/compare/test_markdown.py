"""Markdown of reports: foreign text stays text under a real parser, and what needs no escape has none."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboard.compare.report.tables import markdown_text
from engine.labels import visible

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKS = st.text(st.sampled_from("ab 01.)-+*_~`[]()<>|!&;#$@:\\/=\"'{}"), min_size=1, max_size=12)


def shown(markdown: str) -> str:
    """Return the text of a page made of Markdown, with tags that a parser made of it."""
    return html.unescape(re.sub(r"</?(ul|li|table|thead|tbody|tr|th|td|p)( [^>]*)?>|\n", "", PARSER.render(markdown)))


@given(MARKS)
@example("1990.")
@example("\\_a\\")
@example("&amp; <b> &#35;")
@example("~~a~~ __b__ **c**")
def test_any_text_is_shown_as_it_is_in_lists_and_tables(text: str):
    seen = visible(text).strip()
    if seen:
        assert shown(f"- {markdown_text(seen)}") == seen
        assert shown(f"| a | b |\n| --- | --- |\n| {markdown_text(seen)} | end |") == f"ab{seen}end"


@pytest.mark.parametrize(
    "text",
    [
        "learning rate 0.003, seed 0",
        "100.0 % (98.1 to 100.0) [CER]"[:22],
        "Validation: word accuracy",
        "a_b_c.d-e",
        "R&D, 5 > 3, wow! {x} +1 ~5 $5 C:\\new",
        "a # b",
        "2026-11-29",
    ],
)
def test_what_markdown_reads_as_text_has_no_escape(text: str):
    assert markdown_text(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("http://a.b", "http\\://a.b"),
        ("www.a.b", "www\\.a.b"),
        (":smile:", "\\:smile:"),
        ("@me and a@b.c", "\\@me and a\\@b.c"),
        ("#3", "\\#3"),
        ("$a$", "\\$a\\$"),
    ],
)
def test_what_github_reads_besides_is_escaped(text: str, written: str):
    assert markdown_text(text) == written
