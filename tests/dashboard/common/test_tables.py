"""Tables of foreign texts: what hides or reorders is gone, all else is as it was."""

import pandas as pd
import pytest

from dashboard.common.tables import visible_frame
from engine.labels import visible, visible_character

HIDDEN = ("\u202e", "\u2066", "\u2069", "\u200e", "\u061c", "\u200b", "\ufeff", "\0", "\x1b", "\x85", "\x9b", "\u2028")


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_no_hidden_character_reaches_a_table(hidden: str):
    frame = pd.DataFrame({f"te{hidden}xt": [f"gnp{hidden}.exe"], "number": [1]}, index=pd.Index([f"ro{hidden}w"]))
    frame["kind"] = pd.Categorical([f"a{hidden}b"])
    assert hidden not in visible_frame(frame).to_csv()


def test_all_else_of_a_table_is_as_it_was():
    frame = pd.DataFrame(
        {"text": ["=1+1", "Ä 日本", None], "share": [0.5, None, 1.0], "at": pd.Timestamp("2026-01-01"), "ok": True}
    )
    assert visible_frame(frame).equals(frame)
    assert visible_frame(frame.iloc[:0]).equals(frame.iloc[:0])
    assert list(visible_frame(pd.DataFrame({0: ["a"], "b": ["c"]})).columns) == [0, "b"]


def test_a_character_that_cannot_be_seen_is_named():
    assert [visible_character(character) for character in "a\u202e\0 "] == ["a", "U+202E", "U+0000", " "]
    assert visible("a\tb\u2067c") == "a bc"
