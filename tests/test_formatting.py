"""Values read the same on every page, and foreign text stays text."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.common.markdown import _JOINER, literal
from engine import formatting, labels
from glyphlab_read.formatting import cut


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0.4, "0 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_time_span_is_written_by_its_two_largest_units(seconds: float | None, text: str):
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(None, "–"), (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (180e6, "180 MB")]
)
def test_a_size_is_written_in_powers_of_1000(number: float | None, text: str):
    assert formatting.size(number) == text


def test_counts_have_separators_and_the_singular():
    assert formatting.count(60_000, "images") == "60,000 images"
    assert formatting.count(1, "images") == "1 image"
    assert formatting.count(None, "images") == "–"


def test_a_long_name_keeps_both_ends():
    assert cut("run 1", 12) == "run 1"
    assert cut("five minutes (8hjk)", 12) == "five m…8hjk)"


@pytest.mark.parametrize(
    ("share", "written"),
    [(1 / 16, "6.3"), (0.2845, "28.5"), (0.8125, "81.3"), (0.9995, "100.0"), (0.00049, "0.0"), (-1 / 16, "-6.3")],
)
def test_halves_are_rounded_away_from_zero_wherever_a_score_is_shown(share: float, written: str):
    """Python's own formats round 6.25 to 6.2, and browsers to 6.3."""
    assert formatting.points(share) == written
    assert formatting.percent(share) == f"{written} %"
    assert f"{formatting.per_cent(share):.1f}" == written
    assert formatting.points(-1e-9) == "0.0"


def test_scores_are_percent_with_one_decimal():
    assert formatting.percent(0.768) == "76.8 %"
    assert formatting.percents(0.768, 0.7) == "76.8 % (70.0 % by the image alone)"
    assert formatting.percents(0.768, None) == formatting.percents(0.768, float("nan")) == "76.8 %"
    assert formatting.percent(None) == formatting.percent(float("nan")) == "–"
    assert formatting.interval([0.742, 0.793]) == "95 % interval 74.2 to 79.3"


def test_ages_name_one_unit():
    now = datetime.now(UTC)
    assert formatting.ago(now, now) == "just now"
    assert formatting.ago(now - timedelta(minutes=5, seconds=7), now) == "5 min ago"


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "![](http://evil.test/a.png)",
        "[x](javascript:1)",
        "`a` $a$",
        ":red[x]",
        "# a_b*c*",
    ],
)
def test_foreign_text_keeps_no_character_that_markdown_acts_on(text: str):
    left = literal(text).replace(_JOINER, "")
    assert not set(left) & set("<>[](){}`$*_!:/\"'\\|~=")
    assert "http:" not in left


def test_addresses_are_broken_so_that_they_do_not_become_links():
    shown = html.unescape(literal("http://evil.test www.evil.test WWW.evil.test a@evil.test"))
    assert not re.search(r"https?://|www\.|@\w", shown, re.IGNORECASE)
    assert "evil.test" in shown


def test_direction_and_control_characters_vanish():
    assert labels.visible("a\u202eb\x00c\nd\u2066") == "abc d"


def test_names_of_settings_become_labels():
    assert [formatting.sentence(name) for name in ("learning_rate", "jpeg", "fit")] == [
        "Learning rate",
        "JPEG",
        "Cropped to ink",
    ]


def test_rough_shares_keep_what_is_small_apart_from_nothing():
    shares = (0, 0.001, 0.005, 0.126, 1)
    assert [formatting.rough(share) for share in shares] == ["0 %", "under 1 %", "under 1 %", "13 %", "100 %"]
