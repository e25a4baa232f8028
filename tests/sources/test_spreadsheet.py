"""Labels that a spreadsheet would compute, guarded and back."""

from hypothesis import example, given
from hypothesis import strategies as st

from engine.sources.spreadsheet import escape_formula, unescape_formula


@given(st.text())
@example("=1+1")
@example("''=")
@example("'tis")
def test_an_escaped_cell_is_no_formula_and_unescapes_to_its_text(text: str):
    cell = escape_formula(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescape_formula(cell) == text


def test_a_foreign_apostrophe_is_left_alone():
    assert unescape_formula("'tis") == "'tis"
