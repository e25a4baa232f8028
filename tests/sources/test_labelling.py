"""Labels of a transcript's images: the last of each holds, nothing is lost, and only what was confirmed is imported."""

import io
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.config.importing import ImageSourceConfig, ImportConfig
from engine.errors import ConfigError, SourceError
from engine.files import write_json
from engine.jobs import paths
from engine.jobs.events import EventWriter
from engine.labels import clean_label
from engine.sources.labelling import (
    ImageLabel,
    LabelState,
    damaged_labels,
    give_labels,
    labels_by_content,
    labels_of,
    texts_to_import,
)
from engine.sources.locate import delete_upload, keep_upload, open_source, save_upload
from engine.workspace import Workspace, new_id
from tests.helpers.damage import flipped
from tests.helpers.sources import png, zipped

TEXTS = some.text(
    some.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"]), min_size=1
)
STATES: list[LabelState] = ["right", "typed", "out", "open"]


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return transcript(workspace, upload=new_id())


def transcript(workspace: Workspace, **source: str) -> Path:
    made = workspace.folder("transcripts", new_id())
    made.mkdir()
    write_json(made / paths.CONFIG, {"run": "starter", **source})
    return made


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(given_=some.lists(some.tuples(some.sampled_from("abc"), TEXTS, some.sampled_from(STATES)), max_size=12))
def test_the_last_label_of_an_image_holds(workspace: Workspace, given_: list[tuple[str, str, LabelState]]):
    folder, expected = transcript(workspace), {}
    for image, text, state in given_:
        give_labels(folder, [ImageLabel(image, text, state)])
        expected[image] = (state, clean_label(text))
    held = {image: said for image, said in expected.items() if said[0] != "open"}
    assert {image: (label.state, label.text) for image, label in labels_of(folder).items()} == held
    counting = {image for image, (state, _) in held.items() if state == "right"}
    assert texts_to_import(folder, also_read=False).keys() == counting


@pytest.mark.parametrize("text", ["", "  \t", "x" * 1001, "\u200b"])
def test_a_text_that_shows_nothing_or_too_much_is_no_label(folder: Path, text: str):
    with pytest.raises(SourceError, match="1 to 1,000"):
        give_labels(folder, [ImageLabel("a.png", "good", "right"), ImageLabel("b.png", text, "right")])
    assert labels_of(folder) == {}
    give_labels(folder, [ImageLabel("b.png", text, "out")])
    assert labels_of(folder)["b.png"].state == "out"


def test_a_torn_or_damaged_line_loses_that_label_alone(folder: Path):
    path = folder / paths.LABELS
    give_labels(folder, [ImageLabel(image, f"text {image}", "right") for image in "abc"])
    assert damaged_labels(folder) == ""
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + flipped(lines[1], 8 * 20) + lines[2][:-9])
    assert list(labels_of(folder)) == ["a"]
    assert "1 label in labels.jsonl cannot be read" in damaged_labels(folder)
    give_labels(folder, [ImageLabel("d", "after", "right")])
    assert list(labels_of(folder)) == ["a", "d"]


def test_what_was_read_comes_in_only_when_asked_for_and_never_over_what_people_said(folder: Path):
    log = EventWriter(folder / paths.EVENTS)
    for image in "abcde":
        log.append({"kind": "reading", "step": 1, "image": image, "text": "" if image == "e" else f"read {image}"})
    log.close()
    give_labels(
        folder, [ImageLabel("a", "said", "right"), ImageLabel("b", "", "out"), ImageLabel("c", "half", "typed")]
    )
    assert texts_to_import(folder, also_read=False) == {"a": "said"}
    assert texts_to_import(folder, also_read=True) == {"a": "said", "d": "read d"}


def test_the_newest_label_of_the_same_image_is_found_wherever_it_was_given(workspace: Workspace):
    first, second = transcript(workspace), transcript(workspace)
    give_labels(first, [ImageLabel("a.png", "older", "right", "f" * 64)])
    give_labels(second, [ImageLabel("other.png", "newer", "right", "f" * 64), ImageLabel("b.png", "no hash", "right")])
    assert {digest: label.text for digest, label in labels_by_content(workspace).items()} == {"f" * 64: "newer"}


def test_an_upload_is_kept_with_its_transcript_and_an_import_sees_what_is_labelled(workspace: Workspace):
    names = ["a.png", "Straße 1.png", "deep/b.png"]
    packed = zipped({name: png(number) for number, name in enumerate(names)} | {"labels.json": b"{}"})
    upload = save_upload(workspace, io.BytesIO(packed), "three.zip")
    folder = transcript(workspace, upload=upload.id)
    source = keep_upload(workspace, ImageSourceConfig(upload=upload.id), folder)
    delete_upload(workspace, upload.id)  # as all are after a day
    with open_source(workspace, source) as tree:
        assert (tree.title, {member.name for member in tree.members}) == ("three.zip", {*names, "labels.json"})
    give_labels(folder, [ImageLabel(names[1], "123", "right"), ImageLabel("gone.png", "lost", "right")])
    with open_source(workspace, ImportConfig(transcript=folder.name)) as tree:
        assert [member.name for member in tree.members] == [names[1]]
        assert tree.read(names[1], 1000) == png(1)


def test_a_label_is_not_given_to_another_image_of_the_same_name(workspace: Workspace):
    source = workspace.imports / "serials"
    source.mkdir()
    for name in "abc":
        (source / f"{name}.png").write_bytes(png(ord(name)))
    folder = transcript(workspace, path=str(source))
    digests = {name: sha256(png(ord(name))).hexdigest() for name in "abc"}
    log = EventWriter(folder / paths.EVENTS)
    log.append({"kind": "reading", "step": 1, "image": "a.png", "text": "read", "sha256": digests["a"]})
    log.close()
    give_labels(folder, [ImageLabel(f"{name}.png", "said", "right", digests[name]) for name in "bc"])
    for name in "ab":
        (source / f"{name}.png").write_bytes(png(0))
    with open_source(workspace, ImportConfig(transcript=folder.name, texts="read")) as tree:
        assert len(tree.members) == 3
        for name in "ab":
            with pytest.raises(OSError, match="changed since it was labelled"):
                tree.read(f"{name}.png", 1000)
        assert tree.read("c.png", 1000) == png(ord("c"))


def test_a_source_is_one_of_three(workspace: Workspace):
    for values in ({"path": "a", "transcript": new_id()}, {"upload": new_id(), "transcript": new_id()}):
        with pytest.raises(ConfigError, match=r"in one place\. Give one of them"):
            ImportConfig.parse(values)
    with pytest.raises(ConfigError, match="Give path, upload or transcript"):
        ImportConfig.parse({})
    with (
        pytest.raises(SourceError, match="not there any more"),
        open_source(workspace, ImportConfig(transcript=new_id())),
    ):
        pass
