"""Differences between configs: by setting, within groups and equally long lists of groups, and across versions."""

from engine.config.diff import differences, flatten
from engine.config.recipe import Recipe
from engine.config.text_sources import Digits, Words


def test_equal_configs_have_no_differences():
    config = Recipe().plain()
    assert differences(config, config) == differences(config) == differences() == {}


def test_each_setting_that_differs_is_named_once_in_order_of_declaration():
    left, right = Recipe(), Recipe(name="other", texts=(Words(max_length=9),))
    assert differences(left.plain(), right.plain()) == {"name": ("", "other"), "texts.0.max_length": (15, 9)}


def test_lists_of_other_lengths_and_lists_of_numbers_are_one_value():
    assert differences({"a": [{"b": 1}]}, {"a": []}) == {"a": ([{"b": 1}], [])}
    assert differences({"a": [1, 2]}, {"a": [1, 3]}) == {"a": ([1, 2], [1, 3])}


def test_a_group_of_another_kind_is_one_value():
    words, digits = Recipe().plain(), Recipe(texts=(Digits(),)).plain()
    assert differences(words, digits) == {"texts.0": (words["texts"][0], digits["texts"][0])}


def test_a_setting_that_one_version_lacks_is_none_there():
    assert differences({"a": {"b": 1}}, {"a": None}, {}) == {"a.b": (1, None, None)}


def test_settings_of_one_config_are_flattened_to_dotted_paths():
    assert flatten({"a": {"b": 1, "c": [1, {"d": 2}]}, "e": None}) == {"a.b": 1, "a.c": [1, {"d": 2}], "e": None}
