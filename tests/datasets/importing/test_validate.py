"""Validation of labels and pixels under each rule, and the counts of the report."""

from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config.importing import ImportConfig, Rules
from engine.datasets.importing.formats.base import ImportIssue, Item
from engine.datasets.importing.report import REASONS, ImportReport, make_report
from engine.datasets.importing.scan import ScannedItem, ScanResult
from engine.datasets.importing.validate import apply_rules, validate
from engine.datasets.splits import split_of
from engine.images.look import Look
from engine.labels import clean_label
from glyphlab_read.charset import Charset


def scan_result(*pairs: tuple[str, str], issues: list[ImportIssue] | None = None) -> ScanResult:
    """Images by (pixels, label); pixels "bad" cannot be opened."""
    items = []
    for number, (pixels, label) in enumerate(pairs):
        item = Item(f"{number}.png", f"{number}.png", label, "test" if number % 2 else "train")
        bad = Look(bytes=100, fault="undecodable", detail="no image")
        items.append(ScannedItem(item, bad if pixels == "bad" else Look(pixels.encode(), 10, 10, 100)))
    return ScanResult("mine", "table", "a table", ["labels.tsv"], items, issues or [], len(items), 0.1)


def report_on(found: ScanResult, **rules: object) -> ImportReport:
    config = ImportConfig(path="x", rules=Rules.parse(rules))
    return make_report(found, config)


def accepted(found: ScanResult, **rules: object) -> list[str]:
    config = ImportConfig(path="x", rules=Rules.parse(rules))
    return [result.label for result in validate(found, config) if result.dropped is None]


def test_a_blank_image_is_left_out_and_told_whatever_its_label():
    found = scan_result(("a", "one"), ("b", "two"))
    found.items[1] = ScannedItem(found.items[1].item, found.items[1].look._replace(blank=True))
    assert accepted(found) == ["one"]
    (problem,) = report_on(found).problems
    assert (problem.reason, problem.dropped) == ("blank", 1)


@pytest.mark.parametrize(
    ("listed", "stored"),
    [
        (" two  words \t", "two  words"),
        ("a\tb\u2028c", "a b c"),
        ("e\u0301", "é"),
        ("\ufeffone\u202e", "one"),
        ("\ud800x", "x"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),  # a joiner that changes what is drawn stays
        ("\0", ""),
        ("zero\u200bwidth\u2060", "zerowidth"),
        ("\u200eleft\u200f", "left"),
        ("no\u00a0break, thin\u2009space, wide\u3000space", "no break, thin space, wide space"),
        ("soft\u00adhyphen", "softhyphen"),
        ("e\u200b\u0301", "é"),  # composes once nothing stands between
        ("a\u200db\u200c \u200d", "ab"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\u0d15\u0d4d\u200d", "\u0d15\u0d4d\u200d"),  # the last letter of a Malayalam word
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("\u0600\u0661", "\u0600\u0661"),  # a sign around numbers that is drawn
        ("\u3164\u2800x", "x"),
    ],
)
def test_labels_are_cleaned_of_invisible_characters(listed: str, stored: str):
    assert clean_label(listed) == stored


@given(st.text())
def test_a_cleaned_label_is_clean_and_fits_a_charset(text: str):
    label = clean_label(text)
    assert clean_label(label) == label
    if label:
        assert Charset.of([label]).decode(Charset.of([label]).encode(label)) == label


@given(st.text(), st.sampled_from(["remove", "replace"]), st.sampled_from(["cut", "skip"]), st.integers(1, 9))
def test_accepted_labels_obey_the_rules(text: str, outside: str, too_long: str, most: int):
    rules = Rules.parse({"charset": "abc 0?", "outside": outside, "too_long": too_long, "max_length": most})
    label, _, dropped = apply_rules(text, rules, most)
    if dropped is None:
        assert label
        assert set(label) <= set("abc 0?")
        assert len(label) <= most


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ({}, ["abc", "Ünder"]),
        ({"charset": "abcder"}, ["abc"]),
        ({"charset": "abcdenr", "outside": "remove"}, ["abc", "nder"]),
        ({"charset": "abcdenr?", "outside": "replace"}, ["abc", "?nder"]),
        ({"charset": "abc", "outside": "keep"}, ["abc", "Ünder"]),
        ({"charset": "xyz", "outside": "remove"}, []),
        ({"max_length": 3}, ["abc"]),
        ({"max_length": 3, "too_long": "cut"}, ["abc", "Ünd"]),
        ({"max_length": 3, "too_long": "keep"}, ["abc", "Ünder"]),
        ({"case": "upper"}, ["ABC", "ÜNDER"]),
        ({"case": "lower"}, ["abc", "ünder"]),
    ],
)
def test_each_rule_does_what_it_says(rules: dict, stays: list[str]):
    assert accepted(scan_result(("1", "abc"), ("2", "Ünder"), ("3", " "), ("bad", "abc")), **rules) == stays


