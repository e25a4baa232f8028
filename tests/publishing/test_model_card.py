"""Cards of models, out of folders as real runs leave them."""

import re
from pathlib import Path

import pytest
import yaml

from engine import jobs
from engine.errors import BundleError
from engine.evaluation.evaluate import load_readings
from engine.files import read_json, write_json
from engine.jobs import load_job, paths
from engine.jobs.records import Reason
from engine.location.bundle import newest_locator_bundle
from engine.publishing import card_sections
from engine.publishing.card_sections import located_table, speed_lines
from engine.publishing.model_card import locator_part, model_card, reader_part
from engine.publishing.training_data import font_licence
from engine.reading.bundle import newest_bundle, save_bundle
from engine.synth.fonts import fonts_by_id
from engine.workspace import Workspace, new_id
from glyphlab_read.bundles.entries import describe_graphs
from tests.bundles.test_graphs import NEEDS
from tests.dashboard import folders
from tests.dashboard.labs import located_lab, scored_lab
from tests.helpers.tiny_bundles import manifest, save_run_bundle

NAME = "my | <b>reader</b>\n# boo"


def card_of(workspace: Workspace, licence: str = "") -> str:
    lab = scored_lab(workspace)
    made = lab.run(NAME, lambda place, truth: truth[:-1] + "x" if place % 4 == 0 else truth)
    save_run_bundle(workspace, run=made.id)
    jobs.annotate(workspace, "runs", made.id, text="For <our> parcels.")
    return reader_card(workspace, made.id, licence)


def reader_card(workspace: Workspace, run: str, licence: str = "") -> str:
    job = load_job(workspace, "runs", run)
    return model_card(job.name, licence, [reader_part(workspace, job, newest_bundle(workspace, run))])


def test_a_reader_s_card_tells_what_it_is_learned_and_scored(workspace: Workspace):
    card = card_of(workspace, "cc-by-4.0")
    front = yaml.safe_load(card.split("---\n")[1])
    assert (front["license"], front["pipeline_tag"]) == ("cc-by-4.0", "image-to-text")
    values = {each["metrics"][0]["type"]: each["metrics"][0]["value"] for each in front["model-index"][0]["results"]}
    assert values["accuracy"] == 0.75
    assert "tiny + ctc, 1,200,000 parameters" in card
    assert "**words**, drawn by a recipe: 1 train, 1 validation, 36 test images." in card
    assert re.search(r"\| words \| 36 \| 75\.0 % \| \d", card)
    assert "It reads by the image alone" in card
    assert re.search(r"without the lab, takes \d+ MB of memory", card)
    assert "` a ` | ` x ` |" in card or "` b ` | ` x ` |" in card or "` c ` | ` x ` |" in card
    assert "Real images: all its test images were drawn by a recipe." in card
    assert "capital letters, digits, spaces that are not among its characters" in card
    assert card.endswith("## Licence\ncc-by-4.0\n")


def test_a_card_is_silent_on_memory_where_the_machine_is_too_busy_to_tell(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
):
    bundle = newest_bundle(workspace, save_run_bundle(workspace).manifest.run)
    monkeypatch.setattr(card_sections, "_PATIENCE", 0.001)  # s; a process takes longer to start
    assert card_sections.memory_lines(bundle) == []


def test_foreign_words_stay_words_in_a_card(workspace: Workspace):
    card = card_of(workspace)
    assert "<b>" not in card.split("---\n", 2)[2]
    assert not re.search(r"^# boo", card, re.MULTILINE)
    assert "\n    For <our> parcels.\n" in card  # as code, which shows it as it is
    assert "None was chosen" in card
    assert "license" not in yaml.safe_load(card.split("---\n")[1])


def test_a_card_outlives_the_datasets_of_its_run(workspace: Workspace):
    lab = scored_lab(workspace)
    made = lab.run("a", lambda place, truth: truth)
    save_run_bundle(workspace, run=made.id)
    jobs.trash(workspace, "datasets", lab.dataset)
    card = reader_card(workspace, made.id)
    assert f"dataset {lab.dataset}**, deleted since" in card
    (made.folder / paths.TESTS / f"{lab.dataset}.parquet").unlink()
    untested = read_json(made.folder / paths.SUMMARY) | {"tests": []}
    write_json(made.folder / paths.SUMMARY, untested)
    card = reader_card(workspace, made.id)
    assert "It was never tested: there are no test images." in card


