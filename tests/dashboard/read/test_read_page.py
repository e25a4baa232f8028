"""Dropping images on the Read page: answers come without a button, faults with rule and remedy."""

import re
import struct
import time
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageOps
from streamlit.testing.v1 import AppTest

from dashboard.readings.reading import tinted
from engine.config.generate import GenerateConfig
from engine.config.recipe_presets import PRESETS
from engine.datasets.corrections import FOLDER, corrections_config, list_corrections, save_correction
from engine.jobs import State, list_jobs, load_job, trash
from engine.synth import preview
from engine.workspace import STARTER, Workspace
from glyphlab_read.reading.results import Character
from tests.dashboard import folders
from tests.dashboard.conftest import APP, Open, markup, said, visible_words
from tests.helpers.tiny_bundles import draw, save_run_bundle


def png(text: str) -> bytes:
    buffer = BytesIO()
    draw(text).save(buffer, "PNG")
    return buffer.getvalue()


def huge_png(side: int) -> bytes:
    """Return a PNG whose header promises side × side pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, content in files:
        app.file_uploader(key="read-files").upload(name, content)
    return app.run()


def reading_page(workspace: Workspace, open_page: Open) -> AppTest:
    run = folders.run(workspace, "tiny one", None)
    save_run_bundle(workspace, run=run.id)
    app = open_page("read")
    assert not app.exception
    return app


def linked(app: AppTest) -> list[str]:
    """Return the readers that the address names."""
    value = app.query_params["reader"]
    return [value] if isinstance(value, str) else list(value)


def headings(app: AppTest) -> list[str]:
    """Return what the cards say in large type."""
    return [plain(markdown.value)[2:] for markdown in app.markdown if markdown.value.startswith("# ")]


def test_a_dropped_image_is_read_at_once_by_the_chosen_reader(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    assert not app.exception
    assert headings(app) == ["abca"]
    picture, strip = app.get("image")
    assert picture.proto.imgs[0].alt.startswith("a.png, 36 by 32 pixels")
    assert "a at 11 % of the width, 100.0 % sure; b at" in strip.proto.imgs[0].alt


def test_the_three_best_readings_are_told_with_what_differs(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    best = next(plain(markdown.value) for markdown in app.markdown if markdown.value.startswith(":gray[1.]"))
    first, second, third = best.split("  \n")
    assert "abca" in first
    assert ":blue-background[" in second
    assert ":blue-background[" in third


def test_several_readers_answer_side_by_side_and_say_where_they_differ(workspace: Workspace, open_page: Open):
    ids = [save_run_bundle(workspace, run=folders.run(workspace, f"run {n}", None).id).name for n in range(2)]
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["reader"] = [*ids, STARTER]
    app.switch_page("app_pages/read.py").run()
    drop(app, ("a.png", png("abca")))
    assert not app.exception
    assert len(headings(app)) == 3
    assert headings(app)[:2] == ["abca", "abca"]
    assert any("the same as" in caption.value for caption in app.caption)
    assert any("differs from" in caption.value for caption in app.caption)
    assert linked(app) == [*ids, STARTER]


def test_readers_that_are_too_many_for_chips_are_listed_by_their_plain_names(workspace: Workspace, open_page: Open):
    for number in range(11):
        save_run_bundle(workspace, run=folders.run(workspace, f"a_b {number}", None).id)
    app = open_page("read")
    assert "a_b 0 · step 7" in app.multiselect(key="read-readers").options


def test_the_address_follows_the_choice(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    assert linked(app) == [_id(workspace)]
    app.button_group(key="read-readers").set_value([STARTER]).run()
    assert linked(app) == [STARTER]
    app.button_group(key="read-readers").set_value([]).run()
    assert "Choose one reader" in said(app)


def test_bad_files_are_told_apart_and_do_not_stop_the_good_one(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    drop(app, ("notes.png", b"just text"), ("vast.png", huge_png(20_000)), ("good.png", png("abc")))
    assert not app.exception
    faults = [plain(error.value) for error in app.error]
    assert len(faults) == 2
    assert "no PNG, JPEG, WebP, BMP or TIFF" in faults[0]
    assert "25 million" in faults[1]
    assert "smaller" in faults[1]
    assert headings(app) == ["abc"]


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def odd_images() -> Iterator[tuple[str, bytes]]:
    """Yield images that all show abca to whoever looks at them, each stored in an odd way."""
    upright = draw("abca").convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    yield "turned by EXIF", saved(upright.transpose(Image.Transpose.ROTATE_90), exif=exif)
    yield "inverted", saved(ImageOps.invert(upright))
    alpha = ImageOps.invert(upright.convert("L"))
    yield "transparent", saved(Image.merge("LA", (Image.new("L", upright.size, 0), alpha)))
    yield "CMYK", saved(upright.convert("CMYK"), "JPEG", quality=100, subsampling=0)
    yield "huge", saved(upright.resize((upright.width * 128, upright.height * 128), Image.Resampling.NEAREST))


@pytest.mark.usefixtures("no_starter_locator")  # else the large ones are taken for photos
@pytest.mark.parametrize(("name", "content"), list(odd_images()), ids=lambda value: str(value)[:20])
def test_odd_images_are_read_as_people_see_them(workspace: Workspace, open_page: Open, name: str, content: bytes):
    app = drop(reading_page(workspace, open_page), (f"{name}.png", content))
    assert not app.exception
    assert headings(app) == ["abca"]


@pytest.mark.parametrize(("lies", "turns"), [(Image.Transpose.ROTATE_90, 1), (Image.Transpose.ROTATE_180, 2)])
def test_an_image_on_its_side_or_head_can_be_turned(
    workspace: Workspace, open_page: Open, lies: Image.Transpose, turns: int
):
    turned = draw("abcabcabca").convert("RGB").transpose(lies)
    app = drop(reading_page(workspace, open_page), ("turned.png", saved(turned)))
    assert ("higher than wide" in said(app)) == (turns == 1)
    for _ in range(turns):
        next(button for button in app.button if button.label == "Turn").click()
        app.run()
    assert not app.exception
    assert headings(app) == ["abcabcabca"]


def test_the_same_pixels_dropped_twice_are_read_once_and_named(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")), ("b.bmp", saved(draw("abca"), "BMP")))
    assert not app.exception
    assert len(headings(app)) == 1
    assert any("the same pixels as a.png" in plain(caption.value) for caption in app.caption)


def test_a_typed_truth_is_scored_and_kept_in_the_same_moment(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    app.text_input[0].set_value("abda").run()
    assert not app.exception
    assert [kept.text for kept in list_corrections(workspace)] == ["abda"]
    words = said(app)
    assert "CER 25.0 %" in words
    assert "1 error in 4 characters" in words
    assert ":blue[**c**]" in markup(app)
    app.text_input[0].set_value("abca").run()
    assert [kept.text for kept in list_corrections(workspace)] == ["abca"]
    assert "right" in said(app)


def test_a_right_reading_is_kept_by_one_click_and_can_be_taken_out(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    next(button for button in app.button if button.label == "Right").click()
    app.run()
    assert [kept.text for kept in list_corrections(workspace)] == ["abca"]
    assert app.text_input[0].value == "abca"
    next(button for button in app.button if button.label == "Remove").click()
    app.run()
    assert not app.exception
    assert list_corrections(workspace) == []
    assert app.text_input[0].value == ""


def test_what_was_typed_stays_in_its_field_when_it_cannot_be_kept(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    (workspace.imports / FOLDER).write_text("a file where the folder should be")
    app.text_input[0].set_value("abda").run()
    assert not app.exception
    assert app.text_input[0].value == "abda"
    assert "could not be kept" in plain(app.error[0].value)
    (workspace.imports / FOLDER).unlink()
    app.text_input[0].set_value("abdc").run()
    assert not app.error
    assert [kept.text for kept in list_corrections(workspace)] == ["abdc"]


def test_a_run_that_learns_reads_with_its_newest_bundle(workspace: Workspace, open_page: Open):
    run = folders.run(workspace, "busy one", None)
    save_run_bundle(workspace, run=run.id, step=100)
    with folders.alive(run):
        app = open_page("read")
        assert "busy one is still learning" in plain(said(app))
        assert "step 100" in plain(said(app))
        save_run_bundle(workspace, run=run.id, step=1200)
        app.run()
        assert not app.exception
        assert "step 1,200" in plain(said(app))
    app.run()
    assert "still learning" not in said(app)


def test_a_damaged_bundle_is_said_and_not_run(workspace: Workspace, open_page: Open):
    bundle = save_run_bundle(workspace, run=folders.run(workspace, "tiny one", None).id)
    network = bundle.folder / "network.onnx"
    network.write_bytes(network.read_bytes()[:-1] + b"x")
    app = open_page("read")
    assert not app.exception
    assert "differs from its manifest" in plain(app.error[0].value)


def test_drawn_samples_are_read_where_no_image_is_at_hand(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    assert len(app.get("image")) == 12  # each with its strip
    assert said(app).count("CER") == 6  # what they say is known
    assert not app.text_input  # and they are not to be kept among real ones
    first = said(app)
    next(button for button in app.button if button.label == "Draw others").click()
    app.run()
    assert not app.exception
    assert len(app.get("image")) == 12
    assert said(app) != first


def test_drawn_samples_are_those_of_the_recipe_that_the_reader_learned_from(workspace: Workspace, open_page: Open):
    starter = PRESETS["starter"]
    recipe = starter.changed(texts=[text for text in starter.texts if text.kind == "digits"])
    config = GenerateConfig(recipe=recipe, images=10)
    drawn = folders.job(workspace, "datasets", "generate", "numbers", config, "finished")
    save_run_bundle(workspace, run=folders.run(workspace, "of numbers", dataset_id=drawn.id).id)
    words = said(open_page("read"))
    assert "samples drawn just now by the recipe that it learned from" in words
    assert len(re.findall(r"^\d+ · \d+ × 32 px", words, re.MULTILINE)) == 6
    learned = {sample.label for sample in preview(recipe, 6, 0)}
    assert not learned & set(re.findall(r"^(\d+) · \d+ × 32 px", words, re.MULTILINE))


def tab(app: AppTest, name: str) -> AppTest:
    app.session_state["read-tab"] = name
    return app.run()


def test_what_is_kept_becomes_a_dataset_by_one_click(workspace: Workspace, open_page: Open):
    app = tab(reading_page(workspace, open_page), "Corrections")
    assert "Nothing is kept yet" in said(app)
    save_correction(workspace, png("abca"), "abda")
    save_correction(workspace, png("dcba"), "dcba")
    app.run()
    assert "2 images kept" in said(app)
    next(button for button in app.button if button.label == "Make version 1").click()
    app.run()
    assert not app.exception
    (job,) = list_jobs(workspace, "datasets")
    assert job.name == "Corrections from Read, version 1"
    while job.state.live:
        time.sleep(0.1)
        job = load_job(workspace, "datasets", job.id)
    assert (job.state, job.summary["images"]) == (State.finished, 2)
    save_correction(workspace, png("dcba"), "dcbb")
    app.run()
    assert "1 of them new or changed since version 1" in said(app)
    assert app.button(key=f"mix-{job.id}").disabled
    folders.dataset(workspace)
    app.run()
    app.button(key=f"mix-{job.id}").click().run()
    assert not app.exception
    assert app.title[0].value == "Train: is this run worth starting?"
    assert "Weight of Corrections from Read, version 1" in [visible_words(number.label) for number in app.number_input]


def test_a_kept_text_can_be_corrected_and_taken_out(workspace: Workspace, open_page: Open):
    kept = save_correction(workspace, png("abca"), "abda")
    app = tab(reading_page(workspace, open_page), "Corrections")
    app.text_input[0].set_value("abca").run()
    assert [one.text for one in list_corrections(workspace)] == ["abca"]
    app.button(key=f"kept-out-{kept.digest}").click().run()
    assert not app.exception
    assert list_corrections(workspace) == []
    app.button(key="undo-removed").click().run()
    assert [one.text for one in list_corrections(workspace)] == ["abca"]
    assert "Removed the image" not in said(app)


def test_a_version_has_a_number_that_none_before_had(workspace: Workspace, open_page: Open):
    save_correction(workspace, png("abca"), "abda")
    config = corrections_config(workspace, split=False)
    names = [f"Corrections from Read, version {number}" for number in (1, 2, 3)]
    made = [folders.job(workspace, "datasets", "import", name, config, "finished").id for name in names]
    app = tab(reading_page(workspace, open_page), "Corrections")
    assert "new or changed since version 3" in said(app)
    for id in made[::2]:
        trash(workspace, "datasets", id)
    app.run()
    assert "new or changed since version 2" in said(app)
    assert "Make version 4" in [button.label for button in app.button]


def test_a_folder_is_read_into_a_table_with_downloads(workspace: Workspace, open_page: Open):
    folder = workspace.imports / "many"
    folder.mkdir()
    for text in ("ab", "ba", "cd"):
        (folder / f"{text}.png").write_bytes(png(text))
    app = tab(reading_page(workspace, open_page), "A folder or zip")
    assert "Nothing was read in bulk yet" in said(app)
    app.selectbox(key="read-source-path").set_value(str(folder)).run()
    next(button for button in app.button if button.label == "Read all of them").click()
    app.run()
    assert not app.exception
    (job,) = list_jobs(workspace, "transcripts")
    while job.state.live:
        time.sleep(0.1)
        job = load_job(workspace, "transcripts", job.id)
    app.run()
    assert not app.exception
    assert sorted(app.dataframe[0].value["text"]) == ["ab", "ba", "cd"]
    assert [button.proto.label for button in app.get("download_button")] == ["CSV", "JSON"]
    app.session_state[f"rows-{job.id}"] = False  # folded, it costs nothing
    assert not app.run().dataframe


def test_dropped_images_are_still_there_after_a_look_at_another_tab(workspace: Workspace, open_page: Open):
    app = drop(reading_page(workspace, open_page), ("a.png", png("abca")))
    tab(app, "Corrections")
    assert headings(app) == []
    assert headings(tab(app, "Images")) == ["abca"]


def test_no_camera_is_asked_for_before_somebody_wants_it(workspace: Workspace, open_page: Open):
    app = reading_page(workspace, open_page)
    assert not app.get("camera_input")
    app.toggle(key="read-camera").set_value(True).run()
    assert not app.exception
    assert app.get("camera_input")


def test_doubtful_characters_are_tinted_and_every_character_is_only_text():
    characters = [
        Character(char, share, 0.0, 1.0) for char, share in (("<", 0.99), ("b", 0.7), ("*", 0.1), (" ", 0.99))
    ]
    text = tinted(characters)
    assert "<" not in text
    assert "*" not in text
    assert ":orange-background[b]" in text
    assert text.count(":red-background[") == 1


def plain(markdown: str) -> str:
    text = markdown.replace("\u2060", "").replace("&#46;", ".").replace("&#44;", ",").replace("&#215;", "×")
    return re.sub(r":(orange|red)-background\[(\w)\]", r"\2", text)


def _id(workspace: Workspace) -> str:
    return next(workspace.collection("runs").iterdir()).name