DUPLICATES = scan_result(("same", "a"), ("same", "a"), ("other", "b"), ("odd", "c"), ("odd", "d"), ("odd", "c"))


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ({}, ["a", "b"]),
        ({"repeated": "keep"}, ["a", "a", "b"]),
        ({"contradicting": "first"}, ["a", "b", "c"]),
        ({"contradicting": "first", "repeated": "keep"}, ["a", "a", "b", "c", "c"]),
        ({"contradicting": "keep"}, ["a", "b", "c", "d"]),
        ({"contradicting": "keep", "repeated": "keep"}, ["a", "a", "b", "c", "d", "c"]),
    ],
)
def test_images_of_equal_pixels_are_validated_together(rules: dict, stays: list[str]):
    assert accepted(DUPLICATES, **rules) == stays


def test_labels_that_only_a_rule_makes_equal_are_repetitions():
    assert accepted(scan_result(("same", "a"), ("same", "A")), case="upper") == ["A"]


def test_the_report_counts_every_problem_and_the_images_left_out_add_up():
    found = scan_result(
        ("1", "one"),
        ("1", "one"),
        ("bad", "x"),
        ("2", ""),
        ("3", "too long"),
        ("4", "fine"),
        ("5", "p"),
        ("5", "q"),
        issues=[ImportIssue("9.png", "unlabelled"), ImportIssue("l.tsv, line 3", "missing", "8.png")],
    )
    report = report_on(found, max_length=5)
    assert report.accepted == 2
    assert sum(report.counts.values()) == report.accepted
    assert report.dropped == {
        "contradicting": 2,
        "undecodable": 1,
        "empty": 1,
        "too_long": 1,
        "repeated": 1,
        "unlabelled": 1,
        "missing": 1,
    }
    assert report.scanned - report.accepted + len(found.issues) == sum(report.dropped.values())
    problems = {problem.reason: problem for problem in report.problems}
    assert problems["undecodable"].examples[0].detail == "no image"
    assert problems["repeated"].examples[0].detail == "same pixels as 0.png"
    assert problems["too_long"].choices.keys() == {"skip", "cut", "keep"}
    assert problems["too_long"].choice == "skip"
    assert problems["missing"].examples[0].item is None


def test_a_rule_that_keeps_images_still_reports_the_problem():
    report = report_on(scan_result(("1", "too long"), ("2", "one")), max_length=5, too_long="keep")
    assert [(problem.count, problem.dropped) for problem in report.problems] == [(1, 0)]


def test_labels_that_are_nearly_all_alike_are_asked_about():
    few = scan_result(("1", "a"), ("2", "a"))
    assert "'a'" in report_on(few).refusal
    assert "rules.alike keep" in report_on(few).refusal
    assert not report_on(few, alike="keep").refusal
    many = [(str(number), "1" if number else "0") for number in range(20)]
    assert report_on(scan_result(*many)).refusal
    assert not report_on(scan_result(*many[:9])).refusal
    assert not report_on(scan_result(("1", "a"))).refusal


def test_a_file_that_may_hold_labels_is_asked_about():
    found = scan_result(("1", "a"), ("2", "b"), issues=[ImportIssue("x.jsonl", "unused", "no format fits it")])
    report = report_on(found)
    assert report.accepted == 2
    assert "'x.jsonl': no format fits it" in report.refusal
    assert [(problem.title, problem.choice) for problem in report.problems] == [
        ("file that may hold labels, not used", "ask")
    ]
    assert not report_on(found, unused="leave").refusal