@pytest.mark.parametrize("reason", [None, "stopped"])
def test_a_run_that_has_not_come_to_its_tests_says_so(workspace: Workspace, reason: Reason | None):
    made = folders.run(workspace, "a", reason, scored_lab(workspace).dataset)
    save_run_bundle(workspace, run=made.id)
    card = reader_card(workspace, made.id)
    assert "It was not tested yet." in card
    assert "there are no test" not in card


def test_scores_name_the_processor_that_they_were_measured_on_or_none(workspace: Workspace):
    reads = scored_lab(workspace).run("reads", lambda place, truth: truth)
    finds = located_lab(workspace).run("finds")
    runs = [load_job(workspace, "runs", made.id) for made in (reads, finds)]
    readings = [load_readings(path) for path in (reads.folder / paths.TESTS).iterdir()]
    assert speed_lines(runs[0], readings)[0].endswith(" ms (median of its tests, in batches).")
    assert "Measured on" not in "".join(located_table(runs[1]))
    for made in (reads, finds):
        summary = made.folder / paths.SUMMARY
        write_json(summary, read_json(summary) | {"tested_on": "Some CPU, 4 cores"})
    runs = [load_job(workspace, "runs", made.id) for made in (reads, finds)]
    assert speed_lines(runs[0], readings)[0].endswith(" in batches), on Some CPU, 4 cores.")
    assert located_table(runs[1])[-1] == "Measured on Some CPU, 4 cores."


def test_a_bundle_is_tried_with_limits_before_its_memory_is_measured(workspace: Workspace):
    content = {"network": NEEDS["another rank"]}
    about = manifest("ctc", run=new_id(), graphs=describe_graphs(content))
    folder = workspace.folder("runs", about.run) / paths.BUNDLES / "7"
    folder.parent.mkdir(parents=True)
    with pytest.raises(BundleError, match="is not used"):
        card_sections.memory_lines(save_bundle(folder, about, content))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* <b>|c", r"\*a\* \<b\>\|c"),
        ("AT&amp;T", r"AT\&amp;T"),
        ("www.a.org, WWW.b.org", r"www\.a.org, WWW\.b.org"),
        ("https://a.org 12:30", r"https\://a.org 12:30"),
        ("- 5 $x$", r"\- 5 \$x\$"),
    ],
)
def test_marks_of_foreign_text_are_escaped(text: str, shown: str):
    assert card_sections.literal(text) == shown


def test_a_bar_is_escaped_in_tables_alone(workspace: Workspace):
    lab = scored_lab(workspace)
    made = lab.run("a", lambda place, truth: "|" + truth[1:])
    save_run_bundle(workspace, run=made.id, charset="ab|d")
    card = reader_card(workspace, made.id)
    assert "It knows 4 characters: ` ab|d `" in card
    assert "| ` a ` | ` \\| ` |" in card


@pytest.mark.parametrize("kind", ["synthetic", "imported"])
def test_a_locator_s_card_says_where_all_its_test_photos_were_drawn(workspace: Workspace, kind: str):
    made = located_lab(workspace, kind).run("finder")
    run, bundle = load_job(workspace, "runs", made.id), newest_locator_bundle(workspace, made.id)
    card = model_card("finder", "", [locator_part(workspace, run, bundle)])
    assert ("- Real photos: all its test photos were drawn by a recipe." in card) == (kind == "synthetic")


def test_a_locator_s_card_names_the_protocol_of_its_scores(workspace: Workspace):
    made = located_lab(workspace).run("finder")
    run, bundle = load_job(workspace, "runs", made.id), newest_locator_bundle(workspace, made.id)
    card = model_card("finder", "", [locator_part(workspace, run, bundle)])
    assert yaml.safe_load(card.split("---\n")[1])["pipeline_tag"] == "object-detection"
    assert re.search(r"\| bars \| 10 \| 88\.9 % \| ", card)
    assert "10 photos, bars; words, IoU \\> 0.5 one-to-one" in card
    assert "It finds words and lines." in card
    assert "**bars**, imported: 10 test images." in card


def test_licences_of_fonts_are_those_that_their_files_name(tmp_path: Path):
    (font,) = fonts_by_id(["latin/Lato-Regular"])
    assert font_licence(font.path) == "OFL-1.1"
    (tmp_path / "none.ttf").write_bytes(b"no font")
    assert font_licence(tmp_path / "none.ttf") == "unknown"
