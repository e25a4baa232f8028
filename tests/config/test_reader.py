"""Laws of the reader's sizes."""

import itertools

import pytest

from engine.config.reader import ReaderConfig, time_steps_needed
from engine.errors import ConfigError


def collapse(path: tuple[str, ...]) -> str:
    return "".join(key for key, _ in itertools.groupby(path) if key != "-")


@pytest.mark.parametrize("text", ["", "a", "ab", "aa", "aab", "aaa", "aba", "abba"])
def test_time_steps_needed_is_the_shortest_path_that_collapses_to_the_text(text: str):
    lengths = (n for n in range(6) if any(collapse(path) == text for path in itertools.product("ab-", repeat=n)))
    assert time_steps_needed(text) == next(lengths)


def test_any_accepted_ctc_reader_has_steps_for_its_longest_text():
    for width, length in itertools.product((32, 64, 320, 1024), (1, 4, 32, 128)):
        try:
            reader = ReaderConfig(max_width=width, max_length=length)
        except ValueError:
            continue
        assert reader.time_steps >= time_steps_needed("a" * length)


def test_too_narrow_a_reader_is_refused_with_both_values_and_a_remedy():
    rule = r"max_length 32 may need 63 .* max_width 64 gives 16 .* Raise max_width to 252"
    with pytest.raises(ConfigError, match=rule):
        ReaderConfig.parse({"max_width": 64, "max_length": 32})
    assert ReaderConfig.parse({"max_width": 64, "max_length": 32, "decoder": "attention"}).time_steps == 16


@pytest.mark.parametrize(
    ("field", "value"),
    [("height", 33), ("height", 8), ("max_width", 33), ("max_length", 0), ("encoder", "vgg"), ("glyphs", 1)],
)
def test_a_wrong_value_is_refused_by_its_name(field: str, value: object):
    with pytest.raises(ConfigError, match=field):
        ReaderConfig.parse({field: value})


def test_a_narrow_image_of_a_long_text_gets_the_width_it_needs():
    reader = ReaderConfig()
    assert reader.time_steps_at(reader.width_for("balloon")) == 9
    assert ReaderConfig(decoder="attention").width_for("balloon") == 0


@pytest.mark.parametrize("values", [{"encoder": "light"}, {"encoder": "resnet50", "scale": 0.5}])
def test_weights_that_there_are_none_of_cannot_be_a_must(values: dict[str, object]):
    with pytest.raises(ConfigError, match=r"no ImageNet weights for the encoder .* Set pretrained to try"):
        ReaderConfig.parse({"pretrained": "must", **values})
    assert ReaderConfig.parse({"pretrained": "must", "encoder": "densenet121"}).pretrained == "must"
