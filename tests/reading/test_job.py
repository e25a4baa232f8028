"""The transcribe job: a row for each image, in order, also over a stop; tables that open anywhere."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from engine.config.reading import TranscribeConfig
from engine.errors import ConfigError, SourceError
from engine.files import write_json
from engine.jobs import paths, read_events
from engine.jobs.context import JobContext, Stopped
from engine.reading import job as module
from engine.reading.job import work
from engine.sources.locate import save_upload
from engine.workspace import Workspace, new_id
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


def test_a_zip_file_is_read_in_place_and_gone_afterwards(workspace: Workspace, source: Path, run: str):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(source.iterdir()):
            archive.write(path, f"../{path.name}")
    buffer.seek(0)
    upload = save_upload(workspace, buffer, "many.zip")
    folder = do(workspace, TranscribeConfig(run=run, upload=upload.id))
    assert [row["text"] for row in rows(folder)] == TEXTS
    assert not (workspace.uploads / upload.id).exists()


def test_a_source_without_images_or_outside_is_refused(workspace: Workspace, run: str, tmp_path: Path):
    (workspace.imports / "none").mkdir()
    with pytest.raises(SourceError, match="holds no images"):
        do(workspace, TranscribeConfig(run=run, path=str(workspace.imports / "none")))
    with pytest.raises(SourceError, match="not below a data root"):
        do(workspace, TranscribeConfig(run=run, path=str(tmp_path)))
    with pytest.raises(ConfigError, match="exactly one"):
        TranscribeConfig.parse({"run": run})
