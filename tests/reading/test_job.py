"""The transcribe job: a row for each image, in order, also over a stop; tables that open anywhere."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.config.reading import TranscribeConfig
from engine.datasets.importing import scan_source
from engine.errors import ConfigError, SourceError
from engine.files import read_json, write_json
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.reading import job as module
from engine.reading.job import work
from engine.sources.labelling import ImageLabel, give_labels, labels_of
from engine.sources.locate import delete_upload, open_source, save_upload
from engine.workspace import Workspace, new_id
from tests.helpers.damage import flipped
from tests.helpers.sources import deep_folder, zipped_as
from tests.helpers.tiny_bundles import draw, save_run_bundle

TEXTS = ["abcd"[n % 4] + "abcd"[n // 4 % 4] + "d" for n in range(40)]
TEXTS = [text for text in TEXTS if text[0] != text[1] and text[1] != "d"]


@pytest.fixture
def source(workspace: Workspace) -> Path:
    folder = workspace.imports / "many"
    folder.mkdir()
    for number, text in enumerate(TEXTS):
        draw(text).save(folder / f"{number:03}.png")
    return folder


@pytest.fixture
def run(workspace: Workspace) -> str:
    return save_run_bundle(workspace).name


def do(workspace: Workspace, config: TranscribeConfig, folder: Path | None = None) -> Path:
    if folder is None:
        folder = workspace.folder("transcripts", new_id())
        folder.mkdir()
        write_json(folder / paths.CONFIG, config.plain())
    with JobContext(folder) as job:
        work(config, job)
    return folder


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / paths.READINGS_CSV).read_text())))


def test_every_image_has_a_row_in_both_tables(workspace: Workspace, source: Path, run: str):
    (source / "050.png").write_bytes(b"no image")
    (source / "=1+1.png").write_bytes((source / "000.png").read_bytes())
    folder = do(workspace, TranscribeConfig(run=run, path=str(source)))
    table, listed = rows(folder), json.loads((folder / paths.READINGS_JSON).read_text())
    assert [row["text"] for row in table] == [*TEXTS, "", TEXTS[0]]
    assert [row["text"] for row in table] == [one["text"] for one in listed]
    assert (table[-1]["image"], listed[-1]["image"]) == ("'=1+1.png", "=1+1.png")
    assert float(table[0]["confidence"]) > 0.9
    assert "no PNG, JPEG, WebP, BMP or TIFF" in table[-2]["problem"]
    assert table[-2]["confidence"] == ""
    assert [char for char, _ in listed[0]["characters"]] == list(TEXTS[0])
    summary = json.loads((folder / paths.SUMMARY).read_text())
    assert (summary["images"], summary["unread"], summary["source"]) == (len(TEXTS) + 2, 1, "many")


def test_a_stopped_job_goes_on_where_it_was(
    workspace: Workspace, source: Path, run: str, monkeypatch: pytest.MonkeyPatch
):
    straight = do(workspace, TranscribeConfig(run=run, path=str(source)))
    monkeypatch.setattr(module, "BATCH", 4)
    folder = workspace.folder("transcripts", new_id())
    folder.mkdir()
    write_json(folder / paths.STOP, {})
    with pytest.raises(Stopped):
        do(workspace, TranscribeConfig(run=run, path=str(source)), folder)
    assert len(read_events(folder / paths.EVENTS)[0]) == 4
    (folder / paths.STOP).unlink()
    do(workspace, TranscribeConfig(run=run, path=str(source)), folder)
    assert (folder / paths.READINGS_CSV).read_text() == (straight / paths.READINGS_CSV).read_text()
    assert len(read_events(folder / paths.EVENTS)[0]) == len(TEXTS)


def test_a_better_bundle_reads_all_images_again(workspace: Workspace, source: Path, run: str):
    config = TranscribeConfig(run=run, path=str(source))
    folder = do(workspace, config)
    save_run_bundle(workspace, run=run, step=99)
    do(workspace, config, folder)
    events = read_events(folder / paths.EVENTS)[0]
    assert {event["by"] for event in events} == {99}
    assert len(events) == len(TEXTS)


def test_a_zip_file_is_read_in_place_and_stays_with_the_transcript(workspace: Workspace, source: Path, run: str):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(source.iterdir()):
            archive.write(path, f"../{path.name}")
    buffer.seek(0)
    upload = save_upload(workspace, buffer, "many.zip")
    folder = do(workspace, TranscribeConfig(run=run, upload=upload.id))
    assert [row["text"] for row in rows(folder)] == TEXTS
    delete_upload(workspace, upload.id)  # as all are after a day
    again = do(workspace, TranscribeConfig(run=run, transcript=folder.name))
    assert rows(again) == rows(folder)
    shutil.rmtree(folder)
    assert rows(do(workspace, TranscribeConfig(run=run, transcript=again.name))) == rows(again)


@pytest.mark.parametrize("encoding", ["auto", "cp866"])
def test_names_of_an_encoding_that_nothing_tells_are_told_and_can_be_said(
    workspace: Workspace, source: Path, run: str, encoding: str
):
    picture = (source / "000.png").read_bytes()
    packed = zipped_as({f"улица{number}.png".encode("cp866"): picture for number in range(2)})
    upload = save_upload(workspace, io.BytesIO(packed), "many.zip")
    config = TranscribeConfig.parse({"run": run, "upload": upload.id, "encoding": encoding})
    folder = do(workspace, config)
    notes = [event["text"] for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == "note"]
    if encoding == "auto":
        assert "names of 2 images are in another encoding" in notes[0]
        assert "'улица0.png' by cp866 (--encoding cp866)" in notes[0]
    else:
        assert not notes
        assert [row["image"] for row in rows(folder)] == ["улица0.png", "улица1.png"]


def test_a_folder_that_cannot_be_read_is_told_and_the_others_are_read(workspace: Workspace, source: Path, run: str):
    deep_folder(source)
    folder = do(workspace, TranscribeConfig(run=run, path=str(source)))
    [note] = [event["text"] for event in read_events(folder / paths.EVENTS)[0] if event.get("kind") == "note"]
    assert note.startswith("Left out: 1 folder that cannot be read")
    assert [row["text"] for row in rows(folder)] == TEXTS


def test_a_source_without_images_or_outside_is_refused(workspace: Workspace, run: str, tmp_path: Path):
    (workspace.imports / "none").mkdir()
    with pytest.raises(SourceError, match="holds no images"):
        do(workspace, TranscribeConfig(run=run, path=str(workspace.imports / "none")))
    with pytest.raises(SourceError, match="not below a data root"):
        do(workspace, TranscribeConfig(run=run, path=str(tmp_path)))
    with pytest.raises(ConfigError, match="Give path, upload or transcript"):
        TranscribeConfig.parse({"run": run})


def _add(source: Path) -> None:
    draw("ba").save(source / "000a.png")


def _remove(source: Path) -> None:
    (source / "001.png").unlink()


def _replace(source: Path) -> None:
    draw("cab").save(source / "002.png")


def _swap(source: Path) -> None:
    (source / "000.png").rename(source / "x.png")
    (source / "003.png").rename(source / "000.png")
    (source / "x.png").rename(source / "003.png")


def _damage(source: Path) -> None:
    (source / "001.png").write_bytes(b"no image any more")


CHANGES = [[_add], [_remove], [_replace], [_swap], [_damage], [_add, _remove, _swap]]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: " and".join(one.__name__ for one in changes))
def test_a_resumed_transcript_holds_what_lies_there_now(
    workspace: Workspace, source: Path, run: str, monkeypatch: pytest.MonkeyPatch, changes: list[Callable[[Path], None]]
):
    monkeypatch.setattr(module, "BATCH", 4)
    config, folder = TranscribeConfig(run=run, path=str(source)), workspace.folder("transcripts", new_id())
    folder.mkdir()
    write_json(folder / paths.STOP, {})
    with pytest.raises(Stopped):
        do(workspace, config, folder)
    (folder / paths.STOP).unlink()
    for change in changes:
        change(source)
    do(workspace, config, folder)
    straight = do(workspace, config)
    for table in (paths.READINGS_CSV, paths.READINGS_JSON):
        assert (folder / table).read_bytes() == (straight / table).read_bytes()
    told = read_json(folder / paths.SUMMARY).get("changed", "")
    assert bool(told) == (changes != [_add])
    assert [event["step"] for event in _readings(folder)] == list(range(1, len(_readings(straight)) + 1))


def test_rows_whose_lines_were_damaged_are_read_again(workspace: Workspace, source: Path, run: str):
    config = TranscribeConfig(run=run, path=str(source))
    folder = do(workspace, config)
    before, events = (folder / paths.READINGS_CSV).read_bytes(), folder / paths.EVENTS
    content = events.read_bytes()
    events.write_bytes(flipped(content, content.index(b'"text"') + 10))
    do(workspace, config, folder)
    assert (folder / paths.READINGS_CSV).read_bytes() == before
    assert len(_readings(folder)) == len(TEXTS)


def _readings(folder: Path) -> list[dict[str, object]]:
    return [event for event in read_events(folder / paths.EVENTS)[0] if event["kind"] == module.EVENT]


def test_images_that_somebody_labelled_before_begin_with_their_labels(workspace: Workspace, source: Path, run: str):
    config = TranscribeConfig(run=run, path=str(source))
    first = do(workspace, config)
    row = next(event for event in read_events(first / paths.EVENTS)[0] if event.get("image") == "003.png")
    give_labels(
        first, [ImageLabel("003.png", "typed", "right", row["sha256"]), ImageLabel("gone", "x", "right", "0" * 64)]
    )
    same = {f"{number:03}.png" for number, text in enumerate(TEXTS) if text == TEXTS[3]}
    (source / "003.png").rename(source / "moved.png")
    again = do(workspace, config)
    expected = dict.fromkeys({"moved.png", *same} - {"003.png"}, "typed")
    assert {image: label.text for image, label in labels_of(again).items()} == expected
    give_labels(again, [ImageLabel("moved.png", "", "open")])
    do(workspace, config, again)
    assert "moved.png" not in labels_of(again)
    with open_source(workspace, ImportConfig(transcript=again.name, texts="read")) as tree:
        assert len(tree.members) == len(TEXTS)


def test_the_table_beside_the_images_is_a_list_of_their_labels(workspace: Workspace, source: Path, run: str):
    folder = do(workspace, TranscribeConfig(run=run, path=str(source)))
    table = (folder / paths.READINGS_CSV).read_text()
    (source / paths.READINGS_CSV).write_text(table.replace(f"000.png,{TEXTS[0]}", "000.png,'-12"))
    found = scan_source(workspace, ImportConfig(path=str(source)))
    assert [one.item.label for one in found.items] == ["-12", *TEXTS[1:]]
