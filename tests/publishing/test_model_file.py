"""Models as one file: what is in it opens anywhere and reads alike; what was changed, or is no model, is refused."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.config.train import TrainConfig
from engine.errors import BundleError
from engine.files import unsealed, write_json
from engine.images.encode import png_bytes
from engine.jobs import paths
from engine.jobs.records import JobRecord
from engine.publishing.model_card import CardPart
from engine.publishing.model_file import ModelDescription, make_model
from engine.reading.bundle import open_reader
from engine.workspace import Workspace, new_id
from glyphlab_read import Locator, PageReader, Reader
from tests.helpers.tiny_bundles import draw_apart, save_run_bundle
from tests.helpers.tiny_locators import save_locator

PARTS = [CardPart("reader", "Reads.", [("What it is", ["Tiny."])]), CardPart("locator", "Finds.", [])]
EXAMPLES = [png_bytes(draw_apart(text)) for text in ("abc", "dab")]


@pytest.fixture
def model(workspace: Workspace, tmp_path: Path) -> Path:
    target = tmp_path / "model.zip"
    name = "*Plates* [a](b)"
    made = make_model(name, PARTS, save_run_bundle(workspace), save_locator(workspace), EXAMPLES, "Apache-2.0")
    target.write_bytes(made.content)
    return target


def described(model: Path) -> ModelDescription:
    with zipfile.ZipFile(model) as archive:
        return ModelDescription.parse(unsealed(archive.read("model.json")))


def test_both_parts_open_by_the_path_of_the_file(model: Path):
    assert [one.text for one in Reader.open(model).read_many([draw_apart("abc"), draw_apart("dab")])] == ["abc", "dab"]
    both = PageReader.open(model)
    assert (both.reader.manifest, both.locator.manifest) == (Reader.open(model).manifest, Locator.open(model).manifest)


def test_examples_stand_beside_the_readings_that_everybody_gets(model: Path):
    about, reader = described(model), Reader.open(model)
    assert [one.text for one in about.examples] == ["abc", "dab"]
    with zipfile.ZipFile(model) as archive:
        for one in about.examples:
            reading = reader.read(archive.read(one.file))
            assert (reading.text, round(reading.confidence, 4)) == (one.text, one.confidence)


def test_every_file_has_its_checksum_and_the_card_shows_names_as_they_are(model: Path):
    about = described(model)
    with zipfile.ZipFile(model) as archive:
        contents = {name: archive.read(name) for name in archive.namelist() if name != "model.json"}
    assert about.files == {name: sha256(content).hexdigest() for name, content in contents.items()}
    card = contents["README.md"].decode()
    assert "\n# \\*Plates\\* \\[a\\](b)\n\nReads. Finds.\n" in card
    assert "    pip install './runtime[photos]' " in card  # by no name that others could take on an index
    assert "## The reader: what it is\nTiny.\n" in card
    assert "| examples/1.png | abc | 1.000 |" in card
    assert card.endswith("## Licence\nApache-2.0\n")


def test_the_same_model_makes_the_same_file(workspace: Workspace):
    bundle = save_run_bundle(workspace)
    assert make_model("x", PARTS[:1], bundle).content == make_model("x", PARTS[:1], bundle).content


def _cut(model: Path) -> None:
    model.write_bytes(model.read_bytes()[:-30])


def _change(model: Path) -> None:
    content = bytearray(model.read_bytes())
    with zipfile.ZipFile(model) as archive:
        content[archive.getinfo("reader/network.onnx").header_offset + 60] ^= 1
    model.write_bytes(content)


def _rewrite(model: Path, method: int = zipfile.ZIP_STORED, without: str = "", comment: bytes = b"") -> None:
    with zipfile.ZipFile(model) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.startswith(without or "\0")}
    with zipfile.ZipFile(model, "w", method) as archive:
        archive.comment = comment
        for name, content in files.items():
            archive.writestr(name, content)


def _grow(model: Path) -> None:
    with zipfile.ZipFile(model) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["reader/network.onnx"] += b"\0"
    with zipfile.ZipFile(model, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut": (_cut, "cannot be opened as a model file"),
    "a changed byte": (_change, r"reader/network\.onnx of the model file 'model\.zip' cannot be read"),
    "a longer graph": (_grow, "differs from its manifest"),
    "compressed": (lambda model: _rewrite(model, zipfile.ZIP_DEFLATED), "is compressed or encrypted"),
    "something after its end": (lambda model: _rewrite(model, comment=b"x"), "ends otherwise"),
    "no reader": (lambda model: _rewrite(model, without="reader/"), "so no reader is opened from it"),
    "no zip file": (lambda model: model.write_bytes(b"PK" * 99), "cannot be opened as a model file"),
    "empty": (lambda model: model.write_bytes(b""), "cannot be opened as a model file"),
    "a table of many entries": (
        lambda model: model.write_bytes(model.read_bytes()[:-10] + b"\xff\xff\xff\x00" + model.read_bytes()[-6:]),
        "ends otherwise",
    ),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_model_file_or_was_changed_is_refused(model: Path, damage: Callable[[Path], object], words: str):
    damage(model)
    with pytest.raises(BundleError, match=words):
        Reader.open(model)


def test_a_command_exports_a_run_and_the_lab_reads_with_the_file(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    run = workspace.folder("runs", save_run_bundle(workspace).manifest.run)
    record = JobRecord(id=run.name, kind="train", name="my/plates", created=datetime.now(UTC), device=None)
    write_json(run / paths.JOB, record.plain())
    write_json(run / paths.CONFIG, TrainConfig(dataset=new_id()).plain())
    (run / paths.LOCK).touch()
    (run / paths.PINNED).mkdir()
    (run / paths.PINNED / "3.png").write_bytes(EXAMPLES[0])
    assert main(["export-model", "my/plates", "--locator", "starter", "--licence", "CC0-1.0"]) == 0
    assert "1 example" in capsys.readouterr().out
    about = described(tmp_path / "my-plates.zip")
    assert ([part.kind for part in about.parts], about.examples[0].text) == (["reader", "locator"], "abc")
    assert (about.name, about.licence, about.parts[0].run) == ("my/plates", "CC0-1.0", run.name)
    kept = workspace.root / "model.zip"
    kept.write_bytes((tmp_path / "my-plates.zip").read_bytes())
    assert open_reader(kept, workspace).read(draw_apart("abc")).text == "abc"
    with pytest.raises(BundleError, match="outside the workspace"):
        open_reader(tmp_path / "my-plates.zip", workspace)


def test_a_file_of_the_model_s_name_is_replaced_only_where_it_was_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    dataset = tmp_path / "my-plates.zip"
    dataset.write_bytes(b"photos")
    command = ["export-model", "starter", "--name", "my plates"]
    assert main(command) == 2
    assert "'my-plates.zip' is there already" in capsys.readouterr().err
    assert dataset.read_bytes() == b"photos"
    assert main([*command, "--output", "my-plates.zip"]) == 0
    assert described(dataset).name == "my plates"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--examples", "-1"], "examples: -1 was given"),
        (["--licence", "x" * 201], "licence"),
        (["--locator", "none such"], "There is no run"),
    ],
)
def test_what_cannot_be_exported_says_why(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], words: str
):
    assert main(["export-model", "starter", *flags, "--output", str(tmp_path / "model.zip")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "model.zip").exists()