def test_every_choice_of_every_rule_is_in_words():
    for reason, words in REASONS.items():
        if words.rule:
            for choice in words.choices:
                inner, _, outer = words.rule.rpartition(".")[::-1]
                values = {outer: {inner: choice}} if outer else {inner: choice}
                assert attrgetter(words.rule)(Rules.parse({**values, "charset": "?"})) == choice
            assert attrgetter(words.rule)(Rules()) in words.choices, reason


def test_a_reason_agrees_with_its_count():
    assert REASONS["too_long"].title_for(1) == "has too long a label"
    assert REASONS["too_long"].title_for(2) == "have too long a label"
    assert not any(
        words.title_for(1).startswith(("have ", "are ", "stand ", "repeat ", "lie ")) for words in REASONS.values()
    )


def test_a_text_is_in_one_split_unless_the_source_s_splits_are_kept():
    found = scan_result(("1", "One"), ("2", "one"), ("3", "two"))
    by_text = report_on(found)
    assert by_text.leaks == 0
    assert by_text.counts[split_of("one", 0.05, 0.1)] >= 2
    config = ImportConfig(path="x", splits="source")
    report = make_report(found, config)
    assert report.counts == {"train": 2, "validation": 0, "test": 1}
    assert report.leaks == 1


def test_the_report_as_json_holds_no_way_to_open_files():
    plain = report_on(scan_result(("1", "one"), ("bad", "x"))).plain()
    assert plain["accepted"] == 1
    assert plain["examples"] == [{"name": "0.png", "label": "one", "detail": ""}]
    assert plain["problems"][0]["examples"][0]["name"] == "1.png"


@pytest.mark.parametrize("splits", ["texts", "source"])
@pytest.mark.parametrize(
    ("use", "there"),
    [
        ("testing", {"test"}),
        ("learning", {"train", "validation"}),
        ("learning and testing", {"train", "validation", "test"}),
    ],
)
def test_all_of_a_benchmark_is_the_test_split_and_nothing_of_what_is_only_learned_is(
    splits: str, use: str, there: set[str]
):
    found = scan_result(*((str(number), f"word {number}") for number in range(60)))
    config = ImportConfig.parse({"path": "x", "use": use, "splits": splits, "validation": 0.2, "test": 0.3})
    seen = {result.split for result in validate(found, config)}
    assert seen == there  # where the source names no validation, some of what is learned is taken for it
    assert make_report(found, config).accepted == 60


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ({}, ["Tom & Jerry", "café", "A&B", "R&D;", "#1", "***?"]),
        ({"entities": "keep"}, ["Tom &amp; Jerry", "caf&#233;", "A&B", "R&D;", "#1", "***?"]),
        ({"entities": "skip"}, ["A&B", "R&D;", "#1", "***?"]),
        ({"illegible": "keep"}, ["Tom & Jerry", "café", "A&B", "R&D;", "#1", "***?", "###", "[illegible]"]),
    ],
)
def test_entities_and_marks_of_illegible_texts_are_told_and_go_by_their_rules(rules: dict, stays: list[str]):
    labels = ["Tom &amp; Jerry", "caf&#233;", "A&B", "R&D;", "#1", "***?", "###", "[illegible]"]
    listed = scan_result(*((str(number), label) for number, label in enumerate(labels)))
    assert accepted(listed, **rules) == stays
    report = make_report(listed, ImportConfig(path="mine", rules=Rules.parse(rules)))
    assert {problem.reason: problem.count for problem in report.problems} == {"entities": 2, "illegible": 2}


def test_images_that_the_source_has_in_its_test_stay_there():
    found = scan_result(*((str(number), f"word {number // 2}") for number in range(200)))  # each text in both splits
    results = validate(found, ImportConfig(path="x", splits="source"))
    assert {result.split for result in results if result.scanned.item.split == "test"} == {"test"}
    assert [result.split for result in results].count("validation") == 5
