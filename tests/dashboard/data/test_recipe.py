"""The recipe editor, driven as a person drives it: parts, uploads, saving, YAML, preview and warnings."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.synth import add_list, list_assets, save_recipe, saved_recipe, saved_recipes
from engine.synth.face_verdicts import FaceVerdict, keep_verdicts
from engine.synth.font_packs import installed_packs
from engine.synth.trdg.adapter import FONTS
from engine.workspace import Workspace
from tests.dashboard.conftest import Open, markup, said
from tests.helpers.font_packs import unpack
from tests.helpers.sources import encoded, picture
from tests.helpers.tiny_fonts import tiny_font


@pytest.fixture
def page(workspace: Workspace, open_page: Open) -> AppTest:
    return open_page("data")


def chosen(app: AppTest, name: str) -> AppTest:
    return app.selectbox(key="data-recipe").set_value(name).run()


def tab(app: AppTest, name: str) -> AppTest:
    app.session_state["recipe-tab"] = name
    app.run()
    assert not app.exception
    return app


def draft(app: AppTest):
    return app.session_state["recipe-drafts"][app.session_state["data-recipe"]]


def labels(app: AppTest) -> list[str]:
    return [button.label.removeprefix("Enlarge ") for button in app.button if button.label.startswith("Enlarge ")]


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def add(app: AppTest, kind: str) -> None:
    """Choose a kind of text source in the menu."""
    menu: Any = app.get("menu_button")[0]
    menu.set_value(kind).run()


def unfold(app: AppTest, part) -> AppTest:
    app.session_state[f"source-{part.mark}"] = True
    return app.run()


@pytest.mark.parametrize(
    "kind", ["words", "frequent", "names", "digits", "characters", "pattern", "numbers", "dates", "amounts"]
)
def test_a_text_source_of_every_kind_is_added_and_drawn(kind: str, page: AppTest):
    add(page, kind)
    assert not page.exception
    assert not page.error
    assert draft(page).recipe().texts[-1].kind == kind
    assert "1 change" in [popover.proto.popover.label for popover in page.get("popover")]


def test_a_source_is_tuned_copied_and_taken_out(page: AppTest):
    first = draft(page).texts[0]
    page.slider(key=f"{first.mark}.max_length").set_value(4).run()
    assert max(map(len, labels(page))) <= 6  # digits stay as they are
    press(page, f"{first.mark}-copy")
    assert [source.max_length for source in draft(page).recipe().texts] == [4, 4, 6]
    press(page, f"{first.mark}-out")
    assert [source.kind for source in draft(page).recipe().texts] == ["words", "digits"]
    assert len(labels(page)) == 12


def test_a_folded_source_keeps_what_was_set(page: AppTest):
    first = draft(page).texts[0]
    page.slider(key=f"{first.mark}.max_length").set_value(4).run()
    page.session_state[f"source-{first.mark}"] = False
    page.run()
    tab(page, "Look")
    tab(page, "Text")
    unfold(page, first)
    assert page.slider(key=f"{first.mark}.max_length").value == 4
    assert draft(page).recipe().texts[0].max_length == 4


def test_titles_follow_what_is_set_at_once(page: AppTest):
    first = draft(page).texts[0]
    page.selectbox(key=f"{first.mark}.language").set_value("de").run()
    page.slider(key=f"{first.mark}.weight").set_value(0.3).run()
    assert [fold.label for fold in page.expander][:2] == ["Words, German · 50 %", "Digits · 50 %"]


def test_a_number_becomes_two_ends_and_one_again(page: AppTest):
    tab(page, "Look")
    mark = draft(page).looks[0].mark
    press(page, f"{mark}.skew-switch")
    assert page.slider(key=f"{mark}.skew-other").value == (-1, 1)
    page.slider(key=f"{mark}.skew-other").set_value((-5, 2)).run()
    assert draft(page).recipe().looks[0].skew == (-5, 2)
    press(page, f"{mark}.skew-switch")
    assert draft(page).recipe() == PRESETS["starter"]


def test_looks_and_inks_are_added_and_taken_out(page: AppTest):
    tab(page, "Look")
    press(page, "look-copy")
    assert len(draft(page).recipe().looks) == 2
    tab(page, "Ground and ink")
    press(page, "colours-add")
    assert [len(look.colours) for look in draft(page).recipe().looks] == [1, 2]
    press(page, f"{draft(page).looks[1].rows['colours'][0].mark}-out")
    press(page, "look-out")
    assert draft(page).recipe() == PRESETS["starter"]


def test_a_step_after_trdg_shows_its_settings_once_it_has_a_share(page: AppTest):
    tab(page, "After")
    mark = draft(page).looks[0].mark
    assert not [slider for slider in page.slider if slider.key == f"{mark}.after.jpeg.quality"]
    page.slider(key=f"{mark}.after.jpeg.share").set_value(0.5).run()
    page.slider(key=f"{mark}.after.jpeg.quality").set_value((10, 30)).run()
    assert draft(page).recipe().looks[0].after.jpeg.quality == (10, 30)


def test_letters_get_steps_and_colours_come_in_pairs(page: AppTest):
    tab(page, "Letters")
    mark = draft(page).looks[0].mark
    page.slider(key=f"{mark}.letters.extrusion.share").set_value(1.0).run()
    page.slider(key=f"{mark}.letters.extrusion.depth").set_value((0.1, 0.2)).run()
    page.slider(key=f"{mark}.neighbours.share").set_value(1.0).run()
    tab(page, "Ground and ink")
    page.slider(key=f"{mark}.paired_colours").set_value(1.0).run()
    press(page, "colour_pairs-add")
    (pair,) = draft(page).looks[0].rows["colour_pairs"]
    page.color_picker(key=f"{pair.mark}.ground").set_value("#ffee00").run()
    assert not page.exception
    look = draft(page).recipe().looks[0]
    assert (look.letters.extrusion.share, look.letters.extrusion.depth, look.neighbours.share) == (1, (0.1, 0.2), 1)
    assert [(each.text, each.ground) for each in look.colour_pairs] == [("#000000", "#ffee00")]


def test_a_setting_changes_what_it_governs_and_nothing_else(page: AppTest):
    before = labels(page)
    tab(page, "Look")
    page.slider(key=f"{draft(page).looks[0].mark}.skew").set_value(20).run()
    assert labels(page) == before
    press(page, "data-reroll")
    assert labels(page) != before


def test_more_samples_are_shown_on_demand(page: AppTest):
    page.session_state["data-count"] = 48
    page.run()
    assert len(labels(page)) == 48


def test_a_sample_is_enlarged_with_boxes_mask_and_factors(page: AppTest):
    press(page, "enlarge-0")
    assert f"### {labels(page)[0]}" in markup(page)
    assert "Where each character lies" in said(page)
    table = page.table[0].value
    facts = dict(zip(table["Factor"], table["Value"], strict=True))
    assert {"Font", "Skew", "Width", "Cropped to ink"} <= set(facts)
    assert facts["Skew"].endswith(("degree", "degrees"))
    assert facts["Margin top"] == "3 px"


def test_fonts_are_chosen_by_the_text_that_they_write_and_told_by_name(page: AppTest):
    tab(page, "Look")
    press(page, "fonts-choose")
    assert "**8 fonts** :small[" in markup(page)
    page.text_input(key="choose-fonts-text").set_value("Zażółć 漢").run()
    assert "lacks" in said(page)
    page.text_input(key="choose-fonts-find").set_value("lato").run()
    shown = [box.label for box in page.checkbox if (box.key or "").startswith("tick-")]
    assert shown
    assert all("lato" in label.casefold() for label in shown)
    press(page, "choose-fonts-none")
    look = draft(page).looks[0]
    assert look.values["fonts"] == []
    assert "**All " in markup(page)
    press(page, "choose-fonts-tick")
    assert len(look.values["fonts"]) == len(shown)
    page.checkbox(key=f"tick-{look.mark}-fonts-{look.values['fonts'][0]}-True").uncheck().run()
    assert len(look.values["fonts"]) == len(shown) - 1
    press(page, "choose-fonts-untick")
    assert look.values["fonts"] == []


def test_a_font_pack_is_taken_by_one_press_and_broken_up_by_another(
    workspace: Workspace, open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    lato = FONTS / "latin" / "Lato-Regular.ttf"
    unpack(tmp_path / "root", "nice", {f"{name}.ttf": lato.read_bytes() + name.encode() for name in "ABC"})
    monkeypatch.setenv("GLYPHLAB_FONTS", str(tmp_path / "root"))
    faces = installed_packs()["nice"].faces
    faults = ("", "", "the starter reads 1 of 16 words in it")
    keep_verdicts(workspace, {face: FaceVerdict(fault) for face, fault in zip(faces, faults, strict=True)})
    page = tab(open_page("data"), "Look")
    press(page, "fonts-choose")
    look = draft(page).looks[0]
    press(page, "choose-fonts-none")
    page.session_state["choose-fonts-packs"] = True
    page.run()
    (pack,) = (box for box in page.checkbox if (box.key or "").startswith("pack-"))
    assert "2 of 3 faces" in pack.label
    assert "OFL" in pack.label
    pack.check().run()
    assert look.values["fonts"] == ["nice/*"]
    assert "**2 fonts** :small[A, B]" in markup(page)
    page.selectbox(key="choose-fonts-group").set_value("nice/*").run()
    assert "the starter reads 1 of 16 words in it" in said(page)
    page.checkbox(key=f"tick-{look.mark}-fonts-nice/A-True").uncheck().run()
    page.checkbox(key=f"tick-{look.mark}-fonts-nice/C-False").check().run()
    assert look.values["fonts"] == ["nice/B", "nice/C"]
    assert not page.exception


def test_a_font_is_uploaded_ticked_drawn_with_deleted_and_brought_back(page: AppTest, workspace: Workspace):
    tab(page, "Look")
    press(page, "fonts-choose")
    font = tiny_font("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "Mine")
    page.file_uploader(key="chooser-fonts-drop").set_value([("mine.ttf", font, "font/ttf")]).run()
    assert not page.exception
    (id,) = (id for id in draft(page).looks[0].values["fonts"] if id.startswith("uploaded/"))
    page.run()
    assert not page.error
    press(page, "fonts-choose")
    press(page, f"choose-delete-{id}")
    page.run()
    assert "is no font that was uploaded here" in page.error[0].value.replace("&nbsp;", " ")
    press(page, "undo-chooser-fonts")
    assert [asset.id for asset in list_assets(workspace, "fonts")] == [id]
    assert not page.error


def test_a_file_that_is_no_font_is_refused_with_the_rule(page: AppTest):
    tab(page, "Look")
    press(page, "fonts-choose")
    page.file_uploader(key="chooser-fonts-drop").set_value([("x.ttf", b"no font", "font/ttf")]).run()
    assert not page.exception
    assert any("TrueType" in error.value for error in page.error)


def test_a_picture_is_uploaded_and_stands_behind_the_text(page: AppTest):
    tab(page, "Ground and ink")
    mark = draft(page).looks[0].mark
    page.slider(key=f"{mark}.background.picture").set_value(1.0).run()
    press(page, "pictures-choose")
    content = encoded(picture(1, (200, 100)))
    page.file_uploader(key="chooser-pictures-drop").set_value([("wall.png", content, "image/png")]).run()
    assert not page.exception
    (id,) = draft(page).looks[0].values["pictures"]
    assert id.startswith("uploaded/")


def test_a_word_list_is_uploaded_where_a_source_needs_one(page: AppTest):
    add(page, "list")
    page.file_uploader(key="source-first-list-drop").set_value([("w.txt", b"zebra\nquagga", "text/plain")]).run()
    assert not page.exception
    source = draft(page).recipe().texts[-1]
    assert source.kind == "list"
    first = draft(page).texts[0]
    press(unfold(page, first), f"{first.mark}-out")
    second = draft(page).texts[0]
    press(unfold(page, second), f"{second.mark}-out")
    assert set(labels(page)) <= {"zebra", "quagga"}


def test_a_deleted_word_list_is_brought_back_from_under_either_of_two_sources(page: AppTest, workspace: Workspace):
    list_id = add_list(workspace, b"zebra", "w.txt").id
    add(page, "list")
    add(page, "list")
    first, second = (part for part in draft(page).texts if part.values["kind"] == "list")
    press(page, f"{first.mark}-upload-delete-{list_id}")
    assert not page.exception
    assert list_assets(workspace, "lists") == []
    press(page, f"undo-{second.mark}-upload")
    assert not page.exception
    assert [asset.id for asset in list_assets(workspace, "lists")] == [list_id]


def test_another_uploaded_list_can_be_chosen(page: AppTest, workspace: Workspace):
    for word in ("alpha", "beta"):
        add_list(workspace, word.encode(), word)
    add(page, "list")
    part = draft(page).texts[-1]
    box = page.selectbox(key=f"{part.mark}.asset0")
    assert box.options == ["alpha (1 line)", "beta (1 line)"]
    box.set_value(list_assets(workspace, "lists")[1].id).run()
    assert any("List, beta" in fold.label for fold in page.expander)
    drop = page.file_uploader(key=f"{part.mark}-upload-drop")
    drop.set_value([("gamma.txt", b"gamma", "text/plain")]).run()
    assert not page.exception
    assert not page.warning
    assert any("List, gamma" in fold.label for fold in page.expander)


def test_a_language_without_a_font_says_which_one_to_upload(page: AppTest, workspace: Workspace):
    chosen(page, "clean print")
    first = draft(page).texts[0]
    page.selectbox(key=f"{first.mark}.language").set_value("he").run()
    assert not page.exception
    assert "Noto Sans Hebrew" in said(page)
    assert any("Allow any alphabet" in error.value for error in page.error)
    page.session_state[f"{first.mark}.alphabet"] = "any"
    page.run()
    assert any("Upload" in error.value for error in page.error)
    press(page, f"{first.mark}-font")
    assert page.file_uploader(key="chooser-fonts-drop")
    assert not [button for button in page.button if button.label.startswith("Generate")]


def test_a_recipe_is_saved_over_saved_anew_and_deleted(page: AppTest, workspace: Workspace):
    first = draft(page).texts[0]
    page.slider(key=f"{first.mark}.max_length").set_value(4).run()
    page.text_input(key="recipe-name-starter").set_value("short words").run()
    press(page, "recipe-save")
    (saved,) = saved_recipes(workspace, Recipe)
    assert saved.name == "short words"
    assert page.session_state["data-recipe"] == saved.id
    assert "No changes" in [popover.proto.popover.label for popover in page.get("popover")]
    again = draft(page).texts[0]
    page.slider(key=f"{again.mark}.max_length").set_value(5).run()
    assert "1 change" in [popover.proto.popover.label for popover in page.get("popover")]
    press(page, "recipe-over")
    assert saved_recipe(workspace, saved.id, Recipe).texts[0].max_length == 5
    press(page, "recipe-delete")
    assert saved_recipes(workspace, Recipe) == []
    assert page.session_state["data-recipe"] == "starter"
    assert draft(page).recipe() == PRESETS["starter"]
    press(page, "undo-words")
    assert saved_recipe(workspace, saved.id, Recipe).texts[0].max_length == 5


def test_a_reload_shows_what_was_being_edited_until_it_is_undone(page: AppTest, open_page: Open):
    chosen(page, "receipts")
    first = draft(page).texts[0]
    page.slider(key=f"{first.mark}.max_length").set_value(7).run()
    tuned = draft(page).recipe()
    again = open_page("data")
    assert again.session_state["data-recipe"] == "receipts"
    assert draft(again).recipe() == tuned
    assert again.slider(key=f"{first.mark}.max_length").value == 7
    assert "Going on with your draft of" in said(again)
    (afresh,) = [button.key for button in again.button if button.label == "Start afresh"]
    press(again, str(afresh))
    assert draft(again).recipe() == PRESETS["receipts"]
    assert "Going on with" not in said(again)
    press(again, next(str(button.key) for button in again.button if button.label == "Go on with it"))
    assert draft(again).recipe() == tuned


def test_a_name_is_needed_to_save(page: AppTest, workspace: Workspace):
    page.text_input(key="recipe-name-starter").set_value("").run()
    press(page, "recipe-save")
    assert saved_recipes(workspace, Recipe) == []
    assert "needs a name" in page.error[0].value


def test_a_saved_recipe_that_cannot_be_read_is_said_and_can_be_deleted(page: AppTest, workspace: Workspace):
    saved = save_recipe(workspace, PRESETS["starter"], "old")
    (workspace.recipes / f"{saved.id}.yaml").write_text("name: old\nbogus: 1\n")
    page.run()
    assert "cannot be read" in said(page)
    press(page, f"recipe-delete-{saved.id}")
    assert saved_recipes(workspace, Recipe) == []


def test_a_recipe_is_read_from_yaml_and_refused_when_a_key_is_wrong(page: AppTest):
    page.session_state["yaml-popover"] = True
    page.run()
    assert Recipe.from_yaml(page.code[0].value) == PRESETS["starter"]
    page.text_area(key="yaml-text").set_value("texts:\n- kind: digits\n  lenght: 3\n").run()
    press(page, "yaml-load")
    assert "lenght" in page.error[0].value
    page.text_area(key="yaml-text").set_value("name: mine\ntexts:\n- kind: digits\n  max_length: 3\n").run()
    press(page, "yaml-load")
    assert page.session_state["data-recipe"] == "yaml"
    assert all(label.isdigit() and len(label) <= 3 for label in labels(page))


@pytest.mark.parametrize("text", ["[" * 5000, "a: 2024-99-99", "- \x00", "&a [*a]"])
def test_text_that_is_no_recipe_is_refused(text: str, page: AppTest):
    page.session_state["yaml-popover"] = True
    page.run()
    page.text_area(key="yaml-text").set_value(text).run()
    press(page, "yaml-load")
    assert page.error


def test_values_that_do_not_fit_together_are_said_with_the_rule(page: AppTest):
    second = draft(page).texts[1]
    unfold(page, second)
    page.slider(key=f"{second.mark}.min_length").set_value(9).run()
    assert not page.exception
    assert "min_length is 9" in page.error[0].value.replace("&#95;", "_")
    page.slider(key=f"{second.mark}.min_length").set_value(2).run()
    assert not page.error


def test_tuned_and_saved_recipes_are_offered_beside_real_images(page: AppTest, workspace: Workspace):
    save_recipe(workspace, PRESETS["receipts"], "my receipts")
    first = draft(page).texts[0]
    page.slider(key=f"{first.mark}.max_length").set_value(4).run()
    page.session_state["data-tab"] = "Synthetic beside real"
    page.run()
    options = page.selectbox(key="likeness-synthetic-words").options
    assert options[:2] == ["Recipe: starter, as tuned", "Recipe: my receipts, saved"]
    page.session_state["data-tab"] = "Make a dataset"
    page.run()
    assert draft(page).recipe().texts[0].max_length == 4


def test_all_texts_are_put_into_one_language_and_the_samples_follow(page: AppTest):
    chosen(page, "TRDG words")
    before = [part.plain() for part in draft(page).texts]
    box = next(each for each in page.selectbox if each.label == "Language of all texts")
    assert (box.value, len(box.options) > 60) == ("en", True)
    box.set_value("ru").run()
    assert not page.exception
    now = [part.plain() for part in draft(page).texts]
    assert [part.get("language") for part in now] == ["ru", None, None, "ru"]
    assert now[1] == before[1]
    assert "ж" in now[2]["symbols"]
    assert any(set(label.lower()) & set("оаеи") for label in labels(page))
    box = next(each for each in page.selectbox if each.label == "Language of all texts")
    assert box.value == "ru"
    box.set_value("fr").run()
    assert [part.values.get("language") for part in draft(page).texts] == ["fr", None, None, "fr"]
    page.selectbox(key=f"{draft(page).texts[0].mark}.language").set_value("de").run()
    box = next(each for each in page.selectbox if each.label == "Language of all texts")
    assert box.value is None


def test_names_go_with_a_language_that_does_not_write_them(page: AppTest):
    chosen(page, "names on signs")
    next(each for each in page.selectbox if each.label == "Language of all texts").set_value("el").run()
    assert not page.exception
    assert [part.values["kind"] for part in draft(page).texts] == ["frequent", "digits", "pattern"]
    assert "Text 1 of before: removed" in said(page)
