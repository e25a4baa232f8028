"""A recipe under the hand: what was added, copied and removed, and in which words it differs from where it began."""

import pytest

from dashboard.data.recipe.draft import DraftPart, RecipeDraft
from engine.config.recipe import PRESETS
from engine.config.text_sources import Digits
from engine.errors import ConfigError


@pytest.mark.parametrize("name", PRESETS)
def test_an_untouched_draft_is_the_recipe_it_began_as(name: str):
    draft = RecipeDraft(PRESETS[name])
    assert draft.recipe() == PRESETS[name]
    assert draft.changes(draft.recipe()) == []


def test_parts_come_and_go_and_each_is_said():
    draft = RecipeDraft(PRESETS["seed project"])
    draft.texts.append(DraftPart(Digits()))
    draft.texts.pop(1)
    recipe = draft.recipe()
    assert [source.kind for source in recipe.texts] == ["words", "characters", "words", "digits"]
    assert draft.changes(recipe) == ["Text 2 of before: removed", "Text 4: added"]


def test_a_copy_starts_at_what_is_there_now_and_leaves_the_first_alone():
    draft = RecipeDraft(PRESETS["starter"])
    draft.texts[0].values["max_length"] = 5
    copied = draft.texts[0].copy()
    copied.values["max_length"] = 4
    draft.texts.append(copied)
    assert [source.max_length for source in draft.recipe().texts] == [5, 6, 4]
    assert copied.mark != draft.texts[0].mark


def test_each_change_names_its_place_and_both_values():
    draft = RecipeDraft(PRESETS["seed project"])
    look = draft.looks[0]
    look.values["skew"] = [-2, 4]
    look.values["fonts"] = ["latin/Lato-Regular"]
    look.values["background"] = look.values["background"] | {"white": 0.5}
    look.add_row("colours")
    assert draft.changes(draft.recipe()) == [
        "Look 1 · Fonts: none chosen → 1 chosen",
        "Look 1 · Skew: 3 → -2 to 4",
        "Look 1 · Background · White: 1 → 0.5",
        "Look 1 · Colours: 2 chosen → 3 chosen",
    ]


def test_a_refused_value_is_named_and_keeps_its_part_from_being_copied():
    draft = RecipeDraft(PRESETS["starter"])
    draft.texts[1].values["min_length"] = 9
    with pytest.raises(ConfigError, match="min_length is 9"):
        draft.recipe()
    with pytest.raises(ConfigError, match="min_length is 9"):
        draft.texts[1].copy()


def test_the_outline_gets_its_first_range_of_colours():
    look = RecipeDraft(PRESETS["starter"]).looks[0]
    look.add_row("stroke_colours")
    assert len(look.plain()["stroke_colours"]) == 1
