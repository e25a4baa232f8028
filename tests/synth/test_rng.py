"""Dice are fair, the same by the same name, and each decision's alone."""

import math
from collections import Counter

import pytest

from engine.synth.rng import RandomStream, rng_for


def test_the_same_name_gives_the_same_numbers_and_another_others():
    first, again, other = RandomStream("0/7/0/font"), RandomStream(0), RandomStream("0/7/0/fonts")
    again.random()
    again.seed("0/7/0/font")
    numbers = [first.getrandbits(63) for _ in range(50)]
    assert [again.getrandbits(63) for _ in range(50)] == numbers
    assert not set(numbers) & {other.getrandbits(63) for _ in range(50)}


def test_a_decision_is_thrown_alone():
    plain, busy = rng_for("0/1/0"), rng_for("0/1/0")
    expected = plain("skew").random()
    busy("blur").choices("abc", k=100)
    assert busy("skew").random() == expected


@pytest.mark.parametrize("bits", [1, 7, 53, 63, 512, 2000])
def test_bits_are_as_many_as_asked_for(bits: int):
    throw = RandomStream("bits")
    drawn = [throw.getrandbits(bits) for _ in range(60)]
    assert all(0 <= number < 1 << bits for number in drawn)
    assert max(drawn).bit_length() == bits


def test_throws_are_fair():
    """Every face of dice, each thrown once by a name of its own, as samples do; and numbers of one name in a row."""
    count, faces = 20_000, 7
    for throws in (
        [RandomStream(f"0/{index}/0/font").randrange(faces) for index in range(count)],
        (lambda throw: [throw.randrange(faces) for _ in range(count)])(RandomStream("row")),
    ):
        deviation = math.sqrt(count / faces * (1 - 1 / faces))
        assert all(abs(seen - count / faces) < 4 * deviation for seen in Counter(throws).values())
    mean = sum(RandomStream(f"{index}").random() for index in range(count)) / count
    assert abs(mean - 0.5) < 4 / math.sqrt(12 * count)
