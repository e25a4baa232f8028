"""Labels that a spreadsheet would compute, guarded and back."""

from hypothesis import example, given
from hypothesis import strategies as st

from engine.sources.spreadsheet import guard, unguard


@given(st.text())
@example("=1+1")
@example("''=")
@example("'tis")
def test_a_guarded_cell_is_no_formula_and_gives_its_text_back(text: str):
    cell = guard(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguard(cell) == text


def test_a_foreign_apostrophe_is_left_alone():
    assert unguard("'tis") == "'tis"
