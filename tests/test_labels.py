"""Names of files; texts that are read from right to left, and the one sentence about them for readers of the others."""

import pytest

from engine.labels import file_name, right_to_left_warning, runs_left

LEFT = ["שלום", "سلام", "ܫܠܡ", "߀ߛ", "ﻡﻼﺳ", "a ש", "𞤢", "𐤀"]
RIGHT = ["", "word", "слово", "字", "नमस्ते", "ไทย", "123", "é"]


def test_a_file_is_named_as_what_it_holds_and_is_no_path():
    assert file_name("street signs, 12/3 été", "zip") == "street-signs-12-3-été.zip"
    assert file_name("../../etc/passwd", "csv") == "etc-passwd.csv"
    assert file_name("…", "pdf") == "file.pdf"


@pytest.mark.parametrize("text", LEFT)
def test_letters_of_every_such_script_are_known(text: str):
    assert runs_left(text)
    assert right_to_left_warning([text]).startswith("100 % of the texts are read from right to left")


@pytest.mark.parametrize("text", RIGHT)
def test_all_other_texts_are_not(text: str):
    assert not runs_left(text)
    assert right_to_left_warning([text]) == right_to_left_warning([]) == ""


def test_few_of_many_are_counted():
    assert right_to_left_warning([*RIGHT * 1000, *LEFT]).startswith("8 of the texts")
    assert right_to_left_warning([*RIGHT, *LEFT]).startswith("50 % of the texts")
