"""A recipe under the hand: what was added, copied and removed, and in which words it differs from where it began."""

import json

import pytest

from dashboard.data.recipe.draft import DraftPart, RecipeDraft, SceneDraft
from engine.config.recipe_presets import PRESETS
from engine.config.scene_recipe import SCENE_PRESETS
from engine.config.text_sources import Digits
from engine.errors import ConfigError


@pytest.mark.parametrize("name", PRESETS)
def test_an_untouched_draft_is_the_recipe_it_began_as(name: str):
    draft = RecipeDraft(PRESETS[name])
    assert draft.recipe() == PRESETS[name]
    assert draft.changes(draft.recipe()) == []


def test_parts_come_and_go_and_each_is_said():
    draft = RecipeDraft(PRESETS["TRDG words"])
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
    draft = RecipeDraft(PRESETS["TRDG words"])
    look = draft.looks[0]
    look.values["skew"] = [-2, 4]
    look.values["blur"] = 1.5
    look.values["word_split"] = 0.25
    look.values["after"]["crop"] |= {"share": 0.3, "margin": [0.0, 0.5]}
    look.values["fonts"] = ["latin/Lato-Regular"]
    look.values["background"] = look.values["background"] | {"white": 0.5}
    look.add_row("colours")
    assert draft.changes(draft.recipe()) == [
        "Look 1 · Fonts: none chosen → 1 chosen",
        "Look 1 · Whole words: 0 % → 25 %",
        "Look 1 · Skew (degrees): ±3 → -2 to 4",
        "Look 1 · Blur (px): 0 to 1 → 0 to 1.5",
        "Look 1 · Background › White: 1 → 0.5",
        "Look 1 · Colours: 2 chosen → 3 chosen",
        "Look 1 · After › Crop › Share: 0 % → 30 %",
        "Look 1 · After › Crop › Margin: 0 to 100 % → 0 to 50 %",
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


def again(plain):
    return json.loads(json.dumps(plain))


def test_a_draft_comes_back_from_its_plain_values():
    draft = RecipeDraft(PRESETS["TRDG words"])
    draft.texts.append(DraftPart(Digits()))
    draft.texts.pop(1)
    draft.looks[0].values["skew"] = [-2, 4]
    back = RecipeDraft.restored(again(draft.plain()))
    assert back.recipe() == draft.recipe()
    assert back.changes(back.recipe()) == draft.changes(draft.recipe())
    assert back.marks() == draft.marks()


def test_a_draft_comes_back_while_a_value_is_refused_and_from_files_of_older_versions():
    draft = RecipeDraft(PRESETS["TRDG words"])
    draft.looks[0].add_row("colours")
    kept = {"start": draft.start.plain(), "recipe": draft.recipe().plain(), "texts": [0, 1, 2, None], "looks": [0]}
    assert RecipeDraft.restored(again(kept)).recipe() == draft.recipe()
    draft.texts[0].values["weight"] = -1
    back = RecipeDraft.restored(again(draft.plain()))
    assert back.texts[0].values["weight"] == -1
    assert [part.origin for part in back.texts] == [part.origin for part in draft.texts]
    with pytest.raises(ConfigError, match="weight: -1"):
        back.recipe()


def test_a_draft_from_before_there_were_colour_pairs_comes_back():
    draft = RecipeDraft(PRESETS["TRDG words"])
    draft.looks[0].add_row("colour_pairs")
    kept = again(draft.plain())
    assert RecipeDraft.restored(kept).recipe() == draft.recipe()
    del kept["looks"][0]["rows"]["colour_pairs"]
    assert RecipeDraft.restored(kept).recipe() == PRESETS["TRDG words"]


@pytest.mark.parametrize("name", SCENE_PRESETS)
def test_an_untouched_draft_of_scenes_is_the_recipe_it_began_as(name: str):
    draft = SceneDraft(SCENE_PRESETS[name])
    assert draft.recipe() == SCENE_PRESETS[name]
    assert draft.changes(draft.recipe()) == []


def test_changes_of_scenes_are_said_with_those_of_the_words_inside():
    began = SCENE_PRESETS["street signs"]
    draft = SceneDraft(began)
    draft.scene.values |= {"empty": 0.5, "blocks": draft.scene.values["blocks"] | {"page": 2.0}}
    draft.words = RecipeDraft(PRESETS["receipts"])
    draft.words.looks[0].values["stroke_width"] = 2
    said = draft.changes(draft.recipe())
    changes = [f"Blocks › Page: {began.blocks.page} → 2", "Empty: 25 % → 50 %", "Words: those of receipts"]
    assert said[:3] == changes
    assert said[3].startswith("Look 1 · Stroke width (px): ")
    back = SceneDraft.restored(again(draft.plain()))
    assert back.recipe() == draft.recipe()
    assert back.changes(back.recipe()) == said
    kept = {"start": began.plain(), "scene": draft.recipe().plain(), "words": draft.words.plain()}
    assert SceneDraft.restored(again(kept)).recipe() == draft.recipe()


@pytest.mark.parametrize(
    "damage",
    [
        {"texts": [99]},
        {"texts": []},
        {"texts": None},
        {"recipe": {"a": 1}},
        {"looks": ["x"]},
        {"looks": [{"start": {}, "origin": None, "values": {}, "rows": {}, "mark": "00000000"}]},
        {"looks": [{"start": {}, "origin": None, "values": {}, "rows": {}, "mark": "train."}]},
    ],
)
def test_plain_values_of_another_draft_are_refused(damage: dict):
    draft = RecipeDraft(PRESETS["starter"])
    with pytest.raises((ConfigError, LookupError, TypeError, ValueError)):
        RecipeDraft.restored(again(draft.plain()) | damage)


def test_a_moved_recipe_is_taken_with_its_other_edits_and_its_origins():
    draft = RecipeDraft(PRESETS["starter"])
    draft.looks[0].values["skew"] = 9
    former = draft.looks[0].mark
    moved = draft.recipe()
    looks = tuple(look.changed(blur=1.5) for look in moved.looks)
    draft.take(moved.changed(looks=looks))
    assert [look.values["blur"] for look in draft.looks] == [1.5] * len(looks)
    assert (draft.looks[0].values["skew"], draft.looks[0].origin) == (9, 0)
    assert draft.looks[0].mark != former  # its inputs begin anew at the new values
    texts = [text.mark for text in draft.texts]
    draft.take(draft.recipe())
    assert [text.mark for text in draft.texts] == texts
    assert any("Blur" in change for change in draft.changes(draft.recipe()))


def test_a_moved_recipe_of_scenes_leaves_its_words_alone():
    draft = SceneDraft(SCENE_PRESETS["documents"])
    words = [part.mark for part in draft.words.looks]
    draft.take(draft.recipe().changed(blur=2.0))
    assert draft.recipe().blur == 2.0
    assert [part.mark for part in draft.words.looks] == words
